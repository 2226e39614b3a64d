import type { Attempt, CallRecord } from '../../../src-shared/contract/call.ts';
import { useNow } from '../../components/use-now.ts';
import { formatDuration } from '../../format/figures.ts';

const bars: Readonly<Record<Attempt['outcome'], string>> = {
  served: 'bg-good-fill',
  continued: 'bg-warn-fill',
  failed: 'bg-bad-fill',
  cancelled: 'bg-line-strong',
};

const inks: Readonly<Partial<Record<Attempt['outcome'], string>>> = { failed: 'text-bad', continued: 'text-warn' };

/** Each attempt on the call's own time line: waiting for the first byte is pale, the stream is full. */
export function AttemptWaterfall({ call }: { call: CallRecord }) {
  const now = useNow();
  if (call.attempts.length === 0) return <p className="text-muted">No account was tried.</p>;
  const totalMs = Math.max(
    1,
    call.durationMs ?? now - call.startedAt,
    ...call.attempts.map((a) => endMs(call, a, now)),
  );
  return (
    <div className="grid gap-2.5">
      <ol className="grid gap-2.5">
        {call.attempts.map((attempt, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: attempts are only ever added at the end
          <AttemptRow key={index} {...{ call, attempt, index, totalMs, now }} />
        ))}
      </ol>
      <div aria-hidden className="flex justify-between text-xs text-faint">
        <span>0</span>
        <span>{formatDuration(totalMs / 2)}</span>
        <span>{formatDuration(totalMs)}</span>
      </div>
    </div>
  );
}

const startMs = (call: CallRecord, attempt: Attempt): number => Math.max(0, attempt.startedAt - call.startedAt);
const lengthMs = (attempt: Attempt, now: number): number => attempt.durationMs ?? Math.max(0, now - attempt.startedAt);
const endMs = (call: CallRecord, attempt: Attempt, now: number): number =>
  startMs(call, attempt) + lengthMs(attempt, now);

function AttemptRow(row: { call: CallRecord; attempt: Attempt; index: number; totalMs: number; now: number }) {
  const { call, attempt, index, totalMs, now } = row;
  const share = (ms: number): string => `${(100 * Math.min(1, ms / totalMs)).toFixed(2)}%`;
  const length = lengthMs(attempt, now);
  const wait = Math.min(length, attempt.firstByteMs ?? length);
  const verdict = [attempt.outcome, attempt.httpStatus, attempt.errorCode].filter((part) => part !== null).join(' · ');
  return (
    <li className="grid gap-1">
      <div className="flex items-baseline justify-between gap-3">
        <span className="min-w-0 truncate">
          <span className="text-muted">{index + 1}.</span> {attempt.accountLabel}
          <span className={`ml-2 text-sm ${inks[attempt.outcome] ?? 'text-muted'}`}>{verdict}</span>
        </span>
        <span className="shrink-0">
          {attempt.firstByteMs !== null && (
            <span className="mr-3 text-sm text-muted">first byte {formatDuration(attempt.firstByteMs)}</span>
          )}
          {formatDuration(attempt.durationMs)}
        </span>
      </div>
      <div aria-hidden className="relative h-2 overflow-hidden rounded-sm bg-well">
        <div
          className={`absolute inset-y-0 min-w-0.5 opacity-35 ${bars[attempt.outcome]}`}
          style={{ left: share(startMs(call, attempt)), width: share(wait) }}
        />
        <div
          className={`absolute inset-y-0 min-w-0.5 ${bars[attempt.outcome]}`}
          style={{ left: share(startMs(call, attempt) + wait), width: share(length - wait) }}
        />
      </div>
      {attempt.reason !== null && <p className="text-sm break-words text-muted">{attempt.reason}</p>}
    </li>
  );
}
