import type { UsageGrain } from '../../../src-shared/contract/usage.ts';
import { type Period, periodEnd, periodStart } from '../../../src-shared/domain/period.ts';
import { wallClock } from '../../../src-shared/domain/wall-clock.ts';
import { type Grain, grains } from './rollups.ts';

const MINUTE = 60_000;
const HOUR = 3_600_000;
const DAY = 86_400_000;
export const HOURS_OF_WEEK = 7 * 24;
/** More points than this are no picture any more, and cost more than they tell. */
const MAX_POINTS = 2_000;

/** A grain that gives a readable number of points. */
export function usualGrain(from: number, to: number): UsageGrain {
  const length = to - from;
  if (length <= 3 * HOUR) return 'minute';
  if (length <= 4 * DAY) return 'hour';
  if (length <= 120 * DAY) return 'day';
  return length <= 2 * 366 * DAY ? 'week' : 'month';
}

/** Where the points of a series begin: the first at `from` itself, the others where the calendar has them. */
export function pointsOf(from: number, to: number, grain: UsageGrain, timeZone: string): number[] {
  const points = [from];
  const next = stepOf(grain, timeZone);
  for (let at = next(from); at !== null && at < to; at = next(at)) {
    points.push(at);
    if (points.length > MAX_POINTS) return [from];
  }
  return points;
}

function stepOf(grain: UsageGrain, timeZone: string): (at: number) => number | null {
  switch (grain) {
    case 'minute':
      return (at) => Math.floor(at / MINUTE) * MINUTE + MINUTE;
    case 'hour':
      // Hours begin with the clock on the wall, which is not always a whole hour from UTC.
      return (at) => {
        const phase = periodStart(at, 'day', timeZone) % HOUR;
        return Math.floor((at - phase) / HOUR) * HOUR + phase + HOUR;
      };
    case 'total':
      return () => null;
    default:
      return (at) => periodEnd(at, grain satisfies Period, timeZone);
  }
}

/** A stretch of time whose sums belong to one point of a series. */
export interface PointSpan {
  readonly point: number;
  readonly from: number;
  /** Not included. */
  readonly to: number;
}

/** The hours of a window as the clock on the wall shows them; the point is the hour of the week, Monday's first being 0. */
export function* hoursOfWeek(from: number, to: number, timeZone: string): Generator<PointSpan> {
  for (let day = periodStart(from, 'day', timeZone); day < to; ) {
    const end = periodEnd(day, 'day', timeZone) ?? to;
    // Only on days when clocks change does an hour have to be looked up.
    const isPlain = end - day === DAY;
    const first = hourOfWeek(day, timeZone);
    for (let at = day; at < Math.min(end, to); at += HOUR) {
      if (at + HOUR <= from) continue;
      const point = isPlain ? first + (at - day) / HOUR : hourOfWeek(at, timeZone);
      yield { point, from: Math.max(at, from), to: Math.min(at + HOUR, end, to) };
    }
    day = end;
  }
}

/** Hours since the beginning of its Monday, on the wall; the epoch was a Thursday. */
const hourOfWeek = (at: number, timeZone: string): number =>
  (Math.floor(wallClock(at, timeZone) / HOUR) + 3 * 24) % HOURS_OF_WEEK;

/** A stretch of time and where its calls are summed up: a grain of the rollups, or the calls themselves. */
export interface Piece {
  readonly from: number;
  readonly to: number;
  readonly grain: Grain | null;
}

/**
 * Cuts a stretch into the fewest rows to read: whole days, then whole hours, then whole minutes where they are kept, and
 * the calls themselves for what is left at the edges. `minutesFrom`: the minutes before are not kept any more.
 */
export function piecesOf(from: number, to: number, minutesFrom: number): Piece[] {
  return cut(from, to, grains.length - 1, minutesFrom);
}

function cut(from: number, to: number, level: number, minutesFrom: number): Piece[] {
  if (from >= to) return [];
  const grain = grains[level];
  if (grain === undefined || (level === 0 && to <= minutesFrom)) return [{ from, to, grain: null }];
  if (level === 0 && from < minutesFrom) {
    const edge = Math.ceil(minutesFrom / MINUTE) * MINUTE;
    if (edge >= to) return [{ from, to, grain: null }];
    return [{ from, to: edge, grain: null }, ...cut(edge, to, 0, minutesFrom)];
  }
  const first = Math.ceil(from / grain) * grain;
  const last = Math.floor(to / grain) * grain;
  if (first >= last) return cut(from, to, level - 1, minutesFrom);
  return [
    ...cut(from, first, level - 1, minutesFrom),
    { from: first, to: last, grain },
    ...cut(last, to, level - 1, minutesFrom),
  ];
}
