import { closeSync, mkdirSync, openSync, readdirSync, statSync, writeSync } from 'node:fs';
import { join } from 'node:path';

/** How far into which journal file; files are numbered upwards and never reused while one is left. */
export interface JournalPosition {
  readonly file: number;
  readonly offset: number;
}

export interface JournalFile {
  readonly file: number;
  readonly size: number;
}

export const journalFolder = (dataDir: string): string => join(dataDir, 'logs');

export const journalPath = (folder: string, file: number): string => join(folder, `calls-${file}.journal`);

/** The files an earlier run left, oldest first. */
export function leftJournals(folder: string): JournalFile[] {
  return readdirSync(folder)
    .map((name) => /^calls-(\d{1,15})\.journal$/.exec(name)?.[1])
    .filter((number) => number !== undefined)
    .map(Number)
    .sort((a, b) => a - b)
    .map((file) => ({ file, size: statSync(journalPath(folder, file)).size }));
}

export const isBefore = (a: JournalPosition, b: JournalPosition): boolean =>
  a.file < b.file || (a.file === b.file && a.offset < b.offset);

/** The few calls that the journal makes on the disk: a port, so that a full disk can be tested. Each throws as `node:fs` does. */
export interface JournalDisk {
  makeFolder(path: string): void;
  /** Creates a file that must not be there yet. */
  create(path: string): number;
  /** May write less than it was given, as a disk that fills up does. */
  write(file: number, bytes: Uint8Array, position: number): number;
  close(file: number): void;
}

export const nodeDisk: JournalDisk = {
  makeFolder: (path) => {
    mkdirSync(path, { recursive: true, mode: 0o700 });
  },
  create: (path) => openSync(path, 'wx', 0o600),
  write: (file, bytes, position) => writeSync(file, bytes, 0, bytes.length, position),
  close: (file) => closeSync(file),
};
