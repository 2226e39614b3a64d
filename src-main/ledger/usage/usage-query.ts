import type { Database } from 'better-sqlite3';
import type { UsageDimension, UsageGroup, UsageQuery, UsageView } from '../../../src-shared/contract/usage.ts';
import { callSelection, readCallRow } from '../call-row.ts';
import { dimensionColumns, dimensionSql, dimensions, dimensionsOf } from './dimensions.ts';
import { figuresOf } from './figures.ts';
import { addMeasures, type Measures, measuresOf, noMeasures, sumNames } from './measures.ts';
import { columnOf, MINUTES_KEPT_MS, readMeasures } from './rollups.ts';
import { type Piece, piecesOf, pointsOf, usualGrain } from './spans.ts';

const DAY = 86_400_000;

export interface UsageContext {
  readonly now: number;
  readonly timeZone: string;
}

/** Sums over a window: in all, over time and by group. Reads only, on the reader's own connection. */
export function readUsage(db: Database, query: UsageQuery, context: UsageContext): UsageView {
  const to = query.to ?? context.now;
  const from = Math.min(to, query.from ?? to - DAY);
  const timeZone = query.timeZone ?? context.timeZone;
  const grain = query.grain ?? usualGrain(from, to);
  const points = pointsOf(from, to, grain, timeZone);
  const current = readWindow(db, query, context.now, to, points);
  const compared = query.compare === 'previous';
  const before = compared ? readWindow(db, query, context.now, from, [from - (to - from)]) : null;
  const groups = [...current.groups.values()]
    .map(({ key, total, series }): UsageGroup => {
      const earlier = before?.groups.get(identityOf(key, query.by))?.total;
      return {
        key,
        figures: figuresOf(total),
        previous: before === null ? null : figuresOf(earlier ?? noMeasures()),
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

const seriesOf = (points: readonly number[], series: ReadonlyMap<number, Measures>) =>
  points.map((at, index) => ({ at, figures: figuresOf(series.get(index) ?? noMeasures()) }));

interface Group {
  readonly key: Partial<Record<UsageDimension, string | null>>;
  readonly total: Measures;
  readonly series: Map<number, Measures>;
}

interface Window {
  readonly total: Measures;
  readonly series: Map<number, Measures>;
  readonly groups: Map<string, Group>;
}

/** `starts`: where the points of the series begin, the first of them where the window does. */
function readWindow(db: Database, query: UsageQuery, now: number, to: number, starts: readonly number[]): Window {
  const window: Window = { total: noMeasures(), series: new Map(), groups: new Map() };
  const add = (point: number, values: readonly string[], measures: Measures): void => {
    addMeasures(window.total, measures);
    addMeasures(at(window.series, point), measures);
    if (query.by.length === 0) return;
    const identity = values.join('\0');
    let group = window.groups.get(identity);
    if (group === undefined) {
      const key = Object.fromEntries(query.by.map((dimension, index) => [dimension, values[index] || null]));
      group = { key, total: noMeasures(), series: new Map() };
      window.groups.set(identity, group);
    }
    addMeasures(group.total, measures);
    addMeasures(at(group.series, point), measures);
  };
  for (const [index, start] of starts.entries()) {
    for (const piece of piecesOf(start, starts[index + 1] ?? to, now - MINUTES_KEPT_MS)) {
      const values = piece.grain === null ? readCalls(db, query, piece) : readRollups(db, query, piece);
      for (const { key, measures } of values) add(index, key, measures);
    }
  }
  return window;
}

const identityOf = (key: Group['key'], by: readonly UsageDimension[]): string =>
  by.map((dimension) => key[dimension] ?? '').join('\0');

function at(series: Map<number, Measures>, point: number): Measures {
  const known = series.get(point);
  if (known !== undefined) return known;
  const fresh = noMeasures();
  series.set(point, fresh);
  return fresh;
}

interface Found {
  readonly key: readonly string[];
  readonly measures: Measures;
}

/** Sums and bins of the rows of one grain; SQLite adds up the sums and puts the bins behind one another. */
function readRollups(db: Database, { by, ...query }: UsageQuery, { from, to, grain }: Piece): Found[] {
  const filter = filterOf(query, (dimension) => `d.${dimensionColumns[dimension]}`);
  const keys = by.map((dimension) => `d.${dimensionColumns[dimension]}`);
  const sums = sumNames.map((name) => `sum(r.${columnOf(name)}) AS ${columnOf(name)}`);
  const sql = `SELECT ${[...keys.map((key, index) => `${key} AS key_${index}`), ...sums].join(', ')},
  group_concat(nullif(r.ttft_bins, ''), ' ') AS ttft_bins, group_concat(nullif(r.duration_bins, ''), ' ') AS duration_bins
FROM rollups r JOIN rollup_dims d ON d.id = r.dims
WHERE r.grain = ? AND r.at >= ? AND r.at < ? ${filter.sql} ${keys.length === 0 ? '' : `GROUP BY ${keys.join(', ')}`}`;
  return db
    .prepare<unknown[], Record<string, unknown>>(sql)
    .all(grain, from, to, ...filter.params)
    .flatMap((row) =>
      row['calls'] === null
        ? []
        : [{ key: by.map((_, index) => String(row[`key_${index}`])), measures: readMeasures(row) }],
    );
}

/** The calls themselves, at the edges of a window. Those that are not in the sums yet are not here either. */
function readCalls(db: Database, { by, ...query }: UsageQuery, { from, to }: Piece): Found[] {
  const filter = filterOf(query, (dimension) => dimensionSql[dimension]);
  const sql = `SELECT ${callSelection} FROM calls WHERE started_at >= ? AND started_at < ? AND status <> 'inflight'
AND rowid > (SELECT last_row FROM rollup_backlog) ${filter.sql}`;
  const found = new Map<string, Found>();
  for (const row of db.prepare<unknown[], Record<string, unknown>>(sql).iterate(from, to, ...filter.params)) {
    const call = readCallRow(row);
    const dims = dimensionsOf(call);
    const key = by.map((dimension) => dims[dimension]);
    const identity = key.join('\0');
    const entry = found.get(identity) ?? { key, measures: noMeasures() };
    found.set(identity, entry);
    const measures = measuresOf(call);
    if (measures !== null) addMeasures(entry.measures, measures);
  }
  return [...found.values()];
}

function filterOf(query: Omit<UsageQuery, 'by'>, column: (dimension: UsageDimension) => string) {
  const given = dimensions.flatMap((dimension) => {
    const value = query[dimension];
    return value === undefined ? [] : [[column(dimension), value] as const];
  });
  return { sql: given.map(([name]) => `AND ${name} = ?`).join(' '), params: given.map(([, value]) => value) };
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
