import type { Database } from 'better-sqlite3';
import type { CallQuery, CallRecord } from '../../../src-shared/contract/call.ts';
import { callSelection, readCallRow } from '../call-row.ts';
import { type CallCursor, compareCalls, readCursor } from './call-cursor.ts';
import {
  all,
  type Condition,
  callCondition,
  facetCondition,
  hasFacetFilter,
  textCondition,
  valueCondition,
} from './call-filter.ts';
import { candidates, type Place } from './candidates.ts';

export interface SearchBounds {
  /** How many of the newest calls are looked at one by one before anything else: filters that fit many calls end here. */
  readonly near: number;
  /** How many are looked at one by one before the search stops and says so. */
  readonly far: number;
  /** The same where they are scattered, which takes ten times as long for each. */
  readonly scattered: number;
  /** More sets of facets than this are not merged: then a filter fits so much that calls one by one find it. */
  readonly sets: number;
  /** How many are read at once. */
  readonly batch: number;
}

const searchBounds: SearchBounds = { near: 2_000, far: 100_000, scattered: 4_000, sets: 20_000, batch: 500 };

export interface FoundCalls {
  /** The page and one call more, where there are as many. */
  readonly calls: CallRecord[];
  /** Where the search has stopped before it had that many; `null` where it has not. */
  readonly end: CallCursor | null;
}

/** The newest calls that fit, after the cursor, without those in `except`. */
export function searchCalls(
  db: Database,
  query: CallQuery,
  except: readonly string[],
  bounds: SearchBounds = searchBounds,
): FoundCalls {
  const before = firstPlace(query);
  const near = walk(db, query, except, before, bounds.near);
  if (isDone(near, query)) return near;
  const places = placesOf(db, query, before, bounds.sets);
  if (places === null) return walk(db, query, except, before, bounds.far);
  return pick(db, query, except, before, places, bounds);
}

const isDone = ({ calls, end }: FoundCalls, { limit }: CallQuery): boolean => end === null || calls.length > limit;

/** Calls before this place are asked for. */
function firstPlace({ cursor, to }: CallQuery): CallCursor {
  const place = readCursor(cursor);
  const beginning = { startedAt: to ?? Number.MAX_SAFE_INTEGER, id: '' };
  return place === null || compareCalls(place, beginning) < 0 ? beginning : place;
}

/** Looks at that many calls, one by one. */
function walk(db: Database, query: CallQuery, except: readonly string[], before: CallCursor, most: number): FoundCalls {
  const from = query.from ?? 0;
  const end = db
    .prepare<unknown[], CallCursor>(
      `SELECT started_at AS startedAt, id FROM calls INDEXED BY calls_by_time
  WHERE (started_at, id) < (?, ?) AND started_at >= ? ORDER BY started_at DESC, id DESC LIMIT 1 OFFSET ?`,
    )
    .get(before.startedAt, before.id, from, most - 1);
  const condition = all(callCondition(query), excepting(except));
  const rows = db
    .prepare<unknown[], Record<string, unknown>>(
      `SELECT ${callSelection} FROM calls INDEXED BY calls_by_time
  WHERE (started_at, id) < (?, ?) AND started_at >= ? AND (started_at, id) >= (?, ?) AND ${condition.sql}
  ORDER BY started_at DESC, id DESC LIMIT ?`,
    )
    .all(
      ...[before.startedAt, before.id, end?.startedAt ?? from, end?.startedAt ?? from, end?.id ?? ''],
      ...condition.params,
      query.limit + 1,
    );
  return { calls: rows.map(readCallRow), end: rows.length > query.limit ? null : (end ?? null) };
}

const excepting = (ids: readonly string[]): Condition =>
  ids.length === 0
    ? { sql: '', params: [] }
    : { sql: 'id NOT IN (SELECT value FROM json_each(?))', params: [JSON.stringify(ids)] };

