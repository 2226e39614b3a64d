import type { Database } from 'better-sqlite3';
import type { CallValueField, CallValues, CallValuesQuery } from '../../../src-shared/contract/call.ts';
import { textCondition } from './call-filter.ts';

/** The column of a field, and the one that holds what people call its value. */
const columns: Readonly<Record<CallValueField, readonly [value: string, name: string | null]>> = {
  status: ['status', null],
  httpStatus: ['http_status', null],
  errorCode: ['error_code', null],
  accountId: ['account_id', 'account_label'],
  keyId: ['key_id', 'key_name'],
  project: ['project', null],
  member: ['member', null],
  client: ['client', null],
  modelAsked: ['model_asked', null],
  modelRan: ['model_ran', null],
  endpoint: ['endpoint', null],
};

/** What a filter by this field could find in the window. Reads one place of the index for each set of facets, and no call. */
export function readCallValues(db: Database, { field, from, to, text, limit }: CallValuesQuery): CallValues {
  const [column, nameColumn] = columns[field];
  const name = nameColumn ?? 'NULL';
  const condition =
    text === undefined || text === ''
      ? { sql: 'TRUE', params: [] }
      : textCondition(text, nameColumn === null ? [column] : [column, nameColumn]);
  const rows = db
    .prepare<unknown[], { value: string; name: string | null; lastAt: number }>(
      // SQLite takes bare columns from the row that has the maximum: the name is the newest one.
      `SELECT coalesce(CAST(${column} AS TEXT), '') AS value, ${name} AS name, max(last_at) AS lastAt FROM (
  SELECT ${column}, ${name}, (SELECT max(started_at) FROM calls WHERE facets = call_facets.id AND started_at < ?) AS last_at
  FROM call_facets WHERE ${condition.sql}
) WHERE last_at >= ? GROUP BY 1 ORDER BY lastAt DESC, value LIMIT ?`,
    )
    .all(to ?? Number.MAX_SAFE_INTEGER, ...condition.params, from ?? 0, limit);
  return { values: rows };
}
