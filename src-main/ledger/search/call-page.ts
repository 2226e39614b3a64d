import type { Database } from 'better-sqlite3';
import type { CallList, CallQuery, CallRecord } from '../../../src-shared/contract/call.ts';
import { callSelection, readCallRow } from '../call-row.ts';
import { compareCalls, cursorOf, readCursor } from './call-cursor.ts';
import { matchesQuery } from './call-filter.ts';
import type { FoundCalls } from './call-search.ts';

export function selectCall(db: Database, id: string): CallRecord | null {
  const row = db.prepare<unknown[], Record<string, unknown>>(`SELECT ${callSelection} FROM calls WHERE id = ?`).get(id);
  return row === undefined ? null : readCallRow(row);
}

/** Joins the rows of the database with the calls that are newer in memory; the two hold different ids. */
export function mergePage(query: CallQuery, stored: FoundCalls, recent: readonly CallRecord[]): CallList {
  const cursor = readCursor(query.cursor);
  const { end } = stored;
  const fitting = recent.filter(
    (call) =>
      matchesQuery(call, query) &&
      (cursor === null || compareCalls(cursor, call) < 0) &&
      (end === null || compareCalls(call, end) <= 0),
  );
  const merged = [...stored.calls, ...fitting].sort(compareCalls);
  const calls = merged.slice(0, query.limit);
  const last = calls.at(-1);
  if (merged.length > query.limit && last !== undefined) return { calls, nextCursor: cursorOf(last), searchedTo: null };
  return end === null
    ? { calls, nextCursor: null, searchedTo: null }
    : { calls, nextCursor: cursorOf(end), searchedTo: end.startedAt };
}
