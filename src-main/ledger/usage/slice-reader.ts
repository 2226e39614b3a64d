import type { Database } from 'better-sqlite3';
import type { GroupOfCombination } from './combinations.ts';
import type { Dimension } from './dimensions.ts';
import { addPack } from './packs.ts';
import { measureColumns } from './rollups.ts';
import { type MeasureQuery, type SliceGrain, sliceGrains, sliceName, sliceSetFor } from './slice-sets.ts';
import type { PointSpan } from './spans.ts';
import { addRow, type TallyFor } from './tally.ts';

interface Range {
  readonly from: number;
  to: number;
}

/** Takes what is kept of a grain, by `timeZone` where it is days or months, and answers the stretches that are not. `spans` are in order. */
export type SliceReader = (grain: SliceGrain, timeZone: string, spans: readonly PointSpan[]) => PointSpan[];

export function createSliceReader(
  db: Database,
  query: MeasureQuery,
  groups: GroupOfCombination,
  tallyFor: TallyFor,
): SliceReader {
  const kept = db.prepare<unknown[], { at: number; until: number }>(
    'SELECT at, until FROM slice_spans WHERE grain = ? AND zone = ? AND until > ? AND at < ? ORDER BY at',
  );
  return (grain, zone, spans) => {
    const first = spans[0];
    const last = spans.at(-1);
    if (first === undefined || last === undefined) return [];
    const { points, ranges, left } = share(spans, kept.all(grain, zone, first.from, last.to), grain);
    const set = sliceSetFor(query, grain);
    if (set !== null) takeSlices(db, query, set, grain, points, ranges, tallyFor);
    else takePacks(db, groups, grain, points, ranges, tallyFor);
    return left;
  };
}

function takeSlices(
  db: Database,
  query: MeasureQuery,
  set: readonly Dimension[],
  grain: SliceGrain,
  points: ReadonlyMap<number, number>,
  ranges: readonly Range[],
  tallyFor: TallyFor,
): void {
  const filters = set.flatMap((dimension, index) =>
    query[dimension] === undefined ? [] : [{ column: 'ab'[index]!, value: query[dimension] }],
  );
  const only = onlyThese(query, set);
  const rows = db
    .prepare<unknown[], unknown[]>(
      `SELECT at, a, b, ${measureColumns.join(', ')} FROM slices WHERE grain = ? AND dims = ? AND at >= ? AND at < ?
  ${filters.map(({ column }) => `AND ${column} = ?`).join(' ')} ${only.sql}`,
    )
    .raw();
  const values = [...filters.map(({ value }) => value), ...only.params];
  const places = query.by.map((dimension) => 1 + set.indexOf(dimension));
  for (const { from, to } of ranges) {
    for (const row of rows.iterate(grain, sliceName(set), from, to, ...values)) {
      const point = points.get(Number(row[0]));
      if (point === undefined) continue;
      const group = places.map((place) => String(row[place]));
      const tally = tallyFor(point, group);
      if (tally !== null) addRow(tally, row, 3);
    }
  }
}

function onlyThese({ by, only }: MeasureQuery, set: readonly Dimension[]) {
  if (only === undefined || by.length === 0) return { sql: '', params: [] };
  const columns = by.map((dimension) => 'ab'[set.indexOf(dimension)]);
  const group = `(${by.map(() => '?').join(', ')})`;
  return { sql: `AND (${columns.join(', ')}) IN (VALUES ${only.map(() => group).join(', ')})`, params: only.flat() };
}

function takePacks(
  db: Database,
  groups: GroupOfCombination,
  grain: SliceGrain,
  points: ReadonlyMap<number, number>,
  ranges: readonly Range[],
  tallyFor: TallyFor,
): void {
  const packs = db
    .prepare<unknown[], [at: number, pack: Uint8Array]>(
      'SELECT at, pack FROM slice_packs WHERE grain = ? AND at >= ? AND at < ?',
    )
    .raw();
  for (const { from, to } of ranges) {
    for (const [at, pack] of packs.iterate(grain, from, to)) {
      const point = points.get(at);
      if (point === undefined) continue;
      addPack(pack, (dims) => {
        const group = groups(dims);
        return group === null ? null : tallyFor(point, group);
      });
    }
  }
}

/** Which stretch each kept span lies in whole, by its beginning; where these are; and what is left of the stretches. */
function share(spans: readonly PointSpan[], kept: readonly { at: number; until: number }[], grain: SliceGrain) {
  const points = new Map<number, number>();
  const ranges: Range[] = [];
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
