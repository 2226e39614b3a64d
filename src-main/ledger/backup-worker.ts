import { chmodSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';
import Sqlite from 'better-sqlite3';

/** What the thread is started with. */
export interface BackupSetup {
  readonly databasePath: string;
  /** A file that is not there. */
  readonly copyPath: string;
}

export type FromBackup = { readonly calls: number } | { readonly failure: string };

const { databasePath, copyPath }: BackupSetup = workerData;

parentPort?.postMessage(
  await copy().catch(
    (error: unknown): FromBackup => ({ failure: error instanceof Error ? error.message : String(error) }),
  ),
);

/** A read transaction holds one moment of the database, so that no write begins the copy anew however many come. */
async function copy(): Promise<FromBackup> {
  const db = new Sqlite(databasePath, { readonly: true, fileMustExist: true, timeout: 5_000 });
  try {
    db.exec('BEGIN');
    db.prepare('SELECT count(*) FROM sqlite_schema').get();
    await db.backup(copyPath);
  } finally {
    db.close();
  }
  chmodSync(copyPath, 0o600);
  const made = new Sqlite(copyPath, { fileMustExist: true });
  try {
    // One file alone: without a log beside it that would have to be copied too.
    made.pragma('journal_mode = DELETE');
    const finding = made.pragma('integrity_check(1)', { simple: true });
    if (finding !== 'ok') throw new Error(`the copy is damaged: ${String(finding)}`);
    return { calls: Number(made.prepare('SELECT count(*) FROM calls').pluck().get()) };
  } finally {
    made.close();
  }
}
