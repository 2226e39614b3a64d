import type { Settings } from '../../src-shared/contract/settings.ts';
import type { RelayError } from '../../src-shared/domain/relay-error.ts';
import type { Failure } from './failure.ts';
import type { Tie } from './tie.ts';

/** How far a call has come on its way through its attempts. */
export interface Progress {
  /** The settings as they were when it began. */
  readonly limits: Settings;
  /** The tie of its conversation. */
  readonly owner: Tie | null;
  /** When the search for an answer began (monotonic ms), or for the rest of one that broke off; later by the time for which it was held. */
  beganAt: number;
  readonly tried: Set<string>;
  /** Of those the ones that failed on the way, which may have been chance. */
  readonly retryable: Set<string>;
  /** How often an account's limit was met. */
  readonly limited: Map<string, number>;
  /** How the last attempt failed. */
  last: Failure | null;
  /** What the client is told when every account was tried in vain: the latest failure that is not explained by an account's own state. */
  error: RelayError | null;
  /** Attempts that failed on the way: only they repeat load, so only they are bounded by number. */
  pathFailures: number;
  /** The path failure that was waited for already. */
  waitedFor: number;
  /** How long the call may still wait for an account to come back (ms). */
  holdLeftMs: number;
  /** The same while another account is free. */
  lingerLeftMs: number;
}

/** FAULTS R-08. */
const LINGER_MS = 5_000;

export function newProgress(
  limits: Settings,
  owner: Tie | null,
  beganAt: number,
  clientTimeoutMs: number | null,
): Progress {
  // Half of the client's own patience is for the answer.
  const patience = clientTimeoutMs === null ? Number.POSITIVE_INFINITY : clientTimeoutMs / 2;
  return {
    limits,
    owner,
    beganAt,
    tried: new Set(),
    retryable: new Set(),
    limited: new Map(),
    last: null,
    error: null,
    pathFailures: 0,
    waitedFor: 0,
    holdLeftMs: Math.min(limits['routing.holdMs'], patience),
    lingerLeftMs: LINGER_MS,
  };
}

/** How much longer the call may look for an answer (ms). */
export const searchLeftMs = ({ limits, beganAt }: Progress, now: number): number =>
  limits['routing.totalMs'] - (now - beganAt);

/** Takes a failed attempt into account. */
export function noteFailure(progress: Progress, accountId: string, failure: Failure): void {
  progress.last = failure;
  if (failure.blame === 'path' || failure.blame === 'credential') progress.error = failure.error;
  if (failure.blame === 'limit') progress.limited.set(accountId, (progress.limited.get(accountId) ?? 0) + 1);
  if (failure.blame !== 'path') return void progress.retryable.delete(accountId);
  progress.pathFailures += 1;
  progress.retryable.add(accountId);
}

/** An account whose limit ends again and again without ending is not waited for for ever. */
const MAX_LIMITS = 3;

/** The call has waited for rests to end: their accounts may be tried once more. */
export function noteHeld(progress: Progress, ms: number, lingered: boolean): void {
  progress.holdLeftMs -= ms;
  progress.beganAt += ms;
  if (lingered) progress.lingerLeftMs -= ms;
  for (const [accountId, times] of progress.limited) if (times < MAX_LIMITS) progress.tried.delete(accountId);
}