/** Where in time the calls are that may fit, newest first; `null` where only the calls themselves can tell. */
function placesOf(db: Database, query: CallQuery, before: CallCursor, most: number): Iterable<Place> | null {
  const isCaughtUp = db.prepare('SELECT last_row FROM facets_backlog').pluck().get() === 0;
  if (!isCaughtUp) return null;
  if (query.cause !== undefined) return placesOfCause(db, query.cause, before, query.from ?? 0);
  const text = query.text ?? '';
  if (text === '' && !hasFacetFilter(query)) return null;
  const named = text === '' ? [] : [textCondition(text)];
  const mayFit = named.map(({ sql, params }) => ({ sql: `(has_reason = 1 OR ${sql})`, params }));
  const condition = all(facetCondition(query), ...mayFit);
  const sets = db
    .prepare<unknown[], number>(`SELECT id FROM call_facets WHERE ${condition.sql} LIMIT ?`)
    .pluck()
    .all(...condition.params, most + 1);
  return sets.length > most ? null : candidates(db, sets, before, query.from ?? 0);
}

const placesOfCause = (db: Database, cause: string, before: CallCursor, from: number): Iterable<Place> =>
  db
    .prepare<unknown[], Place>(
      `SELECT DISTINCT f.at AS startedAt, f.call_id AS id, c.rowid AS row, c.facets FROM failures f JOIN calls c ON c.id = f.call_id
  WHERE f.cause = (SELECT id FROM causes WHERE name = ?) AND (f.at, f.call_id) < (?, ?) AND f.at >= ?
  ORDER BY f.at DESC, f.call_id DESC`,
    )
    .iterate(cause, before.startedAt, before.id, from);

/** Reads the calls at these places, as many as are needed or may be looked at, and those that still run and have no place yet. */
function pick(
  db: Database,
  query: CallQuery,
  except: readonly string[],
  before: CallCursor,
  places: Iterable<Place>,
  bounds: SearchBounds,
): FoundCalls {
  const left = new Set(except);
  const condition = callCondition(query);
  // By their rows and by no index: SQLite thinks that a key alone finds fewer.
  const read = db.prepare<unknown[], Record<string, unknown>>(
    `SELECT ${callSelection} FROM calls NOT INDEXED WHERE rowid IN (SELECT value FROM json_each(?)) AND ${condition.sql}`,
  );
  const mayMiss = valueCondition(query).sql !== 'TRUE' || (query.text ?? '') !== '' || query.cause !== undefined;
  const batch = mayMiss ? bounds.batch : query.limit + 1;
  const calls: CallRecord[] = [];
  let end: CallCursor | null = null;
  let looked = 0;
  let rows: number[] = [];
  const readRows = (): void => {
    calls.push(...read.all(JSON.stringify(rows), ...condition.params).map(readCallRow));
    rows = [];
  };
  for (const place of places) {
    looked += 1;
    end = { startedAt: place.startedAt, id: place.id };
    if (!left.has(place.id)) rows.push(place.row);
    if (rows.length >= batch) readRows();
    if (calls.length > query.limit || looked >= bounds.scattered) break;
    end = null;
  }
  readRows();
  const found = [...calls, ...stillRunning(db, query, except, before)]
    .filter((call) => end === null || compareCalls(call, end) <= 0)
    .sort(compareCalls)
    .slice(0, query.limit + 1);
  return { calls: found, end: found.length > query.limit ? null : end };
}

function stillRunning(db: Database, query: CallQuery, except: readonly string[], before: CallCursor): CallRecord[] {
  const condition = all(callCondition(query), excepting(except));
  return db
    .prepare<unknown[], Record<string, unknown>>(
      `SELECT ${callSelection} FROM calls INDEXED BY calls_by_status WHERE status = 'inflight' AND status <> 'ok'
  AND (started_at, id) < (?, ?) AND started_at >= ? AND ${condition.sql} ORDER BY started_at DESC, id DESC LIMIT ?`,
    )
    .all(before.startedAt, before.id, query.from ?? 0, ...condition.params, query.limit + 1)
    .map(readCallRow);
}
