import type { AccountHealth } from '../../src-shared/contract/account.ts';
import { type QuotaWindow, windowName } from '../../src-shared/domain/window.ts';
import { formatClockTime } from '../../src-shared/format/clock-time.ts';
import { formatPercent } from '../../src-shared/format/percent.ts';
import { type Account, PLAN_FAMILY, type Rest } from './account.ts';

/** What routing sees of an account and accounts cannot see itself. */
export interface AccountSignals {
  /** Share of its recent calls that its path failed, 0 to 1; `null` without recent calls. */
  readonly errorRate: number | null;
  /** A sentence about the network while the account's upstream cannot be reached; `null` while it can. */
  readonly unreachable: string | null;
  /** When an open breaker lets a call through again (ms); `null` while it is not open. */
  readonly breakerOpenUntil: number | null;
  /** A sentence about what opened it. */
  readonly breakerReason: string | null;
}

export const nothingKnown: AccountSignals = {
  errorRate: null,
  unreachable: null,
  breakerOpenUntil: null,
  breakerReason: null,
};

/** From this share of failed calls on an account is worth a look. */
const DEGRADED_FROM = 0.2;

type Facts = Pick<
  Account,
  | 'enabled'
  | 'pause'
  | 'needsSignIn'
  | 'keyringLocked'
  | 'maxConcurrency'
  | 'inFlight'
  | 'models'
  | 'unsupported'
  | 'windows'
  | 'rests'
>;

/**
 * The one state of an account, the first that holds in the order of `healthStates`: what only the person can change comes
 * first, then what stops every call, then what stops some. `until` is always still to come, or `null`.
 */
export function healthOf(account: Facts, signals: AccountSignals, now: number): AccountHealth {
  return (
    decided(account, now) ??
    lockedOut(account) ??
    resting(account, now) ??
    unreachable(signals, now) ??
    busy(account) ??
    degraded(signals, now) ??
    lacking(account, now) ?? { state: 'ready', reason: 'Ready.', until: null }
  );
}

function decided({ enabled, pause }: Facts, now: number): AccountHealth | null {
  if (!enabled) return { state: 'disabled', reason: 'Switched off by you.', until: null };
  if (pause === null || (pause.until !== null && pause.until <= now)) return null;
  const { until } = pause;
  const end = until === null ? 'you resume it' : formatClockTime(until, now);
  return { state: 'paused', reason: `Paused by you until ${end}.`, until };
}

function lockedOut({ needsSignIn, keyringLocked }: Facts): AccountHealth | null {
  if (needsSignIn !== null) return needsPerson('needs-sign-in', needsSignIn, 'Sign in again.');
  return keyringLocked === null ? null : needsPerson('unlock-keyring', keyringLocked, 'Unlock your keyring.');
}

const needsPerson = (state: AccountHealth['state'], why: string, without: string): AccountHealth => ({
  state,
  reason: why.trim() || without,
  until: null,
});

function resting(account: Facts, now: number): AccountHealth | null {
  const rest = account.rests.get(PLAN_FAMILY);
  if (rest === undefined || rest.until <= now) return null;
  return { state: 'resting', reason: restInWords(account, PLAN_FAMILY, rest, now), until: rest.until };
}

/** "Resting until 14:10: the 5-hour window is used up." */
export function restInWords({ windows }: Pick<Account, 'windows'>, family: string, rest: Rest, now: number): string {
  const begin = `Resting until ${formatClockTime(rest.until, now)}`;
  if (rest.byPerson) return `${begin}: you asked for it.`;
  const window = spentWindow(windows.values(), family, rest.until);
  if (window === null) return `${begin}. ${rest.reason}`.trim();
  const whose = family === PLAN_FAMILY ? '' : ` of ${family}`;
  return `${begin}: the ${windowName(window.lengthMs)} window${whose} is used up.`;
}

/** How far apart an upstream's two statements of one reset may lie. */
const SAME_RESET_MS = 60_000;

/** The window whose reset the rest waits for; without one, the longest that has nothing left. */
export function spentWindow(windows: Iterable<QuotaWindow>, family: string, until: number): QuotaWindow | null {
  let spent: QuotaWindow | null = null;
  for (const window of windows) {
    if (window.family !== family) continue;
    if (window.resetsAt !== null && Math.abs(window.resetsAt - until) <= SAME_RESET_MS) return window;
    if (window.usedPercent >= 100 && window.lengthMs > (spent?.lengthMs ?? 0)) spent = window;
  }
  return spent;
}

function unreachable(signals: AccountSignals, now: number): AccountHealth | null {
  if (signals.unreachable === null) return null;
  const until = openUntil(signals, now);
  const again = until === null ? '' : ` It is tried again at ${formatClockTime(until, now)}.`;
  return { state: 'unreachable', reason: `Unreachable. ${signals.unreachable}${again}`.trim(), until };
}

function busy({ inFlight, maxConcurrency }: Facts): AccountHealth | null {
  if (maxConcurrency === null || inFlight < maxConcurrency) return null;
  const calls = maxConcurrency === 1 ? 'the one call' : `all ${maxConcurrency} calls`;
  return { state: 'busy', reason: `Busy with ${calls} that it may have at once.`, until: null };
}

function degraded(signals: AccountSignals, now: number): AccountHealth | null {
  const until = openUntil(signals, now);
  if (until !== null) {
    const why = signals.breakerReason ?? 'Its last calls failed.';
    return { state: 'degraded', reason: `${why} It is tried again at ${formatClockTime(until, now)}.`, until };
  }
  const { errorRate } = signals;
  if (errorRate === null || !(errorRate >= DEGRADED_FROM)) return null;
  return { state: 'degraded', reason: `${formatPercent(Math.min(1, errorRate))} of its recent calls failed.`, until };
}

const openUntil = ({ breakerOpenUntil }: AccountSignals, now: number): number | null =>
  breakerOpenUntil !== null && breakerOpenUntil > now ? breakerOpenUntil : null;

const MAX_NAMED = 3;

function lacking({ models, unsupported }: Facts, now: number): AccountHealth | null {
  const refused = [...unsupported].filter(([, until]) => until > now);
  if (refused.length === 0) return null;
  const names = refused.map(([model]) => model).sort();
  const more = names.length > MAX_NAMED ? ` and ${names.length - MAX_NAMED} more` : '';
  const others = models !== null && [...models].every((model) => names.includes(model)) ? '' : ' Others are served.';
  const until = Math.min(...refused.map(([, end]) => end));
  const reason = `Its plan does not include ${names.slice(0, MAX_NAMED).join(', ')}${more}.${others} Asked again at ${formatClockTime(until, now)}.`;
  return { state: 'plan-lacks-model', reason, until };
}
