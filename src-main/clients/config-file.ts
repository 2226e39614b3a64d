import { randomBytes } from 'node:crypto';
import {
  accessSync,
  closeSync,
  constants,
  fchmodSync,
  fsyncSync,
  lstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { RelayError } from '../../src-shared/domain/relay-error.ts';

/** A file that belongs to another program. Every write replaces it as a whole, in one step. */
export interface ConfigFile {
  readonly bytes: Buffer;
  readonly text: string;
}

/** Larger ones are no settings that a person wrote. */
const MAX_BYTES = 4 * 1024 * 1024;

/** `null` where there is none. Throws RelayError where it cannot be read or is not UTF-8 text. */
export function readConfigFile(path: string): ConfigFile | null {
  let bytes: Buffer;
  try {
    if (statSync(path).size > MAX_BYTES) throw refuse(`${path} is too large to be a settings file.`);
    bytes = readFileSync(path);
  } catch (cause) {
    if (isMissing(cause)) return null;
    throw cause instanceof RelayError ? cause : refuse(`${path} cannot be read.`, cause);
  }
  const text = bytes.toString('utf8');
  if (!Buffer.from(text, 'utf8').equals(bytes)) throw refuse(`${path} is not UTF-8 text, so Relay leaves it alone.`);
  return { bytes, text };
}

/**
 * Puts the content in place of what is there, keeping the file's mode, and the link where the path is one. Answers the
 * folders that had to be made, outermost first. Throws RelayError `storage_error`; then nothing has changed.
 */
export function replaceConfigFile(path: string, content: string | Buffer): string[] {
  const target = linkTarget(path);
  const mode = modeOf(target);
  const made = missingFolders(dirname(target));
  const draft = join(dirname(target), `.${basename(target)}.relay-${randomBytes(6).toString('hex')}`);
  try {
    if (mode !== null) accessSync(target, constants.W_OK);
    if (made.length > 0) mkdirSync(dirname(target), { recursive: true, mode: 0o700 });
    const file = openSync(draft, 'wx', 0o600);
    try {
      // Not left to open: it takes away what the umask forbids.
      if (mode !== null) fchmodSync(file, mode);
      writeFileSync(file, content);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(draft, target);
  } catch (cause) {
    rmSync(draft, { force: true });
    throw new RelayError('storage_error', { message: `${path} cannot be written. It was left as it is.`, cause });
  }
  return made;
}

/** Takes a file away that Relay has made, and those of its folders that hold nothing else. */
export function removeConfigFile(path: string, folders: readonly string[]): void {
  rmSync(path, { force: true });
  for (const folder of folders.toReversed()) {
    try {
      rmdirSync(folder);
    } catch {
      return;
    }
  }
}

/** Where a chain of links ends, whether or not there is a file. */
function linkTarget(path: string, depth = 0): string {
  if (depth > 16) throw refuse(`${path} is a link that leads nowhere.`);
  const stats = lstatSync(path, { throwIfNoEntry: false });
  if (stats === undefined || !stats.isSymbolicLink()) return path;
  return linkTarget(resolve(dirname(path), readlinkSync(path)), depth + 1);
}

function modeOf(path: string): number | null {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats === undefined) return null;
  if (!stats.isFile()) throw refuse(`${path} is not a file.`);
  return stats.mode & 0o7777;
}

function missingFolders(folder: string): string[] {
  if (statSync(folder, { throwIfNoEntry: false }) !== undefined) return [];
  return [...missingFolders(dirname(folder)), folder];
}

const isMissing = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR');

const refuse = (message: string, cause?: unknown): RelayError => new RelayError('invalid_value', { message, cause });
