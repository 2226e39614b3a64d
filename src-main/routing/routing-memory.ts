import { z } from 'zod';
import type { Clock } from '../../src-shared/domain/clock.ts';
import type { Database, SqlStatement } from '../ledger/database.ts';
import { createLateWrites } from '../ledger/late-writes.ts';
import type { StoredBreaker } from './breakers.ts';
import type { StoredCooldown } from './cooldowns.ts';
import type { StoredFamily } from './limit-families.ts';

/** What routing knows of failing accounts after a restart. Written late: no call waits for it. */
export interface RoutingMemory {
  readonly breakers: readonly StoredBreaker[];
  readonly cooldowns: readonly StoredCooldown[];
  readonly families: readonly StoredFamily[];
  /** `memory: null` forgets it. */
  keepBreaker(breaker: Omit<StoredBreaker, 'memory'> & { readonly memory: StoredBreaker['memory'] | null }): void;
  keepCooldown(cooldown: StoredCooldown): void;
  keepFamily(learned: StoredFamily): void;
  /** Resolves when everything kept so far is written. */
  settled(): Promise<void>;
}

export interface RoutingMemoryPorts {
  readonly database: Database;
  readonly clock: Clock;
  readonly failed: (error: unknown) => void;
}

/** A wall clock that was wrong must not keep an account away for longer than this. */
const LONGEST_MS = 3_600_000;

const breakerRow = z.object({
  account_id: z.string(),
  model: z.string(),
  failures: z.number(),
  opens: z.number(),
  open_until: z.number(),
});
const familyRow = z.object({ model: z.string(), family: z.string() });
const cooldownRow = z.object({ account_id: z.string(), family: z.string(), streak: z.number() });

export async function openRoutingMemory({ database, clock, failed }: RoutingMemoryPorts): Promise<RoutingMemory> {
  const [breakers, cooldowns, families] = await Promise.all([
    database.all('SELECT * FROM breakers'),
    database.all('SELECT * FROM cooldowns'),
    database.all('SELECT * FROM limit_families'),
  ]);
  const writes = createLateWrites(database, failed);
  const toMonotonic = (at: number): number => clock.monotonic() + Math.min(LONGEST_MS, Math.max(0, at - clock.now()));
  const toWall = (at: number): number => Math.round(clock.now() + at - clock.monotonic());

  return {
    breakers: breakers.map((row) => {
      const { account_id, model, failures, opens, open_until } = breakerRow.parse(row);
      const memory = { failures, opens, openUntil: toMonotonic(open_until) };
      return { accountId: account_id, model: model === '' ? null : model, memory };
    }),
    cooldowns: cooldowns.map((row) => {
      const { account_id, family, streak } = cooldownRow.parse(row);
      return { accountId: account_id, family, streak };
    }),
    families: families.map((row) => familyRow.parse(row)),
    keepBreaker({ accountId, model, memory }) {
      writes.put(
        `breaker ${accountId} ${model ?? ''}`,
        memory === null
          ? erase('breakers', { account_id: accountId, model: model ?? '' })
          : {
              sql: 'INSERT OR REPLACE INTO breakers (account_id, model, failures, opens, open_until) VALUES (?, ?, ?, ?, ?)',
              params: [accountId, model ?? '', memory.failures, memory.opens, toWall(memory.openUntil)],
            },
      );
    },
    keepCooldown({ accountId, family, streak }) {
      writes.put(
        `cooldown ${accountId} ${family}`,
        streak === 0
          ? erase('cooldowns', { account_id: accountId, family })
          : {
              sql: 'INSERT OR REPLACE INTO cooldowns (account_id, family, streak) VALUES (?, ?, ?)',
              params: [accountId, family, streak],
            },
      );
    },
    keepFamily({ model, family }) {
      writes.put(`family ${model}`, {
        sql: 'INSERT OR REPLACE INTO limit_families (model, family) VALUES (?, ?)',
        params: [model, family],
      });
    },
    settled: writes.settled,
  };
}

const erase = (table: string, key: Readonly<Record<string, string>>): SqlStatement => ({
  sql: `DELETE FROM ${table} WHERE ${Object.keys(key)
    .map((column) => `${column} = ?`)
    .join(' AND ')}`,
  params: Object.values(key),
});
