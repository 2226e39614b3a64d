import { existsSync, mkdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { pino } from 'pino';

export interface RotatingFile {
  write(line: string): void;
  /** Writes out what waits, without returning to the event loop: for the end of the process. */
  flushSync(): void;
  close(): Promise<void>;
}

export interface RotatingFileOptions {
  readonly dir: string;
  readonly maxBytes: number;
  /** How many files there are at most, with the one being written. */
  readonly maxFiles: number;
}

/** Lines that may wait in memory for a slow or full disk; later ones are dropped. */
const maxWaitingBytes = 1024 * 1024;

/** `relay.log`, then `relay.1.log` for the one before and so on. A disk that fails loses lines and nothing else. */
export function createRotatingFile({ dir, maxBytes, maxFiles }: RotatingFileOptions): RotatingFile {
  const name = (age: number): string => join(dir, age === 0 ? 'relay.log' : `relay.${age}.log`);
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  let size = statSync(name(0), { throwIfNoEntry: false })?.size ?? 0;
  const file = pino.destination({ dest: name(0), sync: false, mode: 0o600, maxLength: maxWaitingBytes });
  let isOpen = true;
  file.on('error', () => undefined);

  function rotate(): void {
    size = 0;
    try {
      rmSync(name(maxFiles - 1), { force: true });
      for (let age = maxFiles - 2; age >= 0; age -= 1) if (existsSync(name(age))) renameSync(name(age), name(age + 1));
      file.reopen();
    } catch {
      // The next lines go on into the old file; it is tried again after as many bytes.
    }
  }

  return {
    write(line) {
      if (!isOpen) return;
      const bytes = Buffer.byteLength(line);
      if (size > 0 && size + bytes > maxBytes) rotate();
      size += bytes;
      file.write(line);
    },
    flushSync() {
      try {
        file.flushSync();
      } catch {
        // Not open yet, or the disk fails: nothing more can be done for these lines.
      }
    },
    close: () =>
      new Promise((resolve) => {
        isOpen = false;
        file.once('close', resolve);
        file.once('error', () => resolve());
        file.end();
      }),
  };
}
