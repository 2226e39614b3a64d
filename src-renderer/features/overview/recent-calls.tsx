import { Link } from 'wouter';
import type { CallRecord } from '../../../src-shared/contract/call.ts';
import { RelativeTime } from '../../components/relative-time.tsx';
import { formatDuration, unknown } from '../../format/figures.ts';
import { StatusDot } from '../calls/call-status.tsx';

export function RecentCalls({ calls, isPending }: { calls: readonly CallRecord[]; isPending: boolean }) {
  if (calls.length === 0) {
    return (
      <p className="px-4 py-8 text-center text-muted">
        {isPending ? 'Loading…' : 'No calls yet. They appear here as they happen.'}
      </p>
    );
  }
  return (
    <ul>
      {calls.map((call) => (
        <li key={call.id} className="border-b border-line/70 last:border-b-0">
          <Link
            href={`/calls/${encodeURIComponent(call.id)}`}
            className="grid h-8.5 grid-cols-[0.5rem_minmax(0,1.4fr)_minmax(0,1fr)_3.75rem_1.75rem] items-center gap-2 px-3 sm:grid-cols-[0.75rem_minmax(0,1.4fr)_minmax(0,1fr)_4rem_3.5rem] sm:gap-3 sm:px-4 hover:bg-hover"
          >
            <StatusDot status={call.status} />
            <span className="truncate">{call.modelAsked}</span>
            <span className="truncate text-muted">
              {call.status === 'error' ? (
                <span className="text-bad">{call.errorCode ?? 'error'}</span>
              ) : (
                (call.accountLabel ?? unknown)
              )}
            </span>
            <span className="text-right">{formatDuration(call.durationMs)}</span>
            <span className="text-right text-sm text-muted">
              <RelativeTime at={call.startedAt} bare />
            </span>
          </Link>
        </li>
      ))}
    </ul>
  );
}
