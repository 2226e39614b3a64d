import { closeSync, fsyncSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';
import Sqlite, { type Database } from 'better-sqlite3';
import { createDrain } from './drain.ts';
import { openDatabase } from './open-database.ts';
import { createWriteLoop, isBusy } from './write-loop.ts';
import type { FromWriter, ToWriter, WriterSetup } from './writer-messages.ts';

/** A commit is in the page cache at once; it is flushed to the disk this much later, so a power cut costs no more than that. */
const syncMs = 1_000;

const setup: WriterSetup = workerData;
const port = parentPort;
if (port === null) throw new Error('writer-worker is started by the ledger, as a worker thread');
const send = (message: FromWriter): void => port.postMessage(message);

try {
  const owner = own(setup.journalFolder);
  const { db, notices } = await openDatabase({ path: setup.databasePath, recover: setup.recover, now: setup.now });
  serve(owner, db, notices);
} catch (error) {
  send({ type: 'refused', message: error instanceof Error ? error.message : String(error) });
  port.close();
}

/**
 * Two ledgers on one folder would call each other's running calls interrupted. The lock is SQLite's own file lock,
 * because the system takes it back however the process ends.
 */
function own(folder: string): Database {
  const owner = new Sqlite(join(folder, 'owner.lock'), { timeout: 200 });
  try {
    owner.pragma('journal_mode = MEMORY');
    owner.exec('BEGIN EXCLUSIVE');
    return owner;
  } catch (error) {
    owner.close();
    if (!isBusy(error)) throw error;
    throw new Error(`Another Relay has the call log in ${folder} open. Stop it first, or choose another data folder.`);
  }
}

function serve(owner: Database, db: Database, notices: readonly string[]): void {
  const drain = createDrain(db, setup.journalFolder, setup.left, setup.interrupt);
  let started = false;
  let syncTimer: NodeJS.Timeout | undefined;

  function sync(): void {
    clearTimeout(syncTimer);
    syncTimer = undefined;
    try {
      const wal = openSync(`${setup.databasePath}-wal`, 'r+');
      fsyncSync(wal);
      closeSync(wal);
    } catch {
      // A disk that cannot flush says so again, to the next commit.
    }
  }

  const loop = createWriteLoop({
    db,
    drain,
    send,
    sync,
    syncLater() {
      syncTimer ??= setTimeout(sync, syncMs);
    },
    onStarted() {
      if (!started) send({ type: 'ready', notices });
      started = true;
    },
    onFinished() {
      drain.finish();
      sync();
      db.close();
      owner.close();
      port?.close();
    },
  });

  port?.on('message', (message: ToWriter) => {
    if (message.type === 'run') loop.run(message.id, message.statements);
    else if (message.type === 'close') loop.finish();
    else {
      drain.extend(message.files);
      loop.wake();
    }
  });
  loop.wake();
}
