import type { Attempt, CallRecord } from '../../src-shared/contract/call.ts';
import { formatRelativeTime } from '../../src-shared/format/relative-time.ts';
import type { Measurement } from './spans.ts';

interface Outcome {
  readonly at: number;
  readonly ok: boolean;
}

/** What calls showed of one upstream lately is worth this long. */
const LATELY_MS = 15 * 60_000;
/** With fewer attempts than this a share of failures says little. */
const FEW = 5;
const MAX_OUTCOMES = 2_000;

/**
 * Each upstream as real calls found it. What says something about the account or the request, such as a limit or a wrong
 * parameter, proves that the upstream answers.
 */
export function createUpstreamWatch(hostOf: (accountId: string) => string | null) {
  const hosts = new Map<string, Outcome[]>();

  const note = (host: string, outcome: Outcome): void => {
    const list = hosts.get(host) ?? [];
    list.push(outcome);
    // Twice as many at most: to cut one off for each that comes would move all others each time.
    if (list.length >= 2 * MAX_OUTCOMES) list.splice(0, list.length - MAX_OUTCOMES);
    hosts.set(host, list);
  };

  return {
    /** A call that has settled. */
    settled(call: CallRecord): void {
      for (const attempt of call.attempts) {
        const host = hostOf(attempt.accountId);
        const ok = answered(attempt);
        if (host !== null && ok !== null)
          note(host, { at: attempt.startedAt + Math.round(attempt.durationMs ?? 0), ok });
      }
    },
    /** A request of Relay's own, such as a model list or a usage reading. */
    probed(accountId: string, ok: boolean, at: number): void {
      const host = hostOf(accountId);
      if (host !== null) note(host, { at, ok });
    },
    measure(host: string, now: number): Measurement {
      const seen = (hosts.get(host) ?? []).filter(({ at }) => now - at <= LATELY_MS);
      const last = seen.at(-1);
      if (last === undefined) return { state: 'unknown', sentence: 'No call in the last 15 minutes.' };
      const failed = seen.filter(({ ok }) => !ok).length;
      const when = formatRelativeTime(last.at, now);
      const count = `${failed} of ${seen.length} ${seen.length === 1 ? 'request' : 'requests'} failed in the last 15 minutes`;
      if (failed === seen.length && failed >= 3) return { state: 'down', sentence: `${count}, the last ${when}.` };
      if (seen.length >= FEW ? failed / seen.length > 0.2 : !last.ok) {
        return { state: 'degraded', sentence: `${count}.` };
      }
      return { state: 'ok', sentence: `Answered ${when}.` };
    },
  };
}

/** `null` where the attempt says nothing about the upstream. */
function answered({ outcome, httpStatus, errorCode }: Attempt): boolean | null {
  if (outcome === 'cancelled') return null;
  if (outcome === 'served') return true;
  if (httpStatus !== null) return httpStatus < 500;
  return errorCode === null ? null : !errorCode.startsWith('upstream_');
}
