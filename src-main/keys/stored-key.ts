import { z } from 'zod';
import { type KeyPatch, type KeyView, keySchema } from '../../src-shared/contract/key.ts';
import type { SqlStatement, SqlValue } from '../ledger/database.ts';

/** A key as the database has it: with the digests of its secret and of the one it replaced. */
const storedKeySchema = keySchema.extend({
  digest: z.string(),
  previousDigest: z.string().nullable(),
});
export type StoredKey = z.infer<typeof storedKeySchema>;

const columns = {
  id: 'id',
  name: 'name',
  prefix: 'prefix',
  digest: 'digest',
  previousDigest: 'previous_digest',
  previousUntil: 'previous_until',
  project: 'project',
  member: 'member',
  models: 'models',
  accounts: 'accounts',
  requestsPerMinute: 'requests_per_minute',
  tokensPerMinute: 'tokens_per_minute',
  concurrency: 'concurrency',
  maxOutputTokens: 'max_output_tokens',
  endpoints: 'endpoints',
  effortCeiling: 'effort_ceiling',
  overflow: 'overflow',
  splice: 'splice',
  capture: 'capture',
  createdAt: 'created_at',
  expiresAt: 'expires_at',
  revokedAt: 'revoked_at',
  lastUsedAt: 'last_used_at',
  lastClient: 'last_client',
} as const satisfies Record<keyof StoredKey, string>;
type Field = keyof typeof columns;
const fields = Object.keys(columns) as Field[];

const selection = fields.map((field) => `${columns[field]} AS "${field}"`).join(', ');
export const selectKeys = `SELECT ${selection} FROM keys ORDER BY created_at, id`;

export function readKeyRow(row: Record<string, unknown>): StoredKey {
  return storedKeySchema.parse({
    ...row,
    models: readList(row['models']),
    accounts: readList(row['accounts']),
    endpoints: readList(row['endpoints']),
    overflow: row['overflow'] === 1,
  });
}

const readList = (text: unknown): unknown => (text === null ? null : JSON.parse(String(text)));

/** Lists are kept as JSON, yes and no as 1 and 0. */
function stored(value: StoredKey[Field]): SqlValue {
  if (Array.isArray(value)) return JSON.stringify(value);
  return typeof value === 'boolean' ? Number(value) : (value as SqlValue);
}

export const insertKey = (key: StoredKey): SqlStatement => ({
  sql: `INSERT INTO keys (${Object.values(columns).join(', ')}) VALUES (${fields.map(() => '?').join(', ')})`,
  params: fields.map((field) => stored(key[field])),
});

/** Only what is named, so that two changes at once do not undo each other; `null` where nothing is. */
export function updateKey(id: string, change: Partial<StoredKey>): SqlStatement | null {
  const named = fields.filter((field) => change[field] !== undefined);
  if (named.length === 0) return null;
  return {
    sql: `UPDATE keys SET ${named.map((field) => `${columns[field]} = ?`).join(', ')} WHERE id = ?`,
    params: [...named.map((field) => stored(change[field] as StoredKey[Field])), id],
  };
}

/** What a change names, and nothing of what it leaves out. */
export const namedIn = (patch: KeyPatch): Partial<StoredKey> =>
  Object.fromEntries(Object.entries(patch).filter(([, value]) => value !== undefined));

export function viewOf(key: StoredKey): KeyView {
  const { digest: _digest, previousDigest: _previousDigest, ...view } = key;
  return view;
}
