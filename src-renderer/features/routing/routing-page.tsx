import { ErrorState, LoadingState, Page } from '../../components/page.tsx';
import { useAccounts } from '../accounts/use-accounts.ts';
import { AffinityPanel } from './affinity-panel.tsx';
import { ChoicePanel } from './choice-panel.tsx';
import { LeftAlonePanel } from './left-alone-panel.tsx';
import { OverflowPanel } from './overflow-panel.tsx';
import { PreviewPanel } from './preview-panel.tsx';
import { ReplayPanel } from './replay-panel.tsx';
import type { RoutingChoice } from './routing-choice.ts';
import { useReplay, useRouting, useSettled } from './use-routing.ts';
import { useRoutingChoice } from './use-routing-choice.ts';

/** How accounts are chosen, what another choice would do, and what keeps one from being chosen. */
export function RoutingPage() {
  const state = useRoutingChoice();
  const { settings, draft } = state;
  return (
    <Page title="Routing" note="Which account serves which call, and why">
      {draft === null && settings.isPending && <LoadingState />}
      {draft === null && settings.isError && (
        <ErrorState error={settings.error} onRetry={() => void settings.refetch()} />
      )}
      {draft !== null && <Panels choice={draft} state={state} />}
    </Page>
  );
}

function Panels({ choice, state }: { choice: RoutingChoice; state: ReturnType<typeof useRoutingChoice> }) {
  const asked = useSettled(choice);
  const replay = useReplay(asked);
  const routing = useRouting();
  const accounts = useAccounts().data?.accounts ?? [];
  return (
    <div className="grid grid-cols-[minmax(0,1fr)] items-start gap-4 lg:grid-cols-2">
      <div className="grid grid-cols-[minmax(0,1fr)] gap-4">
        <ChoicePanel choice={choice} state={state} effective={replay.data?.weights ?? null} />
        <PreviewPanel choice={asked} />
      </div>
      <div className="grid grid-cols-[minmax(0,1fr)] gap-4">
        <ReplayPanel replay={replay} />
        {routing.data !== undefined && <LeftAlonePanel routing={routing.data} accounts={accounts} />}
        {routing.data !== undefined && <OverflowPanel overflow={routing.data.overflow} />}
      </div>
      <div className="min-w-0 lg:col-span-2">
        <AffinityPanel total={routing.data?.conversations ?? null} />
      </div>
    </div>
  );
}
