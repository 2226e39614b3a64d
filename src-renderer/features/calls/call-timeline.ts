import type { Attempt, CallRecord } from '../../../src-shared/contract/call.ts';

/** A piece of a call's time, in ms since it began; what still runs ends now. */
export interface TimelinePart {
  readonly kind: 'before' | 'wait' | 'attempt' | 'after';
  readonly startMs: number;
  readonly endMs: number;
  /** Of an attempt: when its first byte came; `null` where none did. */
  readonly firstByteMs: number | null;
  readonly attempt: Attempt | null;
}

interface Timeline {
  readonly parts: readonly TimelinePart[];
  readonly totalMs: number;
  /** When the client got the first output; `null` where it got none, or it is not known yet. */
  readonly firstOutputMs: number | null;
}

/** What is shorter than this before, between and after attempts is Relay's own work, and no wait. */
const shortestGapMs = 2;

/**
 * A call's time from its beginning to its end, all of it on one scale: what came before the first attempt, each attempt, the
 * waits between them, and what came after the last one. Attempts keep their place by the same clock as the call.
 */
export function callTimeline(call: CallRecord, now: number): Timeline {
  const parts: TimelinePart[] = [];
  const gap = (kind: 'before' | 'wait' | 'after', startMs: number, endMs: number): void => {
    if (endMs - startMs >= shortestGapMs) parts.push({ kind, startMs, endMs, firstByteMs: null, attempt: null });
  };
  let reachedMs = 0;
  for (const [index, attempt] of call.attempts.entries()) {
    const startMs = Math.max(0, attempt.startedAt - call.startedAt);
    const lengthMs = attempt.durationMs ?? Math.max(0, now - attempt.startedAt);
    const firstByteMs = attempt.firstByteMs === null ? null : startMs + Math.min(attempt.firstByteMs, lengthMs);
    gap(index === 0 ? 'before' : 'wait', reachedMs, startMs);
    parts.push({ kind: 'attempt', startMs, endMs: startMs + lengthMs, firstByteMs, attempt });
    reachedMs = Math.max(reachedMs, startMs + lengthMs);
  }
  const endMs = call.durationMs ?? Math.max(0, now - call.startedAt);
  gap(call.attempts.length === 0 ? 'before' : 'after', reachedMs, endMs);
  return { parts, totalMs: Math.max(1, endMs, reachedMs), firstOutputMs: call.ttftMs };
}
