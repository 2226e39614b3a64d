import { readdirSync, renameSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { Database } from 'better-sqlite3';
import { RelayError } from '../../src-shared/domain/relay-error.ts';

/** Marks the file as Relay's own: "RLAY" in the SQLite header. */
export const applicationId = 0x524c_4159;

export const schemaVersion = (db: Database): number => Number(db.pragma('user_version', { simple: true }));

/**
 * Brings the schema to the newest version in one transaction, after a copy of an older one has been kept beside it
 * (FAULTS S-04, S-05). The version is read again under the write lock, so that two processes never migrate twice (S-07).
 */
export async function migrate(db: Database, migrations: readonly string[]): Promise<void> {
  const version = schemaVersion(db);
  if (version > migrations.length) throw madeByNewerVersion(db.name);
  if (version === migrations.length) return;
  if (version > 0) await keepCopy(db, `${db.name}.before-v${version + 1}`);
  db.transaction(() => {
    const locked = schemaVersion(db);
    if (locked > migrations.length) throw madeByNewerVersion(db.name);
    for (const sql of migrations.slice(locked)) db.exec(sql);
    db.pragma(`application_id = ${applicationId}`);
    db.pragma(`user_version = ${migrations.length}`);
  }).immediate();
  dropOldCopies(db.name);
}

export const madeByNewerVersion = (path: string): RelayError =>
  new RelayError('storage_error', {
    message: `The database ${path} was made by a newer version of Relay. Update Relay, or choose another data folder.`,
  });

/** Those of the last two versions stay. */
function dropOldCopies(path: string): void {
  const start = `${basename(path)}.before-v`;
  const versions = readdirSync(dirname(path))
    .filter((name) => name.startsWith(start))
    .map((name) => Number(name.slice(start.length)))
    .filter(Number.isInteger)
    .sort((a, b) => b - a);
  for (const version of versions.slice(2)) rmSync(join(dirname(path), `${start}${version}`), { force: true });
}

/** A copy cut short by a kill must not look like a whole one, hence the rename. */
async function keepCopy(db: Database, path: string): Promise<void> {
  const part = `${path}.part`;
  rmSync(part, { force: true });
  await db.backup(part);
  renameSync(part, path);
}
