import { z } from 'zod';
import { creditsSchema, usageFactsSchema } from '../../src-shared/contract/account.ts';
import type { QuotaWindow } from '../../src-shared/domain/window.ts';
import type { Database, SqlStatement } from '../ledger/database.ts';
import { type Account, windowKey } from './account.ts';
import { upsert } from './upsert.ts';
import { newTrack, type WindowTrack } from './window-track.ts';

const readingsRowSchema = z.object({
  account_id: z.string(),
  family: z.string(),
  length_ms: z.number(),
  readings: z.string().transform((text) => z.array(z.tuple([z.number(), z.number()])).parse(JSON.parse(text))),
});
const usageRowSchema = z.object({
  account_id: z.string(),
  asked_at: z.number().nullable(),
  credits: z.string().transform((text) => creditsSchema.nullable().parse(JSON.parse(text))),
  facts: z.string().transform((text) => usageFactsSchema.nullable().parse(JSON.parse(text))),
});

/** Gives accounts, whose windows are loaded, back how these went and what else the upstream said last. */
export async function loadQuota(database: Database, byId: ReadonlyMap<string, Account>): Promise<void> {
  const [readings, usage] = await Promise.all([
    database.all('SELECT * FROM window_readings'),
    database.all('SELECT * FROM account_usage'),
  ]);
  for (const row of readings.map((each) => readingsRowSchema.parse(each))) {
    const account = byId.get(row.account_id);
    const key = windowKey({ family: row.family, lengthMs: row.length_ms });
    const window = account?.windows.get(key);
    if (account === undefined || window === undefined) continue;
    const kept = row.readings.map(([seconds, usedPercent]) => ({ at: seconds * 1_000, usedPercent }));
    // The newest reading is written with its window alone.
    const before = kept.filter(({ at }) => at < window.readAt);
    account.tracks.set(key, newTrack([...before, { at: window.readAt, usedPercent: window.usedPercent }]));
  }
  for (const { account_id, asked_at, credits, facts } of usage.map((each) => usageRowSchema.parse(each))) {
    const account = byId.get(account_id);
    if (account !== undefined) Object.assign(account, { usageAskedAt: asked_at, credits, usage: facts });
  }
}

export const saveReadings = (id: string, { family, lengthMs }: QuotaWindow, { readings }: WindowTrack): SqlStatement =>
  upsert(
    'window_readings',
    {
      account_id: id,
      family,
      length_ms: lengthMs,
      readings: JSON.stringify(readings.map(({ at, usedPercent }) => [Math.floor(at / 1_000), usedPercent])),
    },
    ['account_id', 'family', 'length_ms'],
  );

export const eraseReadings = (id: string, { family, lengthMs }: QuotaWindow): SqlStatement => ({
  sql: 'DELETE FROM window_readings WHERE account_id = ? AND family = ? AND length_ms = ?',
  params: [id, family, lengthMs],
});

export const saveUsage = ({ id, usageAskedAt, credits, usage }: Account): SqlStatement =>
  upsert(
    'account_usage',
    { account_id: id, asked_at: usageAskedAt, credits: JSON.stringify(credits), facts: JSON.stringify(usage) },
    ['account_id'],
  );
