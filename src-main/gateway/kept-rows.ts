import { z } from 'zod';
import type { Database, SqlStatement, SqlValue } from '../ledger/database.ts';
import type { KeptEntry } from './kept-memory.ts';
import { type KeptResponse, sizeOf } from './kept-response.ts';

const blob = z.custom<Uint8Array>((value) => value instanceof Uint8Array);
const rowSchema = z
  .object({
    key_id: z.string(),
    id: z.string(),
    chain_id: z.string(),
    previous_id: z.string().nullable(),
    conversation_id: z.string(),
    account_id: z.string(),
    at_upstream: z.number(),
    created_at: z.number(),
    input: blob,
    response: blob,
  })
  .transform(
    (row): KeptResponse => ({
      keyId: row.key_id,
      id: row.id,
      chainId: row.chain_id,
      previousId: row.previous_id,
      conversationId: row.conversation_id,
      accountId: row.account_id,
      atUpstream: row.at_upstream !== 0,
      createdAt: row.created_at,
      input: bufferOf(row.input),
      response: bufferOf(row.response),
    }),
  );

const bufferOf = (bytes: Uint8Array): Buffer => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);

/** More than any conversation has turns. */
const LONGEST_CHAIN = 10_000;

/** A response with all that came before it, as far as it is there: the newest first. None where its chain was not used since `since`. */
export async function loadChain(database: Database, keyId: string, id: string, since: number): Promise<KeptResponse[]> {
  const rows = await database.all(
    `WITH RECURSIVE chain (key_id, id, depth) AS (
  VALUES (?, ?, 0)
  UNION ALL
  SELECT r.key_id, r.previous_id, depth + 1 FROM chain JOIN kept_responses r USING (key_id, id)
  WHERE r.previous_id IS NOT NULL AND depth < ?
)
SELECT r.* FROM chain JOIN kept_responses r USING (key_id, id)
JOIN kept_chains c ON c.key_id = r.key_id AND c.id = r.chain_id AND c.used_at >= ?
ORDER BY depth`,
    [keyId, id, LONGEST_CHAIN, since],
  );
  return rows.map((row) => rowSchema.parse(row));
}

export async function loadResponse(
  database: Database,
  keyId: string,
  id: string,
  since: number,
): Promise<KeptResponse | null> {
  const [row] = await database.all(
    `SELECT r.* FROM kept_responses r JOIN kept_chains c ON c.key_id = r.key_id AND c.id = r.chain_id
WHERE r.key_id = ? AND r.id = ? AND c.used_at >= ?`,
    [keyId, id, since],
  );
  return row === undefined ? null : rowSchema.parse(row);
}

/** Which responses gave these items, by the items' ids. */
export async function loadItems(
  database: Database,
  keyId: string,
  itemIds: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const rows = await database.all(
    'SELECT id, response_id FROM kept_items WHERE key_id = ? AND id IN (SELECT value FROM json_each(?))',
    [keyId, JSON.stringify(itemIds)],
  );
  return new Map(rows.map((row) => [z.string().parse(row['id']), z.string().parse(row['response_id'])]));
}

export async function loadTotal(database: Database): Promise<number> {
  const [row] = await database.all('SELECT coalesce(sum(bytes), 0) AS total FROM kept_chains');
  return z.number().parse(row?.['total']);
}

/** Chains in the order in which they are given up. */
export async function loadChains(database: Database, most: number) {
  const rows = await database.all('SELECT key_id, id, used_at, bytes FROM kept_chains ORDER BY used_at LIMIT ?', [
    most,
  ]);
  return rows.map((row) => chainSchema.parse(row));
}

const chainSchema = z
  .object({ key_id: z.string(), id: z.string(), used_at: z.number(), bytes: z.number() })
  .transform((row) => ({ keyId: row.key_id, id: row.id, usedAt: row.used_at, bytes: row.bytes }));

/** SQLite takes 32,766 values in one statement. */
const ROWS_AT_ONCE = 1_000;

