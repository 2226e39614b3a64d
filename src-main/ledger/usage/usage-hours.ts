import type { Database } from 'better-sqlite3';
import type { UsageHours, UsageHoursQuery } from '../../../src-shared/contract/usage.ts';
import { createEdgeReader } from './edges.ts';
import { figuresOf } from './figures.ts';
import { readMeasuresOf, type UsageContext } from './measure-query.ts';
import { HOURS_OF_WEEK, hoursOfWeek } from './spans.ts';
import { noTally } from './tally.ts';

const WEEK = 7 * 86_400_000;

/** Sums of a window by the hour of the week. */
export function readUsageHours(db: Database, query: UsageHoursQuery, context: UsageContext): UsageHours {
  const to = query.to ?? context.now;
  const from = Math.min(to, query.from ?? to - 4 * WEEK);
  const timeZone = query.timeZone ?? context.timeZone;
  const spans = [...hoursOfWeek(from, to, timeZone)];
  const hours = Array.from({ length: HOURS_OF_WEEK }, () => ({ times: 0, tally: noTally() }));
  for (const { point } of spans) hours[point]!.times += 1;
  const asked = { ...query, by: [] };
  db.transaction(() =>
    readMeasuresOf(
      db,
      asked,
      { ...context, timeZone },
      spans,
      createEdgeReader(db, asked),
      (point) => hours[point]!.tally,
    ),
  )();
  return {
    from,
    to,
    timeZone,
    hours: hours.map(({ times, tally }, index) => ({
      weekday: Math.floor(index / 24),
      hour: index % 24,
      times,
      figures: figuresOf(tally),
    })),
  };
}
