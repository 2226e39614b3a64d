import { z } from 'zod';
import type { KeyView } from '../../src-shared/contract/key.ts';
import type { SqlStatement } from '../ledger/database.ts';

/** A key in memory: what is shown of it, and the digests under which it is found. */
export interface StoredKey extends KeyView {
  digest: string;
  /** The digest before the last rotation, valid until `previousUntil`. */
  previousDigest: string | null;
  previousUntil: number | null;
}

const names = z
  .string()
  .nullable()
  .transform((text) => (text === null ? null : z.array(z.string()).parse(JSON.parse(text))));

const rowSchema = z.object({
  id: z.string(),
  name: z.string(),
  prefix: z.string(),
  digest: z.string(),
  previous_digest: z.string().nullable(),
  previous_until: z.number().nullable(),
  project: z.string().nullable(),
  member: z.string().nullable(),
  models: names,
  accounts: names,
  created_at: z.number(),
  expires_at: z.number().nullable(),
  revoked_at: z.number().nullable(),
  last_used_at: z.number().nullable(),
  last_client: z.string().nullable(),
});

export function readKeyRow(row: unknown): StoredKey {
  const read = rowSchema.parse(row);
  return {
    id: read.id,
    name: read.name,
    prefix: read.prefix,
    project: read.project,
    member: read.member,
    models: read.models,
    accounts: read.accounts,
    createdAt: read.created_at,
    expiresAt: read.expires_at,
    revokedAt: read.revoked_at,
    lastUsedAt: read.last_used_at,
    lastClient: read.last_client,
    digest: read.digest,
    previousDigest: read.previous_digest,
    previousUntil: read.previous_until,
  };
}

/** Writes the whole row, new or not. */
export function putKey(key: StoredKey): SqlStatement {
  return {
    sql: `INSERT OR REPLACE INTO keys (id, name, prefix, digest, previous_digest, previous_until, project, member, models,
      accounts, created_at, expires_at, revoked_at, last_used_at, last_client) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    params: [
      key.id,
      key.name,
      key.prefix,
      key.digest,
      key.previousDigest,
      key.previousUntil,
      key.project,
      key.member,
      key.models === null ? null : JSON.stringify(key.models),
      key.accounts === null ? null : JSON.stringify(key.accounts),
      key.createdAt,
      key.expiresAt,
      key.revokedAt,
      key.lastUsedAt,
      key.lastClient,
    ],
  };
}
