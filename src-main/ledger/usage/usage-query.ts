import type { Database } from 'better-sqlite3';
import type { UsageDimension, UsageGroup, UsageQuery, UsageView } from '../../../src-shared/contract/usage.ts';
import { RelayError } from '../../../src-shared/domain/relay-error.ts';
import { usageMeasures } from '../../../src-shared/domain/usage-measures.ts';
import { createEdgeReader, type EdgeReader } from './edges.ts';
import { figuresOf } from './figures.ts';
import { readMeasuresOf, type UsageContext } from './measure-query.ts';
import { type PointSpan, pointsOf, usualGrain } from './spans.ts';
import { addTally, noTally, type Tally } from './tally.ts';

const DAY = 86_400_000;
const GROUPS_AT_ONCE = 8;
/** Points of groups in one answer: about 25 MB of JSON. */
const MOST_ROWS = 50_000;

/** Sums over a window: in all, over time and by group. Reads only, on the reader's own connection. */
export const readUsage = (db: Database, query: UsageQuery, context: UsageContext): UsageView =>
  // One transaction, so that all of it is of one moment.
  db.transaction(() => read(db, query, context))();

function read(db: Database, query: UsageQuery, given: UsageContext): UsageView {
  const to = query.to ?? given.now;
  const from = Math.min(to, query.from ?? to - DAY);
  const timeZone = query.timeZone ?? given.timeZone;
  const context = { ...given, timeZone };
  const grain = query.grain ?? usualGrain(from, to);
  const starts = pointsOf(from, to, grain, timeZone);
  const points = starts.map((at, point): PointSpan => ({ point, from: at, to: starts[point + 1] ?? to }));
  const edges = createEdgeReader(db, query);
  const current = readGroups(db, query, context, edges, { point: 0, from, to });
  const compared = query.compare === 'previous';
  const before = compared
    ? readGroups(db, query, context, edges, { point: 0, from: from - (to - from), to: from })
    : null;
  const measure = usageMeasures[query.order];
  const groups = [...current.groups]
    .map(([id, { key, tally }]) => {
      const previous = before === null ? null : figuresOf(before.groups.get(id)?.tally ?? noTally());
      return { id, key, figures: figuresOf(tally), previous };
    })
    .sort((a, b) => (measure(b.figures) ?? -1) - (measure(a.figures) ?? -1) || (a.id < b.id ? -1 : 1));
  const totals = figuresOf(current.total);
  const listed = groups.slice(0, query.series);
  // A window of one point has been read already.
  const isOne = points.length === 1;
  const series = isOne
    ? new Map(listed.map(({ id, figures }) => [id, [{ at: from, figures }]]))
    : readSeries(
        db,
        query,
        context,
        edges,
        points,
        listed.map(({ id }) => id),
      );
  return {
    from,
    to,
    grain: isOne ? 'total' : grain,
    timeZone,
    names: namesIn(db, groups),
    totals,
    previous: before === null ? null : figuresOf(before.total),
    series: isOne ? [{ at: from, figures: totals }] : seriesOf(points, readAll(db, query, context, edges, points)),
    groups: groups.map(({ id, ...group }): UsageGroup => ({ ...group, series: series.get(id) ?? [] })),
    uncounted: db.prepare<[], number>('SELECT last_row FROM rollup_backlog').pluck().get() ?? 0,
  };
}

const noFigures = figuresOf(noTally());

const seriesOf = (points: readonly PointSpan[], tallies: ReadonlyMap<number, Tally>) =>
  points.map(({ point, from }) => {
    const tally = tallies.get(point);
    return { at: from, figures: tally === undefined ? noFigures : figuresOf(tally) };
  });

interface Group {
  readonly key: Partial<Record<UsageDimension, string | null>>;
  readonly tally: Tally;
}

const identityOf = (values: readonly string[]): string => values.join('\0');
const valuesOf = (id: string): readonly string[] => id.split('\0');

/** The sums of the whole window by group, and of all groups. */
function readGroups(db: Database, query: UsageQuery, context: UsageContext, edges: EdgeReader, window: PointSpan) {
  const groups = new Map<string, Group>();
  readMeasuresOf(db, query, context, [window], edges, (_, values) => {
    const id = identityOf(values);
    let group = groups.get(id);
    if (group === undefined) {
      const key = Object.fromEntries(query.by.map((dimension, index) => [dimension, values[index] || null]));
      group = { key, tally: noTally() };
      groups.set(id, group);
    }
    return group.tally;
  });
  const total = noTally();
  for (const { tally } of groups.values()) addTally(total, tally);
  if (query.by.length === 0) groups.clear();
  return { groups, total };
}

/** The sums of each point, of all groups. */
function readAll(
  db: Database,
  query: UsageQuery,
  context: UsageContext,
  edges: EdgeReader,
  points: readonly PointSpan[],
) {
  const series = new Map<number, Tally>();
  readMeasuresOf(db, { ...query, by: [] }, context, points, edges, (point) => tallyAt(series, point));
  return series;
}

/** The series of these groups, a few at a time: what is added up takes more room than what comes of it. */
function readSeries(
  db: Database,
  query: UsageQuery,
  context: UsageContext,
  edges: EdgeReader,
  points: readonly PointSpan[],
  ids: readonly string[],
): Map<string, UsageGroup['series']> {
  refuseTooMany(ids.length * points.length);
  const found = new Map<string, UsageGroup['series']>();
  for (let first = 0; first < ids.length; first += GROUPS_AT_ONCE) {
    const some = ids.slice(first, first + GROUPS_AT_ONCE);
    const tallies = new Map(some.map((id) => [id, new Map<number, Tally>()]));
    const asked = { ...query, only: some.map(valuesOf) };
    readMeasuresOf(db, asked, context, points, edges, (point, values) => {
      const own = tallies.get(identityOf(values));
      return own === undefined ? null : tallyAt(own, point);
    });
    for (const [id, own] of tallies) found.set(id, seriesOf(points, own));
  }
  return found;
}

function refuseTooMany(rows: number): void {
  if (rows <= MOST_ROWS) return;
  const counted = rows.toLocaleString('en-US');
  throw new RelayError('invalid_value', {
    message: `The answer would have ${counted} points in the series of its groups, and ${MOST_ROWS.toLocaleString('en-US')} are the most. Take longer steps, a shorter window, or fewer groups with "series".`,
    param: 'series',
  });
}

function tallyAt(series: Map<number, Tally>, point: number): Tally {
  const known = series.get(point);
  if (known !== undefined) return known;
  const fresh = noTally();
  series.set(point, fresh);
  return fresh;
}

/** What people call the accounts and keys in the answer, also those that are gone. */
function namesIn(db: Database, groups: readonly Pick<UsageGroup, 'key'>[]): Record<string, string> {
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
