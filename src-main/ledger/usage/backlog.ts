import type { Database } from 'better-sqlite3';
import { callSelection, readCallRow } from '../call-row.ts';
import type { Rollups } from './rollups.ts';

/** Rows of one transaction, so that no write waits long for it. */
const SLICE = 1_000;
const PRUNE_EVERY_MS = 3_600_000;

export interface Backlog {
  /** Whether a row is counted by itself when it changes; older ones are counted when their turn comes. */
  isCounted(rowId: number): boolean;
  /** Counts one slice of older calls, or drops old minutes; `false` when there is nothing to do. */
  step(): boolean;
}

/** Calls that were stored before sums were kept, newest first. */
export function createBacklog(db: Database, rollups: Rollups, now: () => number): Backlog {
  const select = db.prepare<unknown[], Record<string, unknown>>(
    `SELECT ${callSelection} FROM calls WHERE rowid > ? AND rowid <= ? AND status <> 'inflight'`,
  );
  const save = db.prepare('UPDATE rollup_backlog SET last_row = ?');
  const load = db.prepare<[], number>('SELECT last_row FROM rollup_backlog').pluck();
  let lastRow = load.get() ?? 0;
  let prunedAt = 0;

  const slice = db.transaction((from: number): void => {
    for (const row of select.iterate(from, lastRow)) rollups.count(null, readCallRow(row));
    rollups.write();
    save.run(from);
  });

  return {
    isCounted: (rowId) => rowId > lastRow,
    step() {
      if (lastRow > 0) {
        const from = Math.max(0, lastRow - SLICE);
        slice.immediate(from);
        lastRow = from;
        return true;
      }
      if (now() - prunedAt < PRUNE_EVERY_MS) return false;
      prunedAt = now();
      rollups.prune(prunedAt);
      return true;
    },
  };
}