/** New responses with the ids of their items, and their chains as used at `usedAt`: few statements however many they are. */
export function saveResponses(kept: readonly KeptEntry[], usedAt: number): SqlStatement[] {
  const statements: SqlStatement[] = [];
  for (let from = 0; from < kept.length; from += ROWS_AT_ONCE) {
    statements.push(...saveSome(kept.slice(from, from + ROWS_AT_ONCE), usedAt));
  }
  return statements;
}

function saveSome(kept: readonly KeptEntry[], usedAt: number): SqlStatement[] {
  const columns: SqlValue[] = kept.flatMap(({ response: each }) => [
    ...[each.keyId, each.id, each.chainId, each.previousId, each.conversationId, each.accountId],
    ...[Number(each.atUpstream), each.createdAt, each.input, each.response],
  ]);
  const items = kept.flatMap(({ response, itemIds }) => itemIds.map((id) => [response.keyId, id, response.id]));
  const chains = kept.map(({ response }) => [response.keyId, response.chainId, usedAt, sizeOf(response)]);
  return [
    { sql: `INSERT OR REPLACE INTO kept_responses VALUES ${kept.map(() => ROW).join(', ')}`, params: columns },
    {
      sql: 'INSERT OR REPLACE INTO kept_items SELECT value ->> 0, value ->> 1, value ->> 2 FROM json_each(?)',
      params: [JSON.stringify(items)],
    },
    {
      sql: `INSERT INTO kept_chains (key_id, id, used_at, bytes)
SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3 FROM json_each(?) WHERE true
ON CONFLICT (key_id, id) DO UPDATE SET used_at = excluded.used_at, bytes = bytes + excluded.bytes`,
      params: [JSON.stringify(chains)],
    },
  ];
}

const ROW = '(?, ?, ?, ?, ?, ?, ?, ?, ?, ?)';

export const touchChains = (
  chains: readonly (readonly [keyId: string, id: string])[],
  usedAt: number,
): SqlStatement => ({
  sql: `UPDATE kept_chains SET used_at = ?
WHERE (key_id, id) IN (SELECT value ->> 0, value ->> 1 FROM json_each(?))`,
  params: [usedAt, JSON.stringify(chains)],
});

export const eraseResponse = (keyId: string, id: string, chainId: string): SqlStatement[] => [
  { sql: 'DELETE FROM kept_items WHERE key_id = ? AND response_id = ?', params: [keyId, id] },
  { sql: 'DELETE FROM kept_responses WHERE key_id = ? AND id = ?', params: [keyId, id] },
  {
    sql: `UPDATE kept_chains SET bytes = (SELECT coalesce(sum(length(input) + length(response)), 0)
  FROM kept_responses r WHERE r.key_id = kept_chains.key_id AND r.chain_id = kept_chains.id) WHERE key_id = ? AND id = ?`,
    params: [keyId, chainId],
  },
  { sql: 'DELETE FROM kept_chains WHERE key_id = ? AND id = ? AND bytes = 0', params: [keyId, chainId] },
];

export const eraseChains = (chains: readonly (readonly [keyId: string, id: string])[]): SqlStatement[] => {
  const params = [JSON.stringify(chains)];
  const listed = '(SELECT value ->> 0, value ->> 1 FROM json_each(?))';
  return [
    {
      sql: `DELETE FROM kept_items WHERE (key_id, response_id) IN
(SELECT key_id, id FROM kept_responses WHERE (key_id, chain_id) IN ${listed})`,
      params,
    },
    { sql: `DELETE FROM kept_responses WHERE (key_id, chain_id) IN ${listed}`, params },
    { sql: `DELETE FROM kept_chains WHERE (key_id, id) IN ${listed}`, params },
  ];
};

export const eraseEverything: readonly SqlStatement[] = [
  { sql: 'DELETE FROM kept_items' },
  { sql: 'DELETE FROM kept_responses' },
  { sql: 'DELETE FROM kept_chains' },
];
