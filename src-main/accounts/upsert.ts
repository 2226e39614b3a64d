import type { SqlStatement, SqlValue } from '../ledger/database.ts';

/** Inserts a row, or changes the one with this key and keeps its place, so that accounts stay in their order. */
export function upsert(
  table: string,
  columns: Readonly<Record<string, SqlValue>>,
  key: readonly string[],
): SqlStatement {
  const names = Object.keys(columns);
  const changes = names.filter((name) => !key.includes(name)).map((name) => `${name} = excluded.${name}`);
  return {
    sql: `INSERT INTO ${table} (${names.join(', ')}) VALUES (${names.map(() => '?').join(', ')})
ON CONFLICT (${key.join(', ')}) DO UPDATE SET ${changes.join(', ')}`,
    params: Object.values(columns),
  };
}
