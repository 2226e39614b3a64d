/** How much of a window was used when; `at` in ms since the epoch, `usedPercent` 0 to 100. */
export interface Reading {
  readonly at: number;
  readonly usedPercent: number;
}

/** The share of a window's length that its pace is taken from: an hour of a 5-hour window, a day and a half of a week. */
export const HORIZON_SHARE = 0.2;
/** Fewer readings, or readings that lie closer together, say nothing about a pace: 5 min of 5 hours, 3 h of a week. */
const LEAST_READINGS = 3;
const LEAST_SPAN_SHARE = 1 / 60;

/**
 * Percent of the window used per ms, never negative; `null` where there are not enough readings. `readings` are of one
 * period, oldest first.
 *
 * The median slope over all pairs of readings, each pair weighted by the time between its two (Theil and Sen, weighted):
 * one wrong reading changes nothing, and neither do the rounding of the upstream or many readings in a busy minute.
 */
export function burnRate(readings: readonly Reading[], lengthMs: number): number | null {
  const recent = recentOf(readings, lengthMs);
  const [first, last] = [recent[0], recent.at(-1)];
  if (first === undefined || last === undefined || recent.length < LEAST_READINGS) return null;
  if (last.at - first.at < lengthMs * LEAST_SPAN_SHARE) return null;
  const slopes: { readonly slope: number; readonly weight: number }[] = [];
  let total = 0;
  for (let later = 1; later < recent.length; later += 1) {
    for (let earlier = 0; earlier < later; earlier += 1) {
      const [from, to] = [recent[earlier]!, recent[later]!];
      const weight = to.at - from.at;
      if (weight <= 0) continue;
      slopes.push({ slope: (to.usedPercent - from.usedPercent) / weight, weight });
      total += weight;
    }
  }
  slopes.sort((a, b) => a.slope - b.slope);
  let passed = 0;
  for (const { slope, weight } of slopes) {
    passed += weight;
    if (passed * 2 >= total) return Math.max(0, slope);
  }
  return null;
}

/** Those within the horizon of the newest, but never fewer than a pace needs. */
function recentOf(readings: readonly Reading[], lengthMs: number): readonly Reading[] {
  const newest = readings.at(-1);
  if (newest === undefined) return [];
  const within = readings.findIndex(({ at }) => at >= newest.at - lengthMs * HORIZON_SHARE);
  return readings.slice(Math.max(0, Math.min(within, readings.length - LEAST_READINGS)));
}
