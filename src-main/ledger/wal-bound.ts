import { statSync } from 'node:fs';
import type { Database } from 'better-sqlite3';

/** Commits move the log into the database by themselves; a reader can keep it from beginning anew, and then it only grows. */
const LARGE_BYTES = 16 * 1024 * 1024;
const CHECK_MS = 5_000;

/**
 * Keeps the write-ahead log small (FAULTS S-09): once it is large, all of it is moved and the file emptied, as soon as no reader
 * needs it. The answer is to be called when there is nothing else to do.
 */
export function createWalBound(db: Database, monotonic: () => number, largeBytes = LARGE_BYTES): () => void {
  let checkedAt = Number.NEGATIVE_INFINITY;
  return () => {
    if (monotonic() - checkedAt < CHECK_MS) return;
    checkedAt = monotonic();
    const { size } = statSync(`${db.name}-wal`, { throwIfNoEntry: false }) ?? { size: 0 };
    // Waits for readers no longer than any statement does, and says in its row that it could not; nothing is lost by that.
    if (size > largeBytes) db.pragma('wal_checkpoint(TRUNCATE)');
  };
}
