import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import type { z } from 'zod';

/** Something small that the app keeps for its next start; without it, it only forgets. */
export interface KeptFile<T> {
  /** `null` where there is nothing, or nothing that can be read. */
  read(): T | null;
  write(value: T): void;
}

export function createKeptFile<T>(file: string, schema: z.ZodType<T>): KeptFile<T> {
  return {
    read() {
      try {
        return schema.parse(JSON.parse(readFileSync(file, 'utf8')));
      } catch {
        return null;
      }
    },
    write(value) {
      try {
        writeFileSync(`${file}.part`, JSON.stringify(value), { mode: 0o600 });
        renameSync(`${file}.part`, file);
      } catch {
        // Where a window stood is not worth an error.
      }
    },
  };
}
