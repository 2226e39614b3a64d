import { z } from 'zod';
import { accountPolicySchema, quotaWindowSchema } from '../../src-shared/contract/account.ts';
import type { QuotaWindow } from '../../src-shared/domain/window.ts';
import type { Database, SqlStatement, SqlValue } from '../ledger/database.ts';
import { type Account, type Rest, windowKey } from './account.ts';
import { loadQuota } from './quota-rows.ts';
import { upsert } from './upsert.ts';
import type { WindowTrack } from './window-track.ts';

const text = z.string().nullable();
const accountRowSchema = z.object({
  id: z.string(),
  label: z.string(),
  kind: z.enum(['chatgpt', 'openai']),
  wire: z.enum(['responses', 'chat']),
  base_url: text,
  email: text,
  plan: text,
  upstream_account_id: text,
  upstream_user_id: text,
  linked_file: text,
  enabled: z.number(),
  policy: accountPolicySchema,
  position: z.number(),
  max_concurrency: z.number().nullable(),
  color: text,
  paused: z.number(),
  paused_until: z.number().nullable(),
  pinned_until: z.number().nullable(),
  needs_sign_in: text,
  models: z.string(),
  models_read_at: z.number().nullable(),
  created_at: z.number(),
});
const windowRowSchema = z.object({
  account_id: z.string(),
  family: z.string(),
  length_ms: z.number(),
  used_percent: z.number(),
  resets_at: z.number().nullable(),
  read_at: z.number(),
  source: quotaWindowSchema.shape.source,
});
const restRowSchema = z.object({
  account_id: z.string(),
  family: z.string(),
  until: z.number(),
  reason: z.string(),
  by_person: z.number(),
  since: z.number(),
});

/** Accounts that were deleted while calls ran on them; their secrets are still to be erased. */
export async function loadLeavingAccounts(database: Database): Promise<Account[]> {
  const rows = await database.all('SELECT * FROM accounts WHERE removed_at IS NOT NULL');
  return rows.map((row) => accountOf(accountRowSchema.parse(row)));
}

/** All accounts in the person's order, with the quota and the rests that were known last. */
export async function loadAccounts(database: Database): Promise<Account[]> {
  const [accounts, windows, rests] = await Promise.all([
    database.all('SELECT * FROM accounts WHERE removed_at IS NULL ORDER BY position, created_at, rowid'),
    database.all('SELECT * FROM windows'),
    database.all('SELECT * FROM rests'),
  ]);
  const byId = new Map(accounts.map((row) => accountOf(accountRowSchema.parse(row))).map((each) => [each.id, each]));
  for (const row of windows.map((each) => windowRowSchema.parse(each))) {
    const window: QuotaWindow = {
      family: row.family,
      lengthMs: row.length_ms,
      usedPercent: row.used_percent,
      resetsAt: row.resets_at,
      readAt: row.read_at,
      source: row.source,
    };
    byId.get(row.account_id)?.windows.set(windowKey(window), window);
  }
  for (const row of rests.map((each) => restRowSchema.parse(each))) {
    const { until, reason, since } = row;
    byId.get(row.account_id)?.rests.set(row.family, { until, reason, byPerson: row.by_person !== 0, since });
  }
  await loadQuota(database, byId);
  return [...byId.values()];
}

const accountOf = (row: z.infer<typeof accountRowSchema>): Account => ({
  id: row.id,
  label: row.label,
  kind: row.kind,
  wire: row.wire,
  baseUrl: row.base_url,
  email: row.email,
  plan: row.plan,
  upstreamAccountId: row.upstream_account_id,
  upstreamUserId: row.upstream_user_id,
  linkedFile: row.linked_file,
  enabled: row.enabled !== 0,
  policy: row.policy,
  position: row.position,
  maxConcurrency: row.max_concurrency,
  color: row.color,
  pause: row.paused === 0 ? null : { until: row.paused_until },
  pinnedUntil: row.pinned_until,
  createdAt: row.created_at,
  models: readModels(row.models),
  modelsReadAt: row.models_read_at,
  ...unstored(),
  needsSignIn: row.needs_sign_in,
});

/** What an account begins with: nothing that calls teach is known yet, and most of it is not kept in the account's own row. */
export const unstored = () => ({
  needsSignIn: null,
  keyringLocked: null,
  login: null,
  unsupported: new Map<string, number>(),
  windows: new Map<string, QuotaWindow>(),
  tracks: new Map<string, WindowTrack>(),
  credits: null,
  usage: null,
  usageError: null,
  usageAskedAt: null,
  rests: new Map<string, Rest>(),
  inFlight: 0,
  lastUsedAt: 0,
});

