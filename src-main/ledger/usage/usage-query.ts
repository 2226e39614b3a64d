import type { Database } from 'better-sqlite3';
import type { UsageDimension, UsageGroup, UsageQuery, UsageView } from '../../../src-shared/contract/usage.ts';
import { figuresOf } from './figures.ts';
import { readMeasuresOf, type UsageContext } from './measure-query.ts';
import { type PointSpan, pointsOf, usualGrain } from './spans.ts';
import { addTally, noTally, type Tally } from './tally.ts';

const DAY = 86_400_000;

/** Sums over a window: in all, over time and by group. Reads only, on the reader's own connection. */
export const readUsage = (db: Database, query: UsageQuery, context: UsageContext): UsageView =>
  // One transaction, so that all of it is of one moment.
  db.transaction(() => read(db, query, context))();

function read(db: Database, query: UsageQuery, context: UsageContext): UsageView {
  const to = query.to ?? context.now;
  const from = Math.min(to, query.from ?? to - DAY);
  const timeZone = query.timeZone ?? context.timeZone;
  const grain = query.grain ?? usualGrain(from, to);
  const points = pointsOf(from, to, grain, timeZone);
  const current = readWindow(db, query, { ...context, timeZone }, to, points);
  const compared = query.compare === 'previous';
  const before = compared ? readWindow(db, query, { ...context, timeZone }, from, [from - (to - from)]) : null;
  const groups = [...current.groups.values()]
    .map(({ key, total, series }): UsageGroup => {
      const earlier = before?.groups.get(identityOf(key, query.by))?.total;
      return {
        key,
        figures: figuresOf(total),
        previous: before === null ? null : figuresOf(earlier ?? noTally()),
        series: seriesOf(points, series),
      };
    })
    .sort((a, b) => b.figures.calls - a.figures.calls);
  return {
    from,
    to,
    grain: points.length === 1 ? 'total' : grain,
    timeZone,
    names: namesIn(db, groups),
    totals: figuresOf(current.total),
    previous: before === null ? null : figuresOf(before.total),
    series: seriesOf(points, current.series),
    groups: query.by.length === 0 ? [] : groups,
    uncounted: db.prepare<[], number>('SELECT last_row FROM rollup_backlog').pluck().get() ?? 0,
  };
}

const seriesOf = (points: readonly number[], series: ReadonlyMap<number, Tally>) =>
  points.map((at, index) => ({ at, figures: figuresOf(series.get(index) ?? noTally()) }));

interface Group {
  readonly key: Partial<Record<UsageDimension, string | null>>;
  readonly total: Tally;
  readonly series: Map<number, Tally>;
}

interface Window {
  readonly total: Tally;
  readonly series: Map<number, Tally>;
  readonly groups: Map<string, Group>;
}

/** `starts`: where the points of the series begin, the first of them where the window does. */
function readWindow(
  db: Database,
  query: UsageQuery,
  context: UsageContext,
  to: number,
  starts: readonly number[],
): Window {
  const window: Window = { total: noTally(), series: new Map(), groups: new Map() };
  const spans = starts.map((from, point): PointSpan => ({ point, from, to: starts[point + 1] ?? to }));
  readMeasuresOf(db, query, context, spans, (point, values) => {
    const identity = values.join('\0');
    let group = window.groups.get(identity);
    if (group === undefined) {
      const key = Object.fromEntries(query.by.map((dimension, index) => [dimension, values[index] || null]));
      group = { key, total: noTally(), series: new Map() };
      window.groups.set(identity, group);
    }
    return at(group.series, point);
  });
  for (const { total, series } of window.groups.values()) {
    for (const [point, tally] of series) {
      addTally(total, tally);
      addTally(at(window.series, point), tally);
    }
    addTally(window.total, total);
  }
  return window;
}

const identityOf = (key: Group['key'], by: readonly UsageDimension[]): string =>
  by.map((dimension) => key[dimension] ?? '').join('\0');

function at(series: Map<number, Tally>, point: number): Tally {
  const known = series.get(point);
  if (known !== undefined) return known;
  const fresh = noTally();
  series.set(point, fresh);
  return fresh;
}

/** What people call the accounts and keys in the answer, also those that are gone. */
function namesIn(db: Database, groups: readonly UsageGroup[]): Record<string, string> {
  const names: Record<string, string> = {};
  for (const [dimension, column, name] of [
    ['account', 'account_id', 'account_label'],
    ['key', 'key_id', 'key_name'],
  ] as const) {
    const ids = groups.flatMap(({ key }) => key[dimension] ?? []);
    // SQLite takes the bare columns from the row that has the maximum: the newest name.
    const rows = db
      .prepare<[string], { id: string; name: string }>(
        `SELECT ${column} AS id, ${name} AS name, max(id) FROM call_facets
  WHERE ${column} IN (SELECT value FROM json_each(?)) AND ${name} IS NOT NULL GROUP BY ${column}`,
      )
      .all(JSON.stringify(ids));
    for (const id of ids) names[id] = rows.find((row) => row.id === id)?.name ?? id;
  }
  return names;
}
