import type { UsageFigures, UsageHours } from '../../../src-shared/contract/usage.ts';

interface HeatMap {
  /** By weekday from Monday, then by hour of the day: the mean of all such hours; `null` where the window has none. */
  readonly cells: readonly (readonly (number | null)[])[];
  /** Of all cells. */
  readonly most: number;
}

/** When a person works: hours of a week, each as the mean of all of its kind. */
export function heatMap({ hours }: UsageHours, of: (figures: UsageFigures) => number | null): HeatMap {
  const cells = weekdays.map(() => Array.from({ length: 24 }, (): number | null => null));
  for (const { weekday, hour, times, figures } of hours) {
    const value = of(figures);
    if (times > 0 && value !== null) cells[weekday]![hour] = value / times;
  }
  return { cells, most: Math.max(0, ...cells.flat().map((cell) => cell ?? 0)) };
}

export const weekdays: readonly string[] = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];
