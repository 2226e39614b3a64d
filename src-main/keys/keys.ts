import { type KeyCreate, type KeyCreated, type KeyView, keyCreateSchema } from '../../src-shared/contract/key.ts';
import type { Clock } from '../../src-shared/domain/clock.ts';
import { RelayError } from '../../src-shared/domain/relay-error.ts';
import type { Database } from '../ledger/database.ts';
import { putKey, readKeyRow, type StoredKey } from './key-rows.ts';
import { digestOfKey, isKeyShaped, newKeySecret, prefixOfKey } from './key-secret.ts';

export interface KeyIdentity {
  readonly id: string;
  readonly name: string;
  readonly project: string | null;
  readonly member: string | null;
  readonly models: readonly string[] | null;
  readonly accounts: readonly string[] | null;
}

export interface Keys {
  /** Who a secret belongs to; `null` for what is unknown, expired or revoked. Found by digest, so no comparison leaks time. */
  authenticate(secret: string): KeyIdentity | null;
  /** The answer is the only place where the secret is shown. */
  create(input: KeyCreate): Promise<KeyCreated>;
  list(): KeyView[];
  /** A new secret; the old one stays valid for `graceMs` (default: not at all). Rejects with `not_found`. */
  rotate(id: string, graceMs?: number): Promise<KeyCreated>;
  /** Takes effect on the next request. Rejects with `not_found`. */
  revoke(id: string): Promise<KeyView>;
  /** Notes the last use; written down now and then, not once per call. */
  touch(id: string, client: string | null, at: number): void;
  /** Resolves when everything noted so far is written. */
  settled(): Promise<void>;
}

export interface KeyPorts {
  readonly database: Database;
  readonly clock: Clock;
  readonly randomBytes: (size: number) => Buffer;
}

/** At most one write per this time for all last uses together. */
const TOUCH_EVERY_MS = 5_000;

export async function createKeys({ database, clock, randomBytes }: KeyPorts): Promise<Keys> {
  const keys = new Map<string, StoredKey>();
  const byDigest = new Map<string, StoredKey>();
  const touched = new Set<string>();
  let touchTimer: NodeJS.Timeout | undefined;

  const hold = (key: StoredKey): void => {
    keys.set(key.id, key);
    byDigest.set(key.digest, key);
    if (key.previousDigest !== null) byDigest.set(key.previousDigest, key);
  };
  for (const row of await database.all('SELECT * FROM keys ORDER BY created_at, id')) hold(readKeyRow(row));

  const known = (id: string): StoredKey => {
    const key = keys.get(id);
    if (key === undefined) throw new RelayError('not_found', { message: 'There is no such key.' });
    return key;
  };
  const writeTouched = async (): Promise<void> => {
    clearTimeout(touchTimer);
    touchTimer = undefined;
    const statements = [...touched].map((id) => putKey(known(id)));
    touched.clear();
    if (statements.length > 0) await database.run(statements);
  };

  return {
    authenticate(secret) {
      if (!isKeyShaped(secret)) return null;
      const digest = digestOfKey(secret);
      const key = byDigest.get(digest);
      const now = clock.now();
      if (key === undefined || key.revokedAt !== null) return null;
      if (key.expiresAt !== null && key.expiresAt <= now) return null;
      if (digest !== key.digest && (key.previousUntil ?? 0) <= now) return null;
      return identityOf(key);
    },
    async create(input) {
      const given = keyCreateSchema.parse(input);
      const secret = newKeySecret(randomBytes);
      const key: StoredKey = {
        ...given,
        id: `key_${randomBytes(9).toString('base64url')}`,
        prefix: prefixOfKey(secret),
        createdAt: clock.now(),
        revokedAt: null,
        lastUsedAt: null,
        lastClient: null,
        digest: digestOfKey(secret),
        previousDigest: null,
        previousUntil: null,
      };
      await database.run([putKey(key)]);
      hold(key);
      return { key: viewOf(key), secret };
    },
    list: () => [...keys.values()].map(viewOf),
    async rotate(id, graceMs = 0) {
      const key = known(id);
      if (key.revokedAt !== null)
        throw new RelayError('conflict', { message: 'This key is revoked. Create a new one.' });
      const secret = newKeySecret(randomBytes);
      const rotated: StoredKey = {
        ...key,
        prefix: prefixOfKey(secret),
        digest: digestOfKey(secret),
        previousDigest: graceMs > 0 ? key.digest : null,
        previousUntil: graceMs > 0 ? clock.now() + graceMs : null,
      };
      await database.run([putKey(rotated)]);
      byDigest.delete(key.digest);
      if (key.previousDigest !== null) byDigest.delete(key.previousDigest);
      Object.assign(key, rotated);
      hold(key);
      return { key: viewOf(key), secret };
    },
    async revoke(id) {
      const key = known(id);
      const revokedAt = key.revokedAt ?? clock.now();
      await database.run([putKey({ ...key, revokedAt })]);
      key.revokedAt = revokedAt;
      return viewOf(key);
    },
    touch(id, client, at) {
      const key = keys.get(id);
      if (key === undefined) return;
      key.lastUsedAt = at;
      key.lastClient = client;
      touched.add(id);
      touchTimer ??= setTimeout(() => void writeTouched().catch(() => {}), TOUCH_EVERY_MS).unref();
    },
    settled: writeTouched,
  };
}

const identityOf = ({ id, name, project, member, models, accounts }: StoredKey): KeyIdentity => ({
  id,
  name,
  project,
  member,
  models,
  accounts,
});

function viewOf(key: StoredKey): KeyView {
  const { digest: _digest, previousDigest: _previous, previousUntil: _until, ...view } = key;
  return view;
}
