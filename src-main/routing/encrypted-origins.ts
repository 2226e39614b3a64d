import { z } from 'zod';
import type { Clock } from '../../src-shared/domain/clock.ts';
import type { Timers } from '../../src-shared/domain/timers.ts';
import type { Database, SqlStatement } from '../ledger/database.ts';
import { createLateRows } from '../ledger/late-rows.ts';

/** Which account made which piece of encrypted state: it is readable there and nowhere else (PROTOCOL 9.1). Knows digests only. */
export interface EncryptedOrigins {
  /** The account's id; `NOBODY` for what an account has refused although nobody else is known; `null` where it is not known. */
  of(digest: string): string | null;
  learn(digest: string, accountId: string): void;
  /** Reads what earlier runs have learned; to be awaited before the first call. */
  load(): Promise<void>;
  /** Resolves when everything is written down. */
  stop(): Promise<void>;
}

export interface EncryptedOriginsPorts {
  readonly database: Database;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly storageFailed: (error: unknown) => void;
}

/** No account of this pool: it goes nowhere. */
export const NOBODY = '';

/** A long conversation makes a few hundred a day. */
const MAX_ORIGINS = 30_000;
const KEEP_MS = 30 * 86_400_000;
/** How old the date of something that is still asked for may get before it is written anew. */
const REFRESH_MS = 86_400_000;
const WRITE_AFTER_MS = 1_000;

interface Origin {
  readonly accountId: string;
  readonly seenAt: number;
}

export function createEncryptedOrigins(ports: EncryptedOriginsPorts): EncryptedOrigins {
  const { database, clock, timers, storageFailed } = ports;
  /** In the order in which they were last seen, the oldest first. */
  const origins = new Map<string, Origin>();
  const rows = createLateRows({
    database,
    timers,
    afterMs: WRITE_AFTER_MS,
    statements: (changed, gone) => [
      ...(changed.length === 0 ? [] : [save(changed.map((digest) => [digest, origins.get(digest)!]))]),
      ...(gone.length === 0 ? [] : [erase(gone)]),
    ],
    failed: storageFailed,
  });

  const put = (digest: string, accountId: string): void => {
    origins.delete(digest);
    origins.set(digest, { accountId, seenAt: clock.now() });
    rows.changed(digest);
    if (origins.size <= MAX_ORIGINS) return;
    const oldest = origins.keys().next().value!;
    origins.delete(oldest);
    rows.gone(oldest);
  };

  return {
    of(digest) {
      const origin = origins.get(digest);
      if (origin === undefined) return null;
      if (clock.now() - origin.seenAt > REFRESH_MS) put(digest, origin.accountId);
      return origin.accountId;
    },
    learn(digest, accountId) {
      if (origins.get(digest)?.accountId !== accountId) put(digest, accountId);
    },
    async load() {
      const since = clock.now() - KEEP_MS;
      // One text, because many rows take long to be handed over.
      const [row] = await database.all(
        `SELECT json_group_array(json_array(digest, account_id, seen_at)) AS origins
FROM (SELECT * FROM encrypted_origins WHERE seen_at >= ? ORDER BY seen_at DESC LIMIT ?)`,
        [since, MAX_ORIGINS],
      );
      const stored = rowsSchema.parse(JSON.parse(z.string().parse(row?.['origins']))).reverse();
      for (const [digest, accountId, seenAt] of stored) origins.set(digest, { accountId, seenAt });
      rows.also(eraseBefore(stored.length === MAX_ORIGINS ? stored[0]![2] : since));
    },
    stop: rows.stop,
  };
}

const rowsSchema = z.array(z.tuple([z.string(), z.string(), z.number()]));

const save = (origins: readonly (readonly [string, Origin])[]): SqlStatement => ({
  sql: `INSERT INTO encrypted_origins (digest, account_id, seen_at)
SELECT value ->> 0, value ->> 1, value ->> 2 FROM json_each(?) WHERE true
ON CONFLICT (digest) DO UPDATE SET account_id = excluded.account_id, seen_at = excluded.seen_at`,
  params: [JSON.stringify(origins.map(([digest, { accountId, seenAt }]) => [digest, accountId, seenAt]))],
});

const erase = (digests: readonly string[]): SqlStatement => ({
  sql: 'DELETE FROM encrypted_origins WHERE digest IN (SELECT value FROM json_each(?))',
  params: [JSON.stringify(digests)],
});

const eraseBefore = (seenAt: number): SqlStatement => ({
  sql: 'DELETE FROM encrypted_origins WHERE seen_at < ?',
  params: [seenAt],
});
