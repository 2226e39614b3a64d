import { mkdirSync, writeFileSync } from 'node:fs';
import { type FileHandle, open, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';

export interface RotatingFile {
  write(line: string): void;
  /** Writes what waits without returning to the event loop: for the end of the process. */
  flushSync(): void;
  close(): Promise<void>;
}

export interface RotatingFileOptions {
  readonly dir: string;
  readonly maxBytes: number;
  /** How many files there are at most, the one being written included. */
  readonly maxFiles: number;
}

/** Text that may wait in memory for a slow or full disk; later lines are dropped. */
const maxWaitingLength = 1024 * 1024;

/**
 * `relay.log`, then `relay.1.log` for the one before it and so on. The caller never waits for the disk, and a disk
 * that fails loses lines and nothing else.
 */
export function createRotatingFile({ dir, maxBytes, maxFiles }: RotatingFileOptions): RotatingFile {
  const path = (age: number): string => join(dir, age === 0 ? 'relay.log' : `relay.${age}.log`);
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  let waiting: string[] = [];
  let waitingLength = 0;
  let isOpen = true;
  let writing: Promise<void> | null = null;
  let handle: FileHandle | null = null;
  let size = 0;

  async function openFile(): Promise<FileHandle> {
    const opened = await open(path(0), 'a', 0o600);
    size = (await opened.stat()).size;
    return opened;
  }

  async function rotate(): Promise<void> {
    await handle?.close();
    handle = null;
    await rm(path(maxFiles - 1), { force: true });
    for (let age = maxFiles - 2; age >= 0; age -= 1) await rename(path(age), path(age + 1)).catch(() => undefined);
  }

  /** As many of the lines as the current file has room for, and at least one. */
  function takeBatch(): string {
    let bytes = Buffer.byteLength(waiting[0] ?? '');
    let count = 1;
    for (; count < waiting.length; count += 1) {
      bytes += Buffer.byteLength(waiting[count] ?? '');
      if (size + bytes > maxBytes) break;
    }
    const batch = waiting.splice(0, count).join('');
    waitingLength -= batch.length;
    return batch;
  }

  async function writeWaiting(): Promise<void> {
    while (waiting.length > 0) {
      handle ??= await openFile();
      if (size > 0 && size + Buffer.byteLength(waiting[0] ?? '') > maxBytes) {
        await rotate();
        continue;
      }
      const batch = takeBatch();
      size += (await handle.write(batch)).bytesWritten;
    }
  }

  function startWriting(): void {
    writing ??= writeWaiting()
      .catch(() => {
        waiting = [];
        waitingLength = 0;
      })
      .finally(() => {
        writing = null;
      });
  }

  return {
    write(line) {
      if (!isOpen || waitingLength + line.length > maxWaitingLength) return;
      waiting.push(line);
      waitingLength += line.length;
      startWriting();
    },
    flushSync() {
      try {
        writeFileSync(path(0), waiting.splice(0).join(''), { flag: 'a', mode: 0o600 });
      } catch {
        // The disk fails, and there is no later for these lines.
      }
    },
    async close() {
      isOpen = false;
      await writing;
      await handle?.close().catch(() => undefined);
      handle = null;
    },
  };
}
