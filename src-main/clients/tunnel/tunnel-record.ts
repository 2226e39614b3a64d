import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

const recordSchema = z.object({
  /** The key's name, which no other key has: it is written down before there is a key. */
  keyName: z.string(),
  keyId: z.string().nullable(),
  /** What tells the program from others that had its pid since; `null` where the system does not say. */
  program: z.object({ pid: z.number().int(), identity: z.string().nullable() }).nullable(),
});
export type TunnelRecord = z.infer<typeof recordSchema>;

/** What is to be taken back when Relay dies while its tunnel is open. It holds no secret. */
export function createTunnelRecord(dataDir: string) {
  const path = join(dataDir, 'tunnel.json');
  return {
    /** `null` where nothing is left. */
    read(): TunnelRecord | null {
      try {
        return recordSchema.parse(JSON.parse(readFileSync(path, 'utf8')));
      } catch {
        return null;
      }
    },
    write(record: TunnelRecord): void {
      writeFileSync(`${path}.draft`, JSON.stringify(record), { mode: 0o600, flush: true });
      renameSync(`${path}.draft`, path);
    },
    remove: (): void => rmSync(path, { force: true }),
  };
}
