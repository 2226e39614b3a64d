import { z } from 'zod';
import { type KeyPatch, type KeyView, keySchema } from '../../src-shared/contract/key.ts';
import type { SqlStatement, SqlValue } from '../ledger/database.ts';

/** A key as the database has it: with the digests of its secret and of the one it replaced. */
const storedKeySchema = keySchema.extend({
  digest: z.string(),
  previousDigest: z.string().nullable(),
  previousUntil: z.number().int().nullable(),
});
export type StoredKey = z.infer<typeof storedKeySchema>;

export const selectKeys = `SELECT id, name, prefix, digest, previous_digest AS previousDigest,
  previous_until AS previousUntil, project, member, models, accounts, overflow, splice, created_at AS createdAt, expires_at AS expiresAt,
  revoked_at AS revokedAt, last_used_at AS lastUsedAt, last_client AS lastClient
  FROM keys ORDER BY created_at, id`;

export function readKeyRow(row: Record<string, unknown>): StoredKey {
  return storedKeySchema.parse({
    ...row,
    models: readList(row['models']),
    accounts: readList(row['accounts']),
    overflow: row['overflow'] === 1,
  });
}

const readList = (text: unknown): unknown => (text === null ? null : JSON.parse(String(text)));
const writeList = (list: readonly string[] | null): string | null => (list === null ? null : JSON.stringify(list));

export const insertKey = (key: StoredKey): SqlStatement => ({
  sql: `INSERT INTO keys (id, name, prefix, digest, previous_digest, previous_until, project, member, models, accounts,
    overflow, splice, created_at, expires_at, revoked_at, last_used_at, last_client)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  params: [
    key.id,
    key.name,
    key.prefix,
    key.digest,
    key.previousDigest,
    key.previousUntil,
    key.project,
    key.member,
    writeList(key.models),
    writeList(key.accounts),
    Number(key.overflow),
    key.splice,
    key.createdAt,
    key.expiresAt,
    key.revokedAt,
    key.lastUsedAt,
    key.lastClient,
  ],
});

export const updateSecret = (key: StoredKey): SqlStatement => ({
  sql: 'UPDATE keys SET prefix = ?, digest = ?, previous_digest = ?, previous_until = ? WHERE id = ?',
  params: [key.prefix, key.digest, key.previousDigest, key.previousUntil, key.id],
});

/** Only what changes, so that two changes at once do not undo each other; `null` when nothing does. */
export function updateConsent(id: string, { overflow, splice }: KeyPatch): SqlStatement | null {
  const changes: [column: string, value: SqlValue][] = [];
  if (overflow !== undefined) changes.push(['overflow', Number(overflow)]);
  if (splice !== undefined) changes.push(['splice', splice]);
  if (changes.length === 0) return null;
  return {
    sql: `UPDATE keys SET ${changes.map(([column]) => `${column} = ?`).join(', ')} WHERE id = ?`,
    params: [...changes.map(([, value]) => value), id],
  };
}

export const updateRevoked = (key: StoredKey): SqlStatement => ({
  sql: 'UPDATE keys SET revoked_at = ? WHERE id = ?',
  params: [key.revokedAt, key.id],
});

export const updateLastUse = (key: StoredKey): SqlStatement => ({
  sql: 'UPDATE keys SET last_used_at = ?, last_client = ? WHERE id = ?',
  params: [key.lastUsedAt, key.lastClient, key.id],
});

export function viewOf(key: StoredKey): KeyView {
  const { digest: _digest, previousDigest: _previousDigest, previousUntil: _previousUntil, ...view } = key;
  return view;
}
