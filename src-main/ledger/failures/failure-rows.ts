import type { Database } from 'better-sqlite3';
import type { CallRecord } from '../../../src-shared/contract/call.ts';
import { type Cause, causeName, failuresOf } from './failures-of.ts';

export interface FailureRows {
  /** Within the transaction that stores the call, in place of what `before` had. `facets` is the id of the call's facets. */
  put(before: CallRecord | null, call: CallRecord, facets: number): void;
  /** After a transaction that came to nothing. */
  forget(): void;
}

/** The failures of calls and their causes, as `failures` and `causes` hold them. */
export function createFailureRows(db: Database): FailureRows {
  const find = db.prepare<[string], number>('SELECT id FROM causes WHERE name = ?').pluck();
  const add = db.prepare('INSERT INTO causes (name, phase, code, http_status, upstream) VALUES (?, ?, ?, ?, ?)');
  const drop = db.prepare('DELETE FROM failures WHERE call_id = ?');
  const insert = db.prepare(
    'INSERT INTO failures (cause, at, call_id, attempt, seen, facets, account_id) VALUES (?, ?, ?, ?, ?, ?, ?)',
  );
  const known = new Map<string, number>();

  const idOf = (cause: Cause): number => {
    const name = causeName(cause);
    let id = known.get(name);
    if (id !== undefined) return id;
    const { phase, code, httpStatus, upstream } = cause;
    id = find.get(name) ?? Number(add.run(name, phase, code, httpStatus, upstream).lastInsertRowid);
    known.set(name, id);
    return id;
  };

  return {
    put(before, call, facets) {
      if (before !== null) drop.run(call.id);
      for (const { cause, attempt, seen, accountId } of failuresOf(call)) {
        insert.run(idOf(cause), call.startedAt, call.id, attempt, Number(seen), facets, accountId ?? '');
      }
    },
    forget: () => known.clear(),
  };
}
