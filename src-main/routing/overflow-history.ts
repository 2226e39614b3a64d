import { z } from 'zod';
import type { Database } from '../ledger/database.ts';

const sumRow = z.object({ spent: z.number() });

/** What metered keys have cost since `from` (ms) when they stood in for subscriptions, in micro-dollars; what is not known counts nothing. */
export async function spentOnOverflow(database: Database, from: number): Promise<number> {
  const [row] = await database.all(
    'SELECT coalesce(sum(spent_micro_usd), 0) AS spent FROM calls WHERE overflow = 1 AND started_at >= ?',
    [from],
  );
  return sumRow.parse(row).spent;
}
