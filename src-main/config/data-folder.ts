import { accessSync, chmodSync, constants, mkdirSync, readdirSync, type Stats, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { RelayError } from '../../src-shared/domain/relay-error.ts';

export interface Machine {
  readonly platform: NodeJS.Platform;
  readonly homeDir: string;
  readonly variables: NodeJS.ProcessEnv;
}

export const thisMachine = (): Machine => ({
  platform: process.platform,
  homeDir: homedir(),
  variables: process.env,
});

/** The data folder as an absolute path: RELAY_HOME, else the platform's own place. */
export function dataFolderPath(home: string | null, machine: Machine = thisMachine()): string {
  if (home !== null) return resolve(home);
  const { platform, homeDir, variables } = machine;
  if (platform === 'darwin') return join(homeDir, 'Library', 'Application Support', 'Relay');
  if (platform === 'win32') return join(variables['LOCALAPPDATA'] || join(homeDir, 'AppData', 'Local'), 'Relay');
  return join(variables['XDG_DATA_HOME'] || join(homeDir, '.local', 'share'), 'relay');
}

/**
 * Makes the folder where it is missing and closes it to other users. Throws RelayError `storage_error` that names the
 * folder and what is wrong with it, and then has written nothing into it (FAULTS S-08).
 */
export function prepareDataFolder(folder: string): void {
  try {
    // Not asked of mkdir first: on a full or read-only disk an existing folder must not fail for that reason.
    const existing = statSync(folder, { throwIfNoEntry: false });
    if (existing === undefined) mkdirSync(folder, { recursive: true, mode: 0o700 });
    else closeToOthers(folder, existing);
    accessSync(folder, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (cause) {
    throw cause instanceof RelayError ? cause : refuse(folder, reasonOf(cause), cause);
  }
}

function closeToOthers(folder: string, stats: Stats): void {
  if (!stats.isDirectory()) throw refuse(folder, 'is not a folder');
  if (process.getuid === undefined) return;
  if (stats.uid !== process.getuid()) throw refuse(folder, 'belongs to another user');
  if ((stats.mode & 0o077) === 0) return;
  // A folder full of other things, such as /tmp or a home, must not change its mode because Relay was pointed at it.
  const content = readdirSync(folder).filter((name) => name !== 'lost+found');
  if (content.length > 0 && !content.includes('relay.db')) {
    throw refuse(folder, 'is open to other users and holds other files');
  }
  chmodSync(folder, 0o700);
}

function refuse(folder: string, reason: string, cause?: unknown): RelayError {
  const message = `The data folder ${folder} ${reason}. Choose another folder with RELAY_HOME.`;
  return new RelayError('storage_error', { message, cause });
}

const systemErrorSchema = z.object({ code: z.string() });

const reasons: Readonly<Record<string, string>> = {
  EACCES: 'cannot be written to by this user',
  EPERM: 'cannot be written to by this user',
  EROFS: 'is on a disk that is read-only',
  ENOSPC: 'is on a disk that is full',
  EDQUOT: 'is on a disk that is full for this user',
  ENOTDIR: 'lies below something that is not a folder',
  EEXIST: 'lies below something that is not a folder',
  ENAMETOOLONG: 'has a path that is too long',
};

function reasonOf(error: unknown): string {
  const code = systemErrorSchema.safeParse(error).data?.code ?? 'unknown error';
  return reasons[code] ?? `cannot be used (${code})`;
}
