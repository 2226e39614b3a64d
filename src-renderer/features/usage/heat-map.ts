import type { UsageFigures } from '../../../src-shared/contract/usage.ts';

interface HeatMap {
  /** By weekday from Monday, then by hour of the day: the mean of all such hours; `null` where the window has none. */
  readonly cells: readonly (readonly (number | null)[])[];
  /** Of all cells. */
  readonly most: number;
}

/** When a person works: hours of a week, each as the mean of all of its kind. `points` are whole hours. */
export function heatMap(
  points: readonly { readonly at: number; readonly figures: UsageFigures }[],
  timeZone: string,
  of: (figures: UsageFigures) => number | null,
): HeatMap {
  const clock = new Intl.DateTimeFormat('en-GB', { timeZone, weekday: 'short', hour: '2-digit', hourCycle: 'h23' });
  const sums = weekdays.map(() => Array.from({ length: 24 }, () => ({ sum: 0, count: 0 })));
  for (const { at, figures } of points) {
    const parts = clock.formatToParts(at);
    const part = (type: string): string => parts.find((one) => one.type === type)?.value ?? '';
    const cell = sums[weekdays.indexOf(part('weekday'))]?.[Number(part('hour'))];
    const value = of(figures);
    if (cell === undefined || value === null) continue;
    cell.sum += value;
    cell.count += 1;
  }
  const cells = sums.map((hours) => hours.map(({ sum, count }) => (count === 0 ? null : sum / count)));
  return { cells, most: Math.max(0, ...cells.flat().map((cell) => cell ?? 0)) };
}

export const weekdays: readonly string[] = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];
