import type { Database } from 'better-sqlite3';
import type { CallStore, Derived } from './call-store.ts';

/** Rows of one transaction, so that no write waits long for it. */
const SLICE = 1_000;
const PRUNE_EVERY_MS = 3_600_000;

export interface Backlog {
  /** Takes in one slice of older calls, or drops old minutes; `false` when there is nothing to do. */
  step(): boolean;
}

/** Calls that were stored before sums, or facets and failures, were kept: newest first. */
export function createBacklog(db: Database, store: CallStore, now: () => number): Backlog {
  let prunedAt = 0;

  const slice = db.transaction((derived: Derived): void => {
    store.forget();
    store.catchUp(derived, Math.max(0, store.waiting(derived) - SLICE));
    store.write();
  });

  return {
    step() {
      for (const derived of ['sums', 'facets'] as const) {
        if (store.waiting(derived) === 0) continue;
        slice.immediate(derived);
        return true;
      }
      if (now() - prunedAt < PRUNE_EVERY_MS) return false;
      prunedAt = now();
      store.prune(prunedAt);
      return true;
    },
  };
}
