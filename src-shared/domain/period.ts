import { wallClock } from './wall-clock.ts';

/** The spans that budgets and rollups count in, as a person's calendar has them. A week begins on Monday. */
export type Period = 'day' | 'week' | 'month' | 'total';

const MINUTE = 60_000;

/** Where the period that holds `at` begins, ms; 0 for `total`. `timeZone` is an IANA name. */
export function periodStart(at: number, period: Period, timeZone: string): number {
  if (period === 'total') return 0;
  return startOfDay(firstDay(localDay(at, timeZone), period), timeZone);
}

/** Where the period after it begins, ms; `null` for `total`, which has no end. */
export function periodEnd(at: number, period: Period, timeZone: string): number | null {
  if (period === 'total') return null;
  const first = firstDay(localDay(at, timeZone), period);
  const next =
    period === 'month'
      ? { ...first, year: first.month === 12 ? first.year + 1 : first.year, month: (first.month % 12) + 1 }
      : daysLater(first, period === 'week' ? 7 : 1);
  return startOfDay(next, timeZone);
}

interface CalendarDay {
  readonly year: number;
  /** 1 to 12. */
  readonly month: number;
  readonly day: number;
}

function firstDay(date: CalendarDay, period: 'day' | 'week' | 'month'): CalendarDay {
  if (period === 'month') return { ...date, day: 1 };
  if (period === 'day') return date;
  const weekday = (new Date(Date.UTC(date.year, date.month - 1, date.day)).getUTCDay() + 6) % 7;
  return daysLater(date, -weekday);
}

function daysLater({ year, month, day }: CalendarDay, days: number): CalendarDay {
  const date = new Date(Date.UTC(year, month - 1, day + days));
  return { year: date.getUTCFullYear(), month: date.getUTCMonth() + 1, day: date.getUTCDate() };
}

const localDay = (at: number, timeZone: string): CalendarDay => {
  const date = new Date(wallClock(at, timeZone));
  return { year: date.getUTCFullYear(), month: date.getUTCMonth() + 1, day: date.getUTCDate() };
};

/** A year by day asks for the same beginnings again and again, and each takes a dozen looks at the clock. */
const MAX_KNOWN = 5_000;
const known = new Map<string, number>();

function startOfDay(day: CalendarDay, timeZone: string): number {
  const name = `${day.year}-${day.month}-${day.day} ${timeZone}`;
  const before = known.get(name);
  if (before !== undefined) return before;
  if (known.size >= MAX_KNOWN) known.clear();
  const start = findStartOfDay(day, timeZone);
  known.set(name, start);
  return start;
}

/**
 * The first moment of a day. Midnight itself may not exist, or exist twice, where clocks change at night: then the day
 * begins with its first minute that does.
 */
function findStartOfDay({ year, month, day }: CalendarDay, timeZone: string): number {
  const wanted = Date.UTC(year, month - 1, day);
  // No zone is further than 14 h from UTC, and none has moved its clock by more than a day at once in this century but one.
  let low = wanted - 26 * 60 * MINUTE;
  let high = wanted + 26 * 60 * MINUTE;
  while (high - low > MINUTE) {
    const middle = low + Math.floor((high - low) / MINUTE / 2) * MINUTE;
    if (wallClock(middle, timeZone) >= wanted) high = middle;
    else low = middle;
  }
  return high;
}

/** Whether the runtime knows this IANA name. */
export function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en-US', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}
