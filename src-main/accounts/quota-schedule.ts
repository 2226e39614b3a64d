import { type Account, PLAN_FAMILY } from './account.ts';

/** How the usage endpoint treated an account lately, and the account's own share of chance. */
export interface PollState {
  /** Failures in a row that the upstream answers for. */
  failures: number;
  /** The upstream could not be reached at all: nobody was bothered, so it is tried again soon. */
  unreachable: boolean;
  /** The upstream asked to be left alone until then (ms). */
  notBefore: number;
  /** The machine has slept since the last reading. */
  woken: boolean;
  /** 0 to 1, drawn anew for each reading. */
  spread: number;
}

const MINUTE = 60_000;
/** Between two readings of an account that calls run on; no two readings of one account ever lie closer. */
const ACTIVE_MS = 5 * MINUTE;
/** While it rests after a refusal: an upstream that frees it early is noticed. */
const RESTING_MS = 15 * MINUTE;
const IDLE_MS = 60 * MINUTE;
const LONGEST_BACKOFF_MS = 240 * MINUTE;
/** How long after its last call an account counts as in use. */
const IN_USE_MS = 10 * MINUTE;
/** After a reset, so that the upstream has it too and not all of the world asks in the same second. */
const AFTER_RESET_MS = 5_000;
const RESET_SPREAD_MS = 25_000;

/** When an account's usage is to be read next (ms), perhaps in the past; `null` where it is not read at all. Pure. */
export function nextReadingAt(account: Account, poll: PollState, now: number): number | null {
  if (!isPolled(account, now)) return null;
  const chance = 0.9 + 0.2 * poll.spread;
  const { usageAskedAt } = account;
  if (usageAskedAt === null) return poll.notBefore;
  const askedAt = Math.min(usageAskedAt, now);
  const interval = intervalOf(account, now) * chance;
  const soonest = Math.max(askedAt + ACTIVE_MS * chance, poll.notBefore);
  if (poll.unreachable || poll.woken) return soonest;
  if (poll.failures > 0) return Math.max(soonest, askedAt + backoff(interval, poll.failures));
  // Fresh figures from a call make a reading less pressing, but only the endpoint knows credits and all families.
  const known = Math.max(askedAt, readAt(account, now));
  const ordinary = Math.min(known + interval, askedAt + IDLE_MS * chance);
  const reset = nextReset(account, askedAt);
  const afterReset = reset === null ? null : reset + AFTER_RESET_MS + RESET_SPREAD_MS * poll.spread;
  if (afterReset === null || ordinary + ACTIVE_MS * chance <= afterReset) return Math.max(soonest, ordinary);
  return Math.max(soonest, afterReset);
}

/** API keys have no usage endpoint; what a person or an upstream has switched off is left alone. */
function isPolled({ kind, enabled, pause, needsSignIn, keyringLocked }: Account, now: number): boolean {
  if (kind !== 'chatgpt' || !enabled || needsSignIn !== null || keyringLocked !== null) return false;
  return pause === null || (pause.until !== null && pause.until <= now);
}

function intervalOf({ inFlight, lastUsedAt, rests }: Account, now: number): number {
  if (inFlight > 0 || now - lastUsedAt < IN_USE_MS) return ACTIVE_MS;
  return [...rests.values()].some((rest) => rest.until > now && !rest.byPerson) ? RESTING_MS : IDLE_MS;
}

const backoff = (interval: number, failures: number): number =>
  Math.max(interval, Math.min(LONGEST_BACKOFF_MS, interval * 2 ** failures));

function readAt({ windows }: Account, now: number): number {
  let newest = 0;
  for (const window of windows.values()) {
    if (window.family === PLAN_FAMILY && window.readAt <= now) newest = Math.max(newest, window.readAt);
  }
  return newest;
}

/** The first moment since the last reading at which a window fills again. */
function nextReset({ windows }: Account, askedAt: number): number | null {
  let first: number | null = null;
  for (const { resetsAt, readAt } of windows.values()) {
    if (resetsAt === null || resetsAt <= Math.max(askedAt, readAt)) continue;
    if (first === null || resetsAt < first) first = resetsAt;
  }
  return first;
}
