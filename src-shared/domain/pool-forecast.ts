import type { Forecast } from './forecast.ts';
import { headroom, periodEnd, type QuotaWindow } from './window.ts';

/** One account's window of the length in question, with its own pace. */
export interface PoolMember extends QuotaWindow {
  readonly forecast: Pick<Forecast, 'burnPercentPerHour' | 'unusedPercent'> | null;
}

export interface PoolForecast extends Forecast {
  /** The next reset of an account, after the pool runs out where it does; `null` where none is known. */
  readonly nextResetAt: number | null;
}

const HOUR_MS = 3_600_000;

/**
 * When all accounts together run out of one kind of window, if calls go on as they do: what is left of all is spent by the
 * pace of all, and each reset gives its account's used share back. Figures are means over the accounts, as if the pool were
 * one. An account whose pace is not known adds what it has and spends nothing; while no pace is known the verdict is
 * `unknown`. `members` are not empty.
 */
export function forecastPool(members: readonly PoolMember[], now: number): PoolForecast {
  const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / members.length;
  const left = mean(members.map((member) => headroom(member, now) * 100));
  const paces = members.flatMap(({ forecast }) => forecast?.burnPercentPerHour ?? []);
  const burnPercentPerHour = paces.length === 0 ? null : mean(paces);
  const base = { burnPercentPerHour, runsOutAt: null, nextResetAt: nextReset(members, now) };
  if (left === 0) return { ...base, verdict: 'used-up', unusedPercent: 0 };
  if (burnPercentPerHour === null) return { ...base, verdict: 'unknown', unusedPercent: null };
  const runsOutAt = emptyAt(members, left, burnPercentPerHour / HOUR_MS, now);
  if (runsOutAt !== null) {
    const nextResetAt = nextReset(members, runsOutAt - 1);
    return { ...base, verdict: 'runs-out', runsOutAt, unusedPercent: 0, nextResetAt };
  }
  const unused = members.flatMap(({ forecast }) => forecast?.unusedPercent ?? []);
  return { ...base, verdict: 'on-pace', unusedPercent: unused.length === members.length ? mean(unused) : null };
}

/** The first that an upstream named and that is still to come. */
function nextReset(members: readonly PoolMember[], after: number): number | null {
  const resets = members.flatMap(({ resetsAt }) => (resetsAt === null || resetsAt <= after ? [] : [resetsAt]));
  return resets.length === 0 ? null : Math.min(...resets);
}

/** Walks from reset to reset; `null` where something is left at the last one. Percent of the pool and percent per ms. */
function emptyAt(members: readonly PoolMember[], left: number, burn: number, now: number): number | null {
  const resets = members
    .map((member) => ({ at: periodEnd(member), givesBack: (1 - headroom(member, now)) * 100 }))
    .filter(({ at }) => at > now)
    .sort((a, b) => a.at - b.at);
  let at = now;
  let rest = left;
  for (const reset of resets) {
    const spent = burn * (reset.at - at);
    if (spent >= rest) return Math.ceil(at + rest / burn);
    rest += reset.givesBack / members.length - spent;
    at = reset.at;
  }
  return null;
}
