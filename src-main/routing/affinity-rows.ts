import { z } from 'zod';
import type { Database, SqlStatement } from '../ledger/database.ts';
import type { Tie } from './tie.ts';

const rowSchema = z
  .tuple([z.string(), z.string(), z.number(), z.number(), z.number().nullable(), z.number(), z.number(), z.number()])
  .transform(([id, accountId, tiedAt, usedAt, cachedTokens, turns, mixed, compacted]): readonly [string, Tie] => [
    id,
    { accountId, tiedAt, usedAt, cachedTokens, turns, mixed: mixed !== 0, compacted: compacted !== 0 },
  ]);
const rowsSchema = z.array(rowSchema);

/** The `most` ties that were used last, and since `since`; the oldest first. One text, because many rows take long to be handed over. */
export async function loadTies(database: Database, since: number, most: number) {
  const [row] = await database.all(
    `SELECT json_group_array(json_array(conversation_id, account_id, tied_at, used_at, cached_tokens, turns, mixed, compacted)) AS ties
FROM (SELECT * FROM affinities WHERE used_at >= ? ORDER BY used_at DESC, conversation_id DESC LIMIT ?)`,
    [since, most],
  );
  return rowsSchema.parse(JSON.parse(z.string().parse(row?.['ties']))).reverse();
}

/** All in one statement, whose text is always the same. */
export const saveTies = (ties: readonly (readonly [string, Tie])[]): SqlStatement => ({
  sql: `INSERT INTO affinities (conversation_id, account_id, tied_at, used_at, cached_tokens, turns, mixed, compacted)
SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5, value ->> 6, value ->> 7
FROM json_each(?) WHERE true
ON CONFLICT (conversation_id) DO UPDATE SET account_id = excluded.account_id, tied_at = excluded.tied_at,
  used_at = excluded.used_at, cached_tokens = excluded.cached_tokens, turns = excluded.turns, mixed = excluded.mixed,
  compacted = excluded.compacted`,
  params: [
    JSON.stringify(
      ties.map(([id, { accountId, tiedAt, usedAt, cachedTokens, turns, mixed, compacted }]) => [
        ...[id, accountId, tiedAt, usedAt, cachedTokens, turns],
        ...[Number(mixed), Number(compacted)],
      ]),
    ),
  ],
});

export const eraseTies = (conversationIds: readonly string[]): SqlStatement => ({
  sql: 'DELETE FROM affinities WHERE conversation_id IN (SELECT value FROM json_each(?))',
  params: [JSON.stringify(conversationIds)],
});

export const eraseTiesBefore = (usedAt: number): SqlStatement => ({
  sql: 'DELETE FROM affinities WHERE used_at < ?',
  params: [usedAt],
});
