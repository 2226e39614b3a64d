import { periodEnd, type QuotaWindow } from './window.ts';

/** Where a window is heading, in figures. The sentence for people is made of them by `forecastSentence`. */
export interface Forecast {
  readonly verdict: 'unknown' | 'used-up' | 'runs-out' | 'expires-unused' | 'on-pace';
  /** Percent of the window per hour. */
  readonly burnPercentPerHour: number | null;
  /** Never in the past; `null` where it does not run out before its reset, or has run out already. */
  readonly runsOutAt: number | null;
  /** What will be left at the reset, 0 to 100; `null` where the pace or the reset is not known. */
  readonly unusedPercent: number | null;
}

/** From here on what expires is worth a word, in windows that people plan with. */
const MUCH_UNUSED_PERCENT = 10;
const PLANNED_LENGTH_MS = 86_400_000;
const HOUR_MS = 3_600_000;

/**
 * Carries the pace on to the reset. `burn` is percent per ms, `null` where it is not known. `null` where the period of
 * the reading is over: nothing is known of the one that runs now.
 */
export function forecastWindow(window: QuotaWindow, burn: number | null, now: number): Forecast | null {
  const endsAt = periodEnd(window);
  if (endsAt <= now) return null;
  const burnPercentPerHour = burn === null ? null : burn * HOUR_MS;
  const left = Math.max(0, 100 - window.usedPercent);
  if (left === 0) return { verdict: 'used-up', burnPercentPerHour, runsOutAt: null, unusedPercent: 0 };
  if (burn === null) return { verdict: 'unknown', burnPercentPerHour, runsOutAt: null, unusedPercent: null };
  const remaining = left - burn * (endsAt - window.readAt);
  if (remaining <= 0) {
    const runsOutAt = Math.min(endsAt, Math.max(now, Math.ceil(window.readAt + left / burn)));
    return { verdict: 'runs-out', burnPercentPerHour, runsOutAt, unusedPercent: 0 };
  }
  const unusedPercent = window.resetsAt === null ? null : Math.min(left, remaining);
  const much = unusedPercent !== null && unusedPercent >= MUCH_UNUSED_PERCENT && window.lengthMs >= PLANNED_LENGTH_MS;
  return { verdict: much ? 'expires-unused' : 'on-pace', burnPercentPerHour, runsOutAt: null, unusedPercent };
}
