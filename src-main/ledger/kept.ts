import { z } from 'zod';
import { type Kept, keptSchema } from '../../src-shared/contract/status.ts';
import type { Database } from './database.ts';

const rowSchema = z.object({
  calls: z.number(),
  oldestAt: z.number().nullable(),
  bytes: z.number(),
  bodies: z.number(),
  bodyBytes: z.number(),
  oldestBodyAt: z.number().nullable(),
});

/** Not counted more often: of millions of calls that takes the reader a moment. */
const FRESH_MS = 5_000;

/** Counts what the log holds, and remembers it for a few seconds. */
export function createKept(all: Database['all'], droppedBodies: () => number, monotonic: () => number) {
  let counted: { readonly at: number; readonly kept: Promise<Kept> } | null = null;
  return (): Promise<Kept> => {
    if (counted === null || monotonic() - counted.at >= FRESH_MS) {
      const kept = readKept(all, droppedBodies());
      counted = { at: monotonic(), kept };
      kept.catch(() => {
        counted = null;
      });
    }
    return counted.kept;
  };
}

/** Counts what the database holds, on the reader's connection. */
async function readKept(all: Database['all'], droppedBodies: number): Promise<Kept> {
  const [row] = await all(
    `SELECT (SELECT count(*) FROM calls) AS calls, (SELECT min(started_at) FROM calls) AS oldestAt,
  (SELECT (p.page_count - f.freelist_count) * s.page_size
    FROM pragma_page_count p, pragma_freelist_count f, pragma_page_size s) AS bytes,
  (SELECT count(*) FROM bodies) AS bodies, (SELECT coalesce(sum(bytes), 0) FROM bodies) AS bodyBytes,
  (SELECT min(at) FROM bodies) AS oldestBodyAt`,
    [],
  );
  const { calls, oldestAt, bytes, ...held } = rowSchema.parse(row);
  const bodies = { calls: held.bodies, bytes: held.bodyBytes, oldestAt: held.oldestBodyAt, dropped: droppedBodies };
  return keptSchema.parse({ calls, oldestAt, bytes, bodies });
}