/** What the person has not said anything about yet. */
export const undecided = {
  policy: 'normal',
  position: 0,
  maxConcurrency: null,
  color: null,
  pause: null,
  pinnedUntil: null,
} as const;

function readModels(json: string): ReadonlySet<string> | null {
  const list = z.array(z.string()).nullable().parse(JSON.parse(json));
  return list === null ? null : new Set(list);
}

type StoredField = keyof typeof columnNames;
const columnNames = {
  id: 'id',
  label: 'label',
  kind: 'kind',
  wire: 'wire',
  baseUrl: 'base_url',
  email: 'email',
  plan: 'plan',
  upstreamAccountId: 'upstream_account_id',
  upstreamUserId: 'upstream_user_id',
  linkedFile: 'linked_file',
  enabled: 'enabled',
  policy: 'policy',
  position: 'position',
  maxConcurrency: 'max_concurrency',
  color: 'color',
  pinnedUntil: 'pinned_until',
  needsSignIn: 'needs_sign_in',
  models: 'models',
  modelsReadAt: 'models_read_at',
  createdAt: 'created_at',
} as const satisfies Partial<Record<keyof Account, string>>;

/** The fields of an account that a person or an upstream can change. */
export type AccountChange = Partial<Pick<Account, Exclude<StoredField, 'id' | 'kind' | 'createdAt'> | 'pause'>>;

export function insertAccount(account: Account): SqlStatement {
  const stored = storedFields(account);
  const names = stored.map(([name]) => name);
  return {
    sql: `INSERT INTO accounts (${names.join(', ')}) VALUES (${names.map(() => '?').join(', ')})`,
    params: stored.map(([, value]) => value),
  };
}

/** Only what changed, so that two changes at once do not undo each other. `change` names at least one field. */
export function updateAccount(id: string, change: AccountChange): SqlStatement {
  const stored = storedFields(change);
  return {
    sql: `UPDATE accounts SET ${stored.map(([name]) => `${name} = ?`).join(', ')} WHERE id = ?`,
    params: [...stored.map(([, value]) => value), id],
  };
}

function storedFields(account: Partial<Account>): [name: string, value: SqlValue][] {
  const { models, enabled, pause, ...rest } = account;
  const values: Partial<Record<StoredField, SqlValue | undefined>> = {
    ...rest,
    enabled: enabled === undefined ? undefined : Number(enabled),
    models: models === undefined ? undefined : JSON.stringify(models === null ? null : [...models]),
  };
  const stored = Object.entries(columnNames).flatMap(([field, name]) => {
    const value = values[field as StoredField];
    return value === undefined ? [] : [[name, value] satisfies [string, SqlValue]];
  });
  if (pause === undefined) return stored;
  return [...stored, ['paused', Number(pause !== null)], ['paused_until', pause?.until ?? null]];
}

export const markRemoved = (id: string, at: number): SqlStatement => ({
  sql: 'UPDATE accounts SET removed_at = ? WHERE id = ?',
  params: [at, id],
});

export const eraseAccount = (id: string): SqlStatement[] => [
  { sql: 'DELETE FROM accounts WHERE id = ?', params: [id] },
  { sql: 'DELETE FROM windows WHERE account_id = ?', params: [id] },
  { sql: 'DELETE FROM rests WHERE account_id = ?', params: [id] },
  { sql: 'DELETE FROM window_readings WHERE account_id = ?', params: [id] },
  { sql: 'DELETE FROM account_usage WHERE account_id = ?', params: [id] },
];

export const saveWindow = (id: string, window: QuotaWindow): SqlStatement =>
  upsert(
    'windows',
    {
      account_id: id,
      family: window.family,
      length_ms: window.lengthMs,
      used_percent: window.usedPercent,
      resets_at: window.resetsAt,
      read_at: window.readAt,
      source: window.source,
    },
    ['account_id', 'family', 'length_ms'],
  );

export const eraseWindow = (id: string, window: QuotaWindow): SqlStatement => ({
  sql: 'DELETE FROM windows WHERE account_id = ? AND family = ? AND length_ms = ?',
  params: [id, window.family, window.lengthMs],
});

export const saveRest = (id: string, family: string, { until, reason, byPerson, since }: Rest): SqlStatement =>
  upsert('rests', { account_id: id, family, until, reason, by_person: Number(byPerson), since }, [
    'account_id',
    'family',
  ]);

export const eraseRest = (id: string, family: string): SqlStatement => ({
  sql: 'DELETE FROM rests WHERE account_id = ? AND family = ?',
  params: [id, family],
});
