import { chmodSync, closeSync, fsyncSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';
import Sqlite, { type Database } from 'better-sqlite3';
import { RelayError } from '../../src-shared/domain/relay-error.ts';
import { createBodyStore } from './bodies.ts';
import { createDrain } from './drain.ts';
import { openDatabase } from './open-database.ts';
import { createRetention } from './retention.ts';
import { createSlices } from './usage/slices.ts';
import { createWalBound } from './wal-bound.ts';
import { createWriteLoop, isBusy } from './write-loop.ts';
import type { FromWriter, ToWriter, WriterSetup } from './writer-messages.ts';

/** A commit is in the page cache at once; it is flushed to the disk this much later, so a power cut costs no more than that. */
const syncMs = 1_000;

/** How often it is looked for what is not kept any longer while no call comes. */
const wakeMs = 30_000;

const setup: WriterSetup = workerData;
const port = parentPort;
if (port === null) throw new Error('writer-worker is started by the ledger, as a worker thread');
const send = (message: FromWriter): void => port.postMessage(message);

try {
  const owner = own(setup.journalFolder);
  const { db, notices } = await openDatabase({ path: setup.databasePath, recover: setup.recover, now: setup.now });
  serve(owner, db, notices);
} catch (error) {
  const param = error instanceof RelayError ? error.param : null;
  send({ type: 'refused', message: error instanceof Error ? error.message : String(error), param });
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
    chmodSync(join(folder, 'owner.lock'), 0o600);
    return owner;
  } catch (error) {
    owner.close();
    if (!isBusy(error)) throw error;
    throw new Error(`Another Relay has the call log in ${folder} open. Stop it first, or choose another data folder.`);
  }
}

function serve(owner: Database, db: Database, notices: readonly string[]): void {
  const monotonic = (): number => performance.now();
  const retention = createRetention(db, { now: Date.now, monotonic });
  const slices = createSlices(db, { now: Date.now, monotonic });
  const bodies = createBodyStore(db);
  const boundWal = createWalBound(db, monotonic);
  const idle = (): boolean => {
    if (slices.step() || retention.step()) return true;
    boundWal();
    return false;
  };
  const drain = createDrain(db, setup.journalFolder, setup.left, setup.interrupt, Date.now, {
    step: idle,
    isLetGo: retention.isLetGo,
    touched: slices.touched,
  });
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
    keepBodies: bodies.keep,
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
      clearInterval(waking);
      drain.finish();
      sync();
      db.close();
      owner.close();
      port?.close();
    },
  });

  const waking = setInterval(loop.wake, wakeMs);
  port?.on('message', (message: ToWriter) => {
    if (message.type === 'run') loop.run(message.id, message.statements);
    else if (message.type === 'close') loop.finish();
    else if (message.type === 'bodies') loop.keep(message.bodies);
    else if (message.type === 'keep') {
      bodies.limit(message.limits);
      retention.limit(message.limits);
      if (message.timeZone !== null) slices.keepDaysOf(message.timeZone);
      loop.wake();
    } else {
      drain.extend(message.files);
      loop.wake();
    }
  });
  loop.wake();
}
