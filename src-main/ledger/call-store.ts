import type { Database } from 'better-sqlite3';
import type { CallRecord } from '../../src-shared/contract/call.ts';
import { callParams, callSelection, readCallRow, upsertCall } from './call-row.ts';
import { createCallFacets } from './facets/call-facets.ts';
import { createFailureRows } from './failures/failure-rows.ts';
import { createRollups } from './usage/rollups.ts';

/** What is derived from calls, and was not from those that were stored before it was: sums, and facets with failures. */
export type Derived = 'sums' | 'facets';

/** Holds up to which row calls are not in it yet. */
const backlogTables: Readonly<Record<Derived, string>> = { sums: 'rollup_backlog', facets: 'facets_backlog' };

export interface CallStore {
  /**
   * Stores one state of a call with all that follows from it. False where nothing was: the line of a `replayed` journal is of a call
   * that was stored and let go.
   */
  put(call: CallRecord, replayed?: boolean): boolean;
  /** Up to which row calls wait for this; 0 where none does. */
  waiting(derived: Derived): number;
  /** Derives it from the calls after row `from` that wait for it; within a transaction of its own. */
  catchUp(derived: Derived, from: number): void;
  /** Writes the sums of what came; still within the transaction. */
  write(): void;
  /** Drops minutes that are older than they are kept. */
  prune(now: number): void;
  /** At the beginning of a transaction: what another one that came to nothing had made is not there. */
  forget(): void;
}

export interface CallStorePorts {
  /** Whether a call of a replayed journal, which is not in the database, was there and was let go. */
  readonly isLetGo: (startedAt: number) => boolean;
  /** Within the transaction: the sums of the hour that begins there change. */
  readonly touched: (hourAt: number) => void;
}

const unattended: CallStorePorts = { isLetGo: () => false, touched: () => {} };

/**
 * The one way into `calls`, and into what is derived from it: sums, facets, failures. All of it within the transaction of the
 * caller, so that it is exact. A call that is applied again takes what it had added out first.
 */
export function createCallStore(db: Database, { isLetGo, touched }: CallStorePorts = unattended): CallStore {
  const rollups = createRollups(db, touched);
  const facets = createCallFacets(db);
  const failures = createFailureRows(db);
  const upsert = db.prepare(upsertCall);
  const known = db.prepare<[string], { row: number; status: string }>(
    'SELECT rowid AS row, status FROM calls WHERE id = ?',
  );
  const whole = db.prepare<[string], Record<string, unknown>>(`SELECT ${callSelection} FROM calls WHERE id = ?`);
  const between = db.prepare<[number, number], Record<string, unknown>>(
    `SELECT rowid AS row, ${callSelection} FROM calls WHERE rowid > ? AND rowid <= ? AND status <> 'inflight'`,
  );
  const setFacets = db.prepare('UPDATE calls SET facets = ? WHERE rowid = ?');
  const lastRow = { sums: 0, facets: 0 };
  const load = (): void => {
    for (const derived of ['sums', 'facets'] as const) {
      lastRow[derived] = db.prepare<[], number>(`SELECT last_row FROM ${backlogTables[derived]}`).pluck().get() ?? 0;
    }
  };
  load();

  return {
    put(call, replayed = false) {
      const there = known.get(call.id);
      if (there === undefined && replayed && isLetGo(call.startedAt)) return false;
      const ended = call.status !== 'inflight';
      // A row from before is taken in when its turn comes.
      const isIn = (derived: Derived): boolean => ended && (there === undefined || there.row > lastRow[derived]);
      const before = there === undefined || there.status === 'inflight' ? null : readCallRow(whole.get(call.id) ?? {});
      const set = isIn('facets') ? facets.idOf(call) : null;
      upsert.run(...callParams(call, set));
      if (isIn('sums')) rollups.count(before, call);
      if (set !== null) failures.put(before, call, set);
      return true;
    },
    waiting: (derived) => lastRow[derived],
    catchUp(derived, from) {
      // All of them first: a statement cannot write to the table that another one is reading.
      for (const row of between.all(from, lastRow[derived])) {
        const call = readCallRow(row);
        if (derived === 'sums') {
          rollups.count(null, call);
          continue;
        }
        const set = facets.idOf(call);
        setFacets.run(set, row['row']);
        failures.put(null, call, set);
      }
      db.prepare(`UPDATE ${backlogTables[derived]} SET last_row = ?`).run(from);
      lastRow[derived] = from;
    },
    write: rollups.write,
    prune: rollups.prune,
    forget() {
      rollups.forget();
      facets.forget();
      failures.forget();
      load();
    },
  };
}
