import { useQuery } from '@tanstack/react-query';
import { Link } from 'wouter';
import type { CallRecord } from '../../../src-shared/contract/call.ts';
import { queryKeys } from '../../api/query-keys.ts';
import { getCalls } from '../../api/requests.ts';
import { ErrorState, LoadingState } from '../../components/page.tsx';
import { exactTime } from '../../components/relative-time.tsx';
import { formatCount, formatDuration } from '../../format/figures.ts';
import { StatusDot } from './call-status.tsx';
import { visibleText } from './visible-text.ts';

const shownAtMost = 12;

/** The newest calls of the same conversation. */
export function RelatedCalls({ call }: { call: CallRecord }) {
  const conversationId = call.conversationId ?? '';
  const query = { conversationId, limit: shownAtMost };
  const related = useQuery({
    queryKey: [...queryKeys.allCalls, 'related', query],
    queryFn: ({ signal }) => getCalls(query, signal),
    enabled: call.conversationId !== null,
  });
  if (call.conversationId === null) return <p className="text-muted">It belongs to no conversation.</p>;
  if (related.isPending) return <LoadingState />;
  if (related.isError) return <ErrorState error={related.error} onRetry={() => void related.refetch()} />;
  return (
    <div className="grid gap-1.5">
      <ol aria-label="Calls of the conversation, newest first" className="grid">
        {related.data.calls.map((one) => (
          <li key={one.id}>
            <Link
              href={`/calls/${encodeURIComponent(one.id)}`}
              aria-current={one.id === call.id ? 'true' : undefined}
              className="flex h-7 items-center gap-3 rounded-md px-2 hover:bg-hover aria-[current=true]:bg-selected"
            >
              <StatusDot status={one.status} />
              <span className="shrink-0 text-sm text-muted">{exactTime(one.startedAt)}</span>
              <span className="min-w-0 flex-1 truncate">{visibleText(one.accountLabel ?? one.errorCode ?? '')}</span>
              <span className="shrink-0 text-sm text-muted">{formatCount(one.inputTokens)} in</span>
              <span className="w-16 shrink-0 text-right">{formatDuration(one.durationMs)}</span>
            </Link>
          </li>
        ))}
      </ol>
      <Link
        href={`/calls?${new URLSearchParams({ conversationId: call.conversationId })}`}
        className="w-fit text-sm text-accent hover:underline"
      >
        All calls of the conversation
      </Link>
    </div>
  );
}
