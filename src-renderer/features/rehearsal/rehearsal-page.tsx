import { Play } from 'lucide-react';
import type { RehearsalView } from '../../../src-shared/contract/rehearsal.ts';
import { messageOf } from '../../api/client.ts';
import { Button } from '../../components/button.tsx';
import { Notice } from '../../components/notice.tsx';
import { EmptyState, ErrorState, LoadingState, Page } from '../../components/page.tsx';
import { PassList } from './pass-list.tsx';
import { RehearsalProgress } from './rehearsal-progress.tsx';
import { useRehearsal } from './use-rehearsal.ts';

/** What the person's own settings do when accounts fail, played on simulated ones. */
export function RehearsalPage() {
  const { rehearsal, start } = useRehearsal();
  const view = rehearsal.data;
  const running = view?.state === 'running' || start.isPending;
  const run = (
    <Button look="primary" disabled={running || view === undefined} onClick={() => start.mutate()}>
      <Play size={14} aria-hidden />
      {running ? 'Running…' : view?.state === 'never' || view === undefined ? 'Run' : 'Run again'}
    </Button>
  );
  return (
    <Page title="Rehearsal" note="Failures, played on simulated accounts" actions={run}>
      <div className="grid max-w-6xl gap-4">
        {start.isError && <Notice kind="error">{messageOf(start.error)}</Notice>}
        {view === undefined && rehearsal.isPending && <LoadingState />}
        {view === undefined && rehearsal.isError && (
          <ErrorState error={rehearsal.error} onRetry={() => void rehearsal.refetch()} />
        )}
        {view?.state === 'never' && <NeverRun note={view.note} />}
        {view !== undefined && view.state !== 'never' && <Outcome view={view} />}
      </div>
    </Page>
  );
}

function NeverRun({ note }: { note: string }) {
  return (
    <EmptyState title="Nothing has been rehearsed yet">
      <p>
        Press Run to see what your clients would see when an account reaches its limit, fails, stays silent or breaks
        off. None of your accounts is called.
      </p>
      <p className="text-sm">{note}</p>
    </EmptyState>
  );
}

function Outcome({ view }: { view: RehearsalView }) {
  return (
    <>
      <RehearsalProgress view={view} />
      {view.state === 'failed' && (
        <Notice kind="error">It could not be played to its end. {view.reason ?? 'No reason is known.'}</Notice>
      )}
      <PassList results={view.results} />
      <p className="max-w-3xl text-sm text-muted">{view.note}</p>
    </>
  );
}
