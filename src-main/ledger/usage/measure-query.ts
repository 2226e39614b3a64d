import type { Database, Statement } from 'better-sqlite3';
import type { UsageDimension, UsageQuery } from '../../../src-shared/contract/usage.ts';
import { callSelection, readCallRow } from '../call-row.ts';
import { dimensionColumns, dimensionSql, dimensions, dimensionsOf } from './dimensions.ts';
import { measuresOf } from './measures.ts';
import { MINUTES_KEPT_MS } from './rollups.ts';
import { type SliceGrain, sliceGrains, sliceName, sliceSetFor } from './slice-sets.ts';
import { type Piece, type PointSpan, piecesOf } from './spans.ts';
import { addMeasuresTo, addRow, type Tally, tallyColumns } from './tally.ts';

export interface UsageContext {
  readonly now: number;
  readonly timeZone: string;
}

/** Where the sums of these values, of the dimensions that the query groups by, are added up for a point. */
export type TallyFor = (point: number, values: readonly string[]) => Tally;

/**
 * Sums of these stretches, which are in order: days of the person and hours where sums of few dimensions are kept of them, the rollups
 * else, and the calls themselves for what is left at the edges.
 */
export function readMeasuresOf(
  db: Database,
  query: UsageQuery,
  { now, timeZone }: UsageContext,
  spans: readonly PointSpan[],
  tallyFor: TallyFor,
): void {
  const days = takeSlices(db, query, sliceGrains.day, timeZone, spans, tallyFor);
  const left = takeSlices(db, query, sliceGrains.hour, 'UTC', days, tallyFor);
  const calls = callsStatement(db, query);
  const rollups = rollupsStatement(db, query);
  for (const { point, from, to } of left) {
    for (const piece of piecesOf(from, to, now - MINUTES_KEPT_MS)) {
      if (piece.grain === null) takeCalls(calls, query, piece, point, tallyFor);
      else takeRollups(rollups, query, piece, point, tallyFor);
    }
  }
}

/** Takes what is in the slices, and answers the stretches that are not. */
function takeSlices(
  db: Database,
  query: UsageQuery,
  grain: SliceGrain,
  zone: string,
  spans: readonly PointSpan[],
  tallyFor: TallyFor,
): PointSpan[] {
  const set = sliceSetFor(query, grain);
  const first = spans[0];
  const last = spans.at(-1);
  if (set === null || first === undefined || last === undefined) return [...spans];
  const kept = db
    .prepare<unknown[], { at: number; until: number }>(
      'SELECT at, until FROM slice_spans WHERE grain = ? AND zone = ? AND until > ? AND at < ? ORDER BY at',
    )
    .all(grain, zone, first.from, last.to);
  const { points, ranges, left } = share(spans, kept, grain);
  const filters = set.flatMap((dimension, index) =>
    query[dimension] === undefined ? [] : [{ column: 'ab'[index]!, value: query[dimension] }],
  );
  const rows = db
    .prepare<unknown[], unknown[]>(
      `SELECT at, a, b, ${tallyColumns.join(', ')} FROM slices WHERE grain = ? AND dims = ? AND at >= ? AND at < ?
  ${filters.map(({ column }) => `AND ${column} = ?`).join(' ')}`,
    )
    .raw();
  const values = filters.map(({ value }) => value);
  const places = query.by.map((dimension) => 1 + set.indexOf(dimension));
  for (const { from, to } of ranges) {
    for (const row of rows.iterate(grain, sliceName(set), from, to, ...values)) {
      const point = points.get(Number(row[0]));
      if (point === undefined) continue;
      const group = places.map((place) => String(row[place]));
      addRow(tallyFor(point, group), row, 3);
    }
  }
  return left;
}

