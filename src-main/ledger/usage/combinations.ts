import type { Database } from 'better-sqlite3';
import { dimensionColumns, dimensions } from './dimensions.ts';
import type { MeasureQuery } from './slice-sets.ts';

/** The group that a combination of dimensions is in, by its number in `rollup_dims`; `null` where it does not fit the filters. */
export type GroupOfCombination = (dims: number) => readonly string[] | null;

/** Looked up all at once and not before the first is asked for: a join with every row of sums takes longer. */
export function groupsOfCombinations(db: Database, query: MeasureQuery): GroupOfCombination {
  let groups: ReadonlyMap<number, readonly string[]> | undefined;
  return (dims) => {
    groups ??= readGroups(db, query);
    return groups.get(dims) ?? null;
  };
}

function readGroups(db: Database, query: MeasureQuery): ReadonlyMap<number, readonly string[]> {
  const filters = dimensions.filter((dimension) => query[dimension] !== undefined);
  const columns = ['id', ...query.by.map((dimension) => dimensionColumns[dimension])];
  const conditions = ['TRUE', ...filters.map((dimension) => `${dimensionColumns[dimension]} = ?`)];
  const rows = db
    .prepare<unknown[], [number, ...string[]]>(
      `SELECT ${columns.join(', ')} FROM rollup_dims WHERE ${conditions.join(' AND ')}`,
    )
    .raw()
    .all(...filters.map((dimension) => query[dimension]));
  return new Map(rows.map(([id, ...values]) => [id, values]));
}
