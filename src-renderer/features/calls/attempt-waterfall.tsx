import type { Attempt, CallRecord } from '../../../src-shared/contract/call.ts';
import { useNow } from '../../components/use-now.ts';
import { formatDuration, formatShare } from '../../format/figures.ts';
import { callTimeline, type TimelinePart } from './call-timeline.ts';
import { visibleText } from './visible-text.ts';

const bars: Readonly<Record<Attempt['outcome'], string>> = {
  served: 'bg-good-fill',
  continued: 'bg-warn-fill',
  failed: 'bg-bad-fill',
  cancelled: 'bg-line-strong',
};

const inks: Readonly<Partial<Record<Attempt['outcome'], string>>> = { failed: 'text-bad', continued: 'text-warn' };

/** All of a call's time on one scale: before the first attempt, each attempt, the waits between them, the end. */
export function AttemptWaterfall({ call }: { call: CallRecord }) {
  const { parts, totalMs, firstOutputMs } = callTimeline(call, useNow());
  const share = (ms: number): string => `${(100 * Math.min(1, ms / totalMs)).toFixed(2)}%`;
  return (
    <div className="grid gap-2.5">
      {call.attempts.length === 0 && <p className="text-muted">No account was tried.</p>}
      <ol className="grid gap-2.5" aria-label="Where the time went">
        {parts.map((part, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: parts are only ever added at the end
          <Part key={index} part={part} number={numberOf(parts, index)} {...{ call, share, firstOutputMs }} />
        ))}
      </ol>
      <div aria-hidden className="flex justify-between text-xs text-faint">
        <span>0</span>
        <span>{formatDuration(totalMs / 2)}</span>
        <span>{formatDuration(totalMs)}</span>
      </div>
      <dl className="flex flex-wrap gap-x-5 gap-y-1 text-sm">
        <Figure name="First output" value={formatDuration(firstOutputMs)} mark />
        <Figure name="Held for an account" value={call.heldMs === null ? 'not held' : formatDuration(call.heldMs)} />
        <Figure name="Relay’s own share" value={ownShare(call)} />
      </dl>
      {call.spliced > 0 && (
        <p className="rounded-md bg-warn-tint px-3 py-1.5 text-sm">
          Spliced {call.spliced === 1 ? 'once' : `${call.spliced} times`}: the answer broke off after the client had
          text of it, and the next account went on with it.
        </p>
      )}
    </div>
  );
}

const numberOf = (parts: readonly TimelinePart[], index: number): number =>
  parts.slice(0, index + 1).filter(({ kind }) => kind === 'attempt').length;

/** Of the time to the first output. */
function ownShare({ overheadMs, ttftMs }: CallRecord): string {
  if (overheadMs === null || ttftMs === null || ttftMs <= 0) return formatDuration(overheadMs);
  return `${formatDuration(overheadMs)} (${formatShare(Math.min(1, overheadMs / ttftMs))} of it)`;
}

function Figure({ name, value, mark = false }: { name: string; value: string; mark?: boolean }) {
  return (
    <div className="flex items-baseline gap-1.5">
      <dt className="text-muted">
        {mark && <span aria-hidden className="mr-1.5 inline-block h-2.5 border-l border-dashed border-ink" />}
        {name}
      </dt>
      <dd>{value}</dd>
    </div>
  );
}

interface PartProps {
  readonly call: CallRecord;
  readonly part: TimelinePart;
  readonly number: number;
  readonly share: (ms: number) => string;
  readonly firstOutputMs: number | null;
}

function Part({ call, part, number, share, firstOutputMs }: PartProps) {
  const { attempt, startMs, endMs } = part;
  const streamAt = attempt === null ? endMs : (part.firstByteMs ?? endMs);
  const bar = attempt === null ? 'bg-line-strong' : bars[attempt.outcome];
  return (
    <li className="grid gap-1">
      <div className="flex items-baseline justify-between gap-3">
        <span className="min-w-0 truncate">
          {attempt === null ? (
            <span className="text-muted">{gapName(part, call)}</span>
          ) : (
            <AttemptName attempt={attempt} number={number} />
          )}
        </span>
        <span className="shrink-0">
          {part.firstByteMs !== null && (
            <span className="mr-3 text-sm text-muted">
              first byte {formatDuration(part.firstByteMs - startMs)}, then {formatDuration(endMs - part.firstByteMs)}
            </span>
          )}
          {formatDuration(endMs - startMs)}
          <span className="sr-only">, beginning at {formatDuration(startMs)}</span>
        </span>
      </div>
      <div aria-hidden className="relative h-2 rounded-sm bg-well">
        <div
          className={`absolute inset-y-0 min-w-0.5 rounded-l-sm opacity-35 ${bar}`}
          style={{ left: share(startMs), width: share(streamAt - startMs) }}
        />
        {attempt !== null && (
          <div
            className={`absolute inset-y-0 min-w-0.5 rounded-r-sm ${bar}`}
            style={{ left: share(streamAt), width: share(endMs - streamAt) }}
          />
        )}
        {firstOutputMs !== null && (
          <span
            className="absolute -inset-y-0.5 border-l border-dashed border-ink"
            style={{ left: share(firstOutputMs) }}
          />
        )}
      </div>
      {attempt !== null && attempt.reason !== null && (
        <p className="text-sm break-words text-muted">{visibleText(attempt.reason)}</p>
      )}
    </li>
  );
}

function AttemptName({ attempt, number }: { attempt: Attempt; number: number }) {
  const verdict = [attempt.outcome, attempt.httpStatus, attempt.errorCode].filter((part) => part !== null).join(' · ');
  return (
    <>
      <span className="text-muted">{number}.</span> {visibleText(attempt.accountLabel)}
      <span className={`ml-2 text-sm ${inks[attempt.outcome] ?? 'text-muted'}`}>{visibleText(verdict)}</span>
    </>
  );
}

/** What a call did while no attempt ran. Where it was held somewhere, the log does not say in which of its waits. */
function gapName({ kind }: TimelinePart, { heldMs, attempts }: CallRecord): string {
  if (kind === 'after') return 'Settling';
  if (kind === 'wait') return heldMs === null ? 'Backoff' : 'Backoff, or held for an account';
  if (attempts.length === 0) return heldMs === null ? 'Queue and plan' : 'Queue, plan, and held for an account';
  return heldMs === null ? 'Queue and plan' : 'Queue and plan, or held for an account';
}
