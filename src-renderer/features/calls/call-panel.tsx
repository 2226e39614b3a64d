import { useQuery } from '@tanstack/react-query';
import { Braces, X } from 'lucide-react';
import { useMemo, useState } from 'react';
import { Link } from 'wouter';
import { priceList } from '../../../src-shared/catalog/prices.ts';
import type { CallRecord } from '../../../src-shared/contract/call.ts';
import { useLiveCalls } from '../../api/live.ts';
import { queryKeys } from '../../api/query-keys.ts';
import { getCall } from '../../api/requests.ts';
import { getSettings } from '../../api/settings-requests.ts';
import { IconButton } from '../../components/button.tsx';
import { CopyButton } from '../../components/copy-button.tsx';
import { ErrorState, LoadingState } from '../../components/page.tsx';
import { useKeys } from '../keys/use-keys.ts';
import { CallActions } from './call-actions.tsx';
import { CallBreakdown } from './call-breakdown.tsx';
import { CallSection } from './call-section.tsx';
import { CapturedBodies } from './captured-bodies.tsx';
import { RelatedCalls } from './related-calls.tsx';
import { visibleJson, visibleText } from './visible-text.ts';

/** One call in full beside the list; over it where there is no room for both. */
export function CallPanel({ id, onClose }: { id: string; onClose: () => void }) {
  const [asJson, setAsJson] = useState(false);
  const query = useQuery({ queryKey: queryKeys.call(id), queryFn: () => getCall(id) });
  const live = useLiveCalls().get(id);
  // Live events carry no decisions.
  const call = live === undefined ? query.data : { ...live, decisions: query.data?.decisions ?? [] };
  // Exactly what GET /api/calls/{id} answers.
  const json = query.data === undefined ? '' : visibleJson(query.data);
  const capture = useKeys().data?.keys.find((key) => key.id === call?.keyId)?.capture ?? null;
  const settings = useQuery({ queryKey: queryKeys.settings, queryFn: getSettings });
  const own = settings.data?.data['models.prices'];
  const prices = useMemo(() => priceList(own ?? {}), [own]);
  return (
    <aside
      aria-label="Call"
      className="absolute inset-0 z-20 flex min-h-0 flex-col border-line bg-surface lg:static lg:w-[30rem] lg:shrink-0 lg:border-l 2xl:w-[36rem]"
    >
      <header className="flex h-10 shrink-0 items-center gap-1 border-b border-line pr-2 pl-4">
        <h2 className="mr-auto min-w-0 truncate font-mono text-sm text-muted">{visibleText(id)}</h2>
        {call !== undefined && <CallActions call={call} />}
        <CopyButton text={id} label="Copy the call’s id" />
        <IconButton
          label={asJson ? 'View as a page' : 'View as JSON'}
          aria-pressed={asJson}
          onClick={() => setAsJson(!asJson)}
          className="aria-pressed:bg-selected aria-pressed:text-ink"
        >
          <Braces size={15} />
        </IconButton>
        <IconButton label="Close (Esc)" onClick={onClose}>
          <X size={16} />
        </IconButton>
      </header>
      <div className="min-h-0 flex-1 overflow-y-auto">
        {call !== undefined && !asJson && (
          <CallBreakdown call={call} prices={prices}>
            <CallSection title="Headers and bodies">
              <CapturedBodies id={id} labels={labelsOf(call)} likely={keepsBodies(capture, call)} />
            </CallSection>
            <CallSection title="Conversation">
              <RelatedCalls call={call} />
            </CallSection>
            <ErrorLinks call={call} />
          </CallBreakdown>
        )}
        {call !== undefined && asJson && (
          <div className="grid justify-items-start gap-3 p-4">
            <CopyButton text={json} label="Copy the JSON" caption="Copy" />
            <pre className="max-w-full overflow-x-auto font-mono text-sm">{json}</pre>
          </div>
        )}
        {call === undefined && query.isPending && <LoadingState />}
        {call === undefined && query.isError && <ErrorState error={query.error} onRetry={() => void query.refetch()} />}
      </div>
    </aside>
  );
}

const keepsBodies = (capture: 'failed' | 'all' | null, { status }: CallRecord): boolean =>
  status !== 'inflight' && (capture === 'all' || (capture === 'failed' && status !== 'ok'));

const labelsOf = ({ attempts }: CallRecord): ReadonlyMap<string, string> =>
  new Map(attempts.map(({ accountId, accountLabel }) => [accountId, accountLabel]));

/** From what went wrong in one call to where else it did. */
function ErrorLinks({ call }: { call: CallRecord }) {
  const failed = call.attempts.some(({ outcome }) => outcome === 'failed' || outcome === 'continued');
  if (call.errorCode === null && !failed) return null;
  return (
    <CallSection title="Errors">
      <div className="flex flex-wrap gap-x-4 gap-y-1">
        <Link href="/errors" className="text-accent hover:underline">
          Failures by cause
        </Link>
        {call.errorCode !== null && (
          <Link
            href={`/calls?${new URLSearchParams({ errorCode: call.errorCode })}`}
            className="text-accent hover:underline"
          >
            Calls with this reason
          </Link>
        )}
      </div>
    </CallSection>
  );
}
