import type { Database } from 'better-sqlite3';
import type { CallList, CallQuery, CallRecord } from '../../src-shared/contract/call.ts';
import { compareCalls, cursorOf, matchesQuery, queryCondition, readCursor } from './call-filter.ts';
import { callSelection, readCallRow } from './call-row.ts';

/** One row more than the page holds, so that the page knows whether another follows. Calls in `except` are left out. */
export function selectCalls(db: Database, query: CallQuery, except: readonly string[]): CallRecord[] {
  const cursor = readCursor(query.cursor);
  const condition = queryCondition(query);
  const rows = db
    .prepare<unknown[], Record<string, unknown>>(
      `SELECT ${callSelection} FROM calls WHERE ${condition.sql}
        ${cursor === null ? '' : 'AND (started_at, id) < (?, ?)'}
        ${except.length === 0 ? '' : 'AND id NOT IN (SELECT value FROM json_each(?))'}
        ORDER BY started_at DESC, id DESC LIMIT ?`,
    )
    .all(
      ...condition.params,
      ...(cursor === null ? [] : [cursor.startedAt, cursor.id]),
      ...(except.length === 0 ? [] : [JSON.stringify(except)]),
      query.limit + 1,
    );
  return rows.map(readCallRow);
}

export function selectCall(db: Database, id: string): CallRecord | null {
  const row = db.prepare<unknown[], Record<string, unknown>>(`SELECT ${callSelection} FROM calls WHERE id = ?`).get(id);
  return row === undefined ? null : readCallRow(row);
}

/** Joins the rows of the database with the calls that are newer in memory; the two hold different ids. */
export function mergePage(query: CallQuery, stored: readonly CallRecord[], recent: readonly CallRecord[]): CallList {
  const cursor = readCursor(query.cursor);
  const fitting = recent.filter(
    (call) => matchesQuery(call, query) && (cursor === null || compareCalls(cursor, call) < 0),
  );
  const merged = [...stored, ...fitting].sort(compareCalls);
  const calls = merged.slice(0, query.limit);
  const last = calls.at(-1);
  return { calls, nextCursor: merged.length > query.limit && last !== undefined ? cursorOf(last) : null };
}
