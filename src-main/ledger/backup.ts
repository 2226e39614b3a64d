import { closeSync, linkSync, openSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { RelayError } from '../../src-shared/domain/relay-error.ts';
import type { BackupSetup, FromBackup } from './backup-worker.ts';
import { workerFile } from './worker-file.ts';

export interface BackupMade {
  readonly bytes: number;
  readonly calls: number;
}

/**
 * A whole, checked copy of the database as it is now, readable by its owner alone. Made in a thread of its own: calls are written down
 * and served meanwhile. Rejects with `conflict` where there is a file already, which stays as it is, and with `storage_error`.
 */
export async function backUp(databasePath: string, path: string): Promise<BackupMade> {
  const part = `${path}.${process.pid}.part`;
  try {
    // Nobody else may read it from its first byte on.
    closeSync(openSync(part, 'wx', 0o600));
    const made = await run({ databasePath, copyPath: part });
    // Unlike a rename, this takes no other file's place.
    linkSync(part, path);
    return { calls: made.calls, bytes: statSync(path).size };
  } catch (error) {
    throw failed(path, error);
  } finally {
    rmSync(part, { force: true });
  }
}

/** Copies that were being sent when an earlier run was killed. Only for whoever owns the folder. */
export function dropUnsent(folder: string): void {
  for (const name of readdirSync(folder)) {
    if (/^backup-[0-9a-f-]{36}\.db/.test(name)) rmSync(join(folder, name), { force: true });
  }
}

function run(setup: BackupSetup): Promise<{ calls: number }> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(workerFile('backup-worker', import.meta.url), { workerData: setup });
    worker.on('message', (message: FromBackup) => {
      if ('failure' in message) reject(new Error(message.failure));
      else resolve(message);
    });
    worker.on('error', reject);
    worker.on('exit', () => reject(new Error('the copy was cut short')));
  });
}

function failed(path: string, error: unknown): RelayError {
  if (error instanceof Error && 'code' in error && error.code === 'EEXIST') {
    return new RelayError('conflict', {
      message: `There is a file ${path} already. Choose another name: a backup takes no other file's place.`,
    });
  }
  const why = error instanceof Error ? error.message : String(error);
  return new RelayError('storage_error', {
    message: `The backup could not be made: ${why}. Nothing was written.`,
    cause: error,
  });
}
