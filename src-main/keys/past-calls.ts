import { z } from 'zod';
import type { Database } from '../ledger/database.ts';
import { PAST_MS, type PastCall } from './key-limits.ts';

const rowSchema = z.object({ keyId: z.string(), startedAt: z.number(), tokens: z.number() });

/**
 * The calls of the last minutes that reached an account, oldest first: what the limits of their keys have given already. Those
 * that a killed Relay left behind were let in too, and nobody knows how far they came.
 */
export async function pastCalls(database: Database, now: number): Promise<PastCall[]> {
  const rows = await database.all(
    `SELECT key_id AS keyId, started_at AS startedAt, coalesce(input_tokens, 0) + coalesce(output_tokens, 0) AS tokens
FROM calls WHERE started_at > ? AND (attempts <> '[]' OR status = 'interrupted') ORDER BY started_at`,
    [now - PAST_MS],
  );
  return rows.map((row) => rowSchema.parse(row));
}
