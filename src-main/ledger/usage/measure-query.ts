import type { Database, Statement } from 'better-sqlite3';
import { type GroupOfCombination, groupsOfCombinations } from './combinations.ts';
import type { EdgeReader } from './edges.ts';
import { MINUTES_KEPT_MS, measureColumns } from './rollups.ts';
import { createSliceReader } from './slice-reader.ts';
import { type MeasureQuery, sliceGrains } from './slice-sets.ts';
import { type Piece, type PointSpan, piecesOf } from './spans.ts';
import { addMeasuresTo, addRow, type TallyFor } from './tally.ts';

export interface UsageContext {
  readonly now: number;
  readonly timeZone: string;
}

/**
 * Sums of these stretches, which are in order: months, days of the person and hours where sums are kept of them, the rollups else, and the
 * calls themselves for what is left at the edges.
 */
export function readMeasuresOf(
  db: Database,
  query: MeasureQuery,
  { now, timeZone }: UsageContext,
  spans: readonly PointSpan[],
  edges: EdgeReader,
  tallyFor: TallyFor,
): void {
  const groups = groupsOfCombinations(db, query);
  const take = createSliceReader(db, query, groups, tallyFor);
  const days = take(sliceGrains.month, timeZone, spans);
  const hours = take(sliceGrains.day, timeZone, days);
  const left = take(sliceGrains.hour, 'UTC', hours);
  const rollups = rollupsStatement(db);
  for (const { point, from, to } of left) {
    for (const piece of piecesOf(from, to, now - MINUTES_KEPT_MS)) {
      if (piece.grain !== null) {
        takeRollups(rollups, groups, piece, point, tallyFor);
        continue;
      }
      for (const { dims, measures } of edges(piece)) {
        const values = query.by.map((dimension) => dims[dimension]);
        const tally = tallyFor(point, values);
        if (tally !== null) addMeasuresTo(tally, measures);
      }
    }
  }
}

type Rows = Statement<unknown[], unknown[]>;

const rollupsStatement = (db: Database): Rows =>
  db
    .prepare<unknown[], unknown[]>(
      `SELECT dims, ${measureColumns.join(', ')} FROM rollups WHERE grain = ? AND at >= ? AND at < ?`,
    )
    .raw();

function takeRollups(
  rows: Rows,
  groups: GroupOfCombination,
  { grain, from, to }: Piece,
  point: number,
  tallyFor: TallyFor,
): void {
  for (const row of rows.iterate(grain, from, to)) {
    const group = groups(Number(row[0]));
    const tally = group === null ? null : tallyFor(point, group);
    if (tally !== null) addRow(tally, row, 1);
  }
}
