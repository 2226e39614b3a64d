import type { Database } from 'better-sqlite3';
import { createCallStore } from '../../src-main/ledger/call-store.ts';
import { openDatabase } from '../../src-main/ledger/open-database.ts';
import { createSlices } from '../../src-main/ledger/usage/slices.ts';
import { createTraffic } from './traffic.ts';

const CALLS_IN_TRANSACTION = 2_000;

/**
 * Makes the database at `path` with so many calls of the year before `end` (ms), in the way in which the ledger's own writer stores
 * them; only the indices come last, because that takes a third of the time. `told` hears how far it is.
 */
export async function fillLedger(
  path: string,
  count: number,
  end: number,
  told: (calls: number) => void,
): Promise<void> {
  const { db } = await openDatabase({ path, recover: false, now: end });
  // A power cut may take this database with it.
  db.pragma('synchronous = OFF');
  db.pragma('cache_size = -500000');
  const indices = takeIndices(db);
  const store = createCallStore(db);
  const traffic = createTraffic(count, end);
  const some = db.transaction((from: number, to: number): void => {
    let newest = 0;
    for (let index = from; index < to; index += 1) {
      const call = traffic.call(index);
      store.put(call);
      newest = call.startedAt;
    }
    store.write();
    store.prune(newest);
  });
  for (let at = 0; at < count; at += CALLS_IN_TRANSACTION) {
    some.immediate(at, Math.min(count, at + CALLS_IN_TRANSACTION));
    if (at % 500_000 === 0) told(at);
  }
  for (const sql of indices) db.exec(sql);
  // What a ledger that was there all the time has made in its idle moments.
  const slices = createSlices(db, { now: () => end, monotonic: () => performance.now() });
  slices.keepDaysOf('UTC');
  while (slices.step());
  db.exec('ANALYZE');
  db.pragma('wal_checkpoint(TRUNCATE)');
  db.close();
}

function takeIndices(db: Database): string[] {
  const found = db
    .prepare<[], { name: string; sql: string }>(
      "SELECT name, sql FROM sqlite_schema WHERE type = 'index' AND tbl_name = 'calls' AND sql IS NOT NULL",
    )
    .all();
  for (const { name } of found) db.exec(`DROP INDEX ${name}`);
  return found.map(({ sql }) => sql);
}