/** Which stretch each kept span lies in whole, by its beginning; where these are; and what is left of the stretches. */
function share(spans: readonly PointSpan[], kept: readonly { at: number; until: number }[], grain: SliceGrain) {
  const points = new Map<number, number>();
  const ranges: { from: number; to: number }[] = [];
  const left: PointSpan[] = [];
  let next = 0;
  for (const { point, from, to } of spans) {
    let open = from;
    for (let span = kept[next]; span !== undefined && span.at < to; span = kept[next]) {
      // Hours are kept by the day of their beginning; a day is its own span.
      const step = grain === sliceGrains.hour ? grain : span.until - span.at;
      const begin = Math.max(span.at, span.at + Math.ceil((open - span.at) / step) * step);
      const end = span.at + Math.floor((Math.min(to, span.until) - span.at) / step) * step;
      if (begin < end) {
        if (begin > open) left.push({ point, from: open, to: begin });
        for (let at = begin; at < end; at += step) points.set(at, point);
        const range = ranges.at(-1);
        if (range?.to === begin) range.to = end;
        else ranges.push({ from: begin, to: end });
        open = end;
      }
      if (span.until > to) break;
      next += 1;
    }
    if (open < to) left.push({ point, from: open, to });
  }
  return { points, ranges, left };
}

type Rows = Statement<unknown[], unknown[]>;

function filterOf(query: UsageQuery, column: (dimension: UsageDimension) => string) {
  const given = dimensions.flatMap((dimension) => {
    const value = query[dimension];
    return value === undefined ? [] : [[column(dimension), value] as const];
  });
  return { sql: given.map(([name]) => `AND ${name} = ?`).join(' '), params: given.map(([, value]) => value) };
}

const ofDims = (dimension: UsageDimension): string => `d.${dimensionColumns[dimension]}`;
const ofCalls = (dimension: UsageDimension): string => dimensionSql[dimension];

/** Sums and bins of the rows of one grain; SQLite adds up the sums and puts the bins behind one another. */
function rollupsStatement(db: Database, query: UsageQuery): Rows {
  const keys = query.by.map(ofDims);
  const sums = tallyColumns.map((name) =>
    name.endsWith('_bins') ? `group_concat(nullif(r.${name}, ''), ' ')` : `sum(r.${name})`,
  );
  return db
    .prepare<unknown[], unknown[]>(
      `SELECT ${[...keys, ...sums].join(', ')} FROM rollups r JOIN rollup_dims d ON d.id = r.dims
  WHERE r.grain = ? AND r.at >= ? AND r.at < ? ${filterOf(query, ofDims).sql} ${keys.length === 0 ? '' : `GROUP BY ${keys.join(', ')}`}`,
    )
    .raw();
}

function takeRollups(
  rows: Rows,
  query: UsageQuery,
  { grain, from, to }: Piece,
  point: number,
  tallyFor: TallyFor,
): void {
  const keys = query.by.length;
  for (const row of rows.all(grain, from, to, ...filterOf(query, ofDims).params)) {
    // Without groups there is a row for nothing, too.
    if (row[keys] !== null) addRow(tallyFor(point, row.slice(0, keys).map(String)), row, keys);
  }
}

/** The calls themselves, at the edges of a window. Those that are not in the sums yet are not here either. */
const callsStatement = (db: Database, query: UsageQuery): Statement<unknown[], Record<string, unknown>> =>
  db.prepare<unknown[], Record<string, unknown>>(
    `SELECT ${callSelection} FROM calls WHERE started_at >= ? AND started_at < ? AND status <> 'inflight'
  AND rowid > (SELECT last_row FROM rollup_backlog) ${filterOf(query, ofCalls).sql}`,
  );

function takeCalls(
  rows: ReturnType<typeof callsStatement>,
  query: UsageQuery,
  { from, to }: Piece,
  point: number,
  tallyFor: TallyFor,
): void {
  for (const row of rows.iterate(from, to, ...filterOf(query, ofCalls).params)) {
    const call = readCallRow(row);
    const measures = measuresOf(call);
    if (measures === null) continue;
    const dims = dimensionsOf(call);
    const values = query.by.map((dimension) => dims[dimension]);
    addMeasuresTo(tallyFor(point, values), measures);
  }
}
