import { closeSync, existsSync, openSync, readSync, renameSync, statSync } from 'node:fs';
import Sqlite, { type Database } from 'better-sqlite3';
import { RelayError } from '../../src-shared/domain/relay-error.ts';
import { applicationId, madeByNewerVersion, migrate, schemaVersion } from './migrate.ts';
import { migrations as allMigrations } from './migrations.ts';
import { salvage } from './salvage.ts';

/** Below this size a full structural check costs a few milliseconds at start; above it damage shows when a page is read. */
const checkedBytes = 16 * 1024 * 1024;
const headerBytes = 100;
const walBytes = 64 * 1024 * 1024;

export interface OpenOptions {
  readonly path: string;
  /** Consent to put a damaged or foreign file aside and start a new one. */
  readonly recover: boolean;
  readonly now: number;
  readonly migrations?: readonly string[];
  /** How long a statement waits for another program's lock. */
  readonly busyMs?: number;
}

export interface OpenedDatabase {
  readonly db: Database;
  readonly notices: readonly string[];
}

/**
 * Opens, checks and migrates the database. A file that cannot be used is left exactly as it is, unless `recover` is given: then
 * the refusal's `param` is `recover`.
 */
export async function openDatabase(options: OpenOptions): Promise<OpenedDatabase> {
  try {
    return { db: await openChecked(options), notices: [] };
  } catch (error) {
    const why = unusable(error);
    if (why === null) throw storageError(options.path, error);
    if (!options.recover) {
      throw new RelayError('storage_error', {
        message: `The database ${options.path} ${why}. It was not changed. To keep it aside and begin a new one, run: relay serve --recover`,
        param: 'recover',
        cause: error,
      });
    }
    const kept = putAside(options.path, options.now);
    const db = await openChecked(options);
    const saved = salvage(db, kept);
    return {
      db,
      notices: [`The database ${why}. It was kept as ${kept} and a new one was started; ${saved}.`],
    };
  }
}

async function openChecked(options: OpenOptions): Promise<Database> {
  const migrations = options.migrations ?? allMigrations;
  refuseByHeader(options.path, migrations.length);
  // Created here because SQLite would give the file the permissions of the umask.
  closeSync(openSync(options.path, 'a', 0o600));
  const db = new Sqlite(options.path, { timeout: options.busyMs ?? 50 });
  try {
    refuseByContent(db, migrations.length);
    if (schemaVersion(db) === 0) db.pragma('auto_vacuum = INCREMENTAL');
    db.pragma('journal_mode = WAL');
    db.pragma('synchronous = NORMAL');
    db.pragma(`journal_size_limit = ${walBytes}`);
    await migrate(db, migrations);
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

/** Reads the file itself, because closing a SQLite connection can already write to it. */
function refuseByHeader(path: string, newest: number): void {
  if (!existsSync(path)) return;
  const header = Buffer.alloc(headerBytes);
  const file = openSync(path, 'r');
  const length = readSync(file, header, 0, headerBytes, 0);
  closeSync(file);
  if (length === 0) return;
  if (length < headerBytes || header.toString('latin1', 0, 16) !== 'SQLite format 3\0') {
    throw new UnusableDatabase('is damaged: it does not begin like a SQLite database');
  }
  const application = header.readUInt32BE(68);
  if (application === applicationId && header.readUInt32BE(60) > newest) throw madeByNewerVersion(path);
  if (application !== applicationId && application !== 0) throw new UnusableDatabase('belongs to another program');
}

function refuseByContent(db: Database, newest: number): void {
  const objects = Number(db.prepare('SELECT count(*) FROM sqlite_schema').pluck().get());
  const ours = db.pragma('application_id', { simple: true }) === applicationId;
  if (!ours && objects > 0) throw new UnusableDatabase('belongs to another program');
  if (ours && schemaVersion(db) > newest) throw madeByNewerVersion(db.name);
  if (statSync(db.name).size > checkedBytes) return;
  const finding = db.pragma('quick_check(1)', { simple: true });
  if (finding !== 'ok') throw new UnusableDatabase('is damaged: its pages do not fit together');
}

/** Thrown where the file is no database that Relay can ever use; `message` continues "The database ...". */
class UnusableDatabase extends Error {}

function unusable(error: unknown): string | null {
  if (error instanceof UnusableDatabase) return error.message;
  if (!(error instanceof Sqlite.SqliteError)) return null;
  if (error.code === 'SQLITE_NOTADB') return 'is damaged: it is not a SQLite database';
  return error.code.startsWith('SQLITE_CORRUPT') ? 'is damaged: its pages do not fit together' : null;
}

function storageError(path: string, error: unknown): RelayError {
  if (error instanceof RelayError) return error;
  const busy = error instanceof Sqlite.SqliteError && error.code.startsWith('SQLITE_BUSY');
  const why = error instanceof Error ? error.message : String(error);
  return new RelayError('storage_error', {
    message: busy
      ? `The database ${path} is locked by another program. Close it and start Relay again.`
      : `The database ${path} cannot be opened: ${why}.`,
    cause: error,
  });
}

/** The three files of one database keep fitting together under their new name. */
function putAside(path: string, now: number): string {
  const kept = `${path}.corrupt-${new Date(now).toISOString().replaceAll(/[:.]/g, '-')}`;
  for (const suffix of ['', '-wal', '-shm']) {
    if (existsSync(path + suffix)) renameSync(path + suffix, kept + suffix);
  }
  return kept;
}
