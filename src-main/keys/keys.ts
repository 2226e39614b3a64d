import {
  type KeyCreate,
  type KeyCreated,
  type KeyPatch,
  type KeyView,
  keyCreateSchema,
  keyPatchSchema,
} from '../../src-shared/contract/key.ts';
import type { PortableKey } from '../../src-shared/contract/portable.ts';
import type { Clock } from '../../src-shared/domain/clock.ts';
import { RelayError } from '../../src-shared/domain/relay-error.ts';
import type { Database } from '../ledger/database.ts';
import { portableKeys, type StagedKeys, stageKeys } from './key-import.ts';
import type { RateLimits } from './key-limits.ts';
import { digestOf, isSecretShaped, makeSecret, prefixOf, type RandomBytes, sameDigest } from './key-secret.ts';
import { insertKey, namedIn, readKeyRow, type StoredKey, selectKeys, updateKey, viewOf } from './stored-key.ts';

/** How long the old secret keeps working after a rotation, when nobody says otherwise. */
const defaultGraceMs = 24 * 60 * 60 * 1_000;
/** Last uses are written this often at most, not once per call. */
const touchMs = 2_000;

/** Who a call comes from, and what it may use; `null` allows all. */
export interface KeyIdentity {
  readonly id: string;
  readonly name: string;
  readonly project: string | null;
  readonly member: string | null;
  readonly models: readonly string[] | null;
  readonly accounts: readonly string[] | null;
  readonly limits: RateLimits;
  /** Tokens of output that one call may have. */
  readonly maxOutputTokens: number | null;
  readonly endpoints: KeyView['endpoints'];
  readonly effortCeiling: KeyView['effortCeiling'];
  /** May be served from a metered API key once the subscriptions are spent. */
  readonly overflow: boolean;
  /** `null` goes by the setting. */
  readonly splice: 'text' | 'off' | null;
  /** Whose calls' bodies are kept; `null` for none. */
  readonly capture: KeyView['capture'];
}

export interface Keys {
  /** `null` for anything that is not a key of this Relay that is valid now. Never throws and never repeats what it was given. */
  authenticate(secret: string): KeyIdentity | null;
  /** False only for what no valid key looks like by its first characters, which are no secret. Looks nothing up. */
  looksKnown(secret: string): boolean;
  /** The same for a key that is known by its id. */
  identity(id: string): KeyIdentity | null;
  /** Oldest first, with the revoked ones. */
  list(): KeyView[];
  /** The only time the secret is shown. Rejects with `invalid_value` or `storage_error`. */
  create(wanted: KeyCreate): Promise<KeyCreated>;
  /** From this moment on the new values hold. Rejects with `not_found` or `storage_error`. */
  change(id: string, wanted: KeyPatch): Promise<KeyView>;
  /** A new secret for the same key; the old one works for `graceMs` more. Rejects with `not_found` or `conflict`. */
  rotate(id: string, graceMs?: number): Promise<KeyCreated>;
  /** From this moment on no secret of the key is accepted, even where writing that down fails. */
  revoke(id: string): Promise<KeyView>;
  /** The valid keys with the digests of their secrets, to be taken elsewhere. */
  portable(): PortableKey[];
  /** Works out what taking keys over changes. Throws `invalid_value`. */
  stage(wanted: readonly PortableKey[]): StagedKeys;
  /** Notes a use; written to the database a moment later, many at once. */
  touch(id: string, client: string | null, at: number): void;
  /** Writes the noted uses now; for the end of a run. */
  flush(): Promise<void>;
}

export interface KeysPorts {
  readonly database: Database;
  readonly clock: Clock;
  readonly randomBytes: RandomBytes;
  /** Default: SHA-256, as the stored digests are. */
  readonly hash?: (secret: string) => string;
}

interface Entry {
  key: StoredKey;
  identity: KeyIdentity;
}

/** Reads all keys into memory, so that no call waits for the database to be let in. */
export async function createKeys({ database, clock, randomBytes, hash = digestOf }: KeysPorts): Promise<Keys> {
  const entries = new Map<string, Entry>();
  const byDigest = new Map<string, Entry>();
  const touched = new Set<string>();
  const rotating = new Set<string>();
  let touchTimer: NodeJS.Timeout | null = null;

  function keep(key: StoredKey): void {
    const entry = entries.get(key.id) ?? { key, identity: identityOf(key) };
    for (const digest of digestsOf(entry.key)) byDigest.delete(digest);
    entry.key = key;
    entry.identity = identityOf(key);
    entries.set(key.id, entry);
    for (const digest of digestsOf(key)) byDigest.set(digest, entry);
  }

  for (const row of await database.all(selectKeys)) keep(readKey(row));

  function known(id: string): StoredKey {
    const key = entries.get(id)?.key;
    if (key !== undefined) return key;
    throw new RelayError('not_found', { message: 'There is no key with this id. See them with: relay keys list' });
  }

  const stored = (): StoredKey[] => [...entries.values()].map(({ key }) => key);

  const isValid = ({ revokedAt, expiresAt }: StoredKey): boolean =>
    revokedAt === null && (expiresAt === null || expiresAt > clock.now());

  function authenticate(secret: string): KeyIdentity | null {
    // Whatever it looks like, it goes the same way: one digest, one look-up (FAULTS A-12).
    const digest = hash(secret);
    const entry = byDigest.get(digest);
    if (entry === undefined) return null;
    const { key } = entry;
    if (!isValid(key)) return null;
    if (sameDigest(digest, key.digest)) return entry.identity;
    return key.previousUntil !== null && clock.now() < key.previousUntil ? entry.identity : null;
  }

  function looksKnown(secret: string): boolean {
    if (!isSecretShaped(secret)) return false;
    const prefix = prefixOf(secret);
    for (const { key } of entries.values()) {
      // Of a secret that was rotated away the beginning is not kept.
      const inGrace = key.previousUntil !== null && clock.now() < key.previousUntil;
      if ((key.prefix === prefix || inGrace) && isValid(key)) return true;
    }
    return false;
  }

  async function write(id: string, change: Partial<StoredKey>): Promise<void> {
    const statement = updateKey(id, change);
    if (statement !== null) await database.run([statement]);
  }

  async function create(wanted: KeyCreate): Promise<KeyCreated> {
    const parsed = keyCreateSchema.safeParse(wanted);
    if (!parsed.success) throw badField(String(parsed.error.issues[0]?.path[0] ?? 'name'));
    if (parsed.data.expiresAt !== null && parsed.data.expiresAt <= clock.now()) {
      throw new RelayError('invalid_value', {
        message: 'This expiry has passed already. Choose a later one.',
        param: 'expiresAt',
      });
    }
    const secret = makeSecret(randomBytes);
    const key: StoredKey = {
      id: `key_${Buffer.from(randomBytes(12)).toString('hex')}`,
      ...parsed.data,
      prefix: prefixOf(secret),
      digest: digestOf(secret),
      previousDigest: null,
      previousUntil: null,
      createdAt: clock.now(),
      revokedAt: null,
      lastUsedAt: null,
      lastClient: null,
    };
    await database.run([insertKey(key)]);
    keep(key);
    return { key: viewOf(key), secret };
  }

  async function change(id: string, wanted: KeyPatch): Promise<KeyView> {
    known(id);
    const parsed = keyPatchSchema.safeParse(wanted);
    if (!parsed.success) throw badField(String(parsed.error.issues[0]?.path[0] ?? 'name'));
    const named = namedIn(parsed.data);
    await write(id, named);
    keep({ ...known(id), ...named });
    return viewOf(known(id));
  }

  async function rotate(id: string, graceMs = defaultGraceMs): Promise<KeyCreated> {
    const now = clock.now();
    const old = known(id);
    if (old.revokedAt !== null || (old.expiresAt !== null && old.expiresAt <= now)) {
      throw new RelayError('conflict', { message: 'This key is revoked or expired. Create a new one.' });
    }
    if (rotating.has(id)) {
      throw new RelayError('conflict', { message: 'This key is being rotated already. Use the secret that gave.' });
    }
    const secret = makeSecret(randomBytes);
    const fresh = {
      prefix: prefixOf(secret),
      digest: digestOf(secret),
      previousDigest: old.digest,
      previousUntil: now + graceMs,
    };
    rotating.add(id);
    try {
      await write(id, fresh);
    } finally {
      rotating.delete(id);
    }
    // Read again: the key may have been revoked or used while this was written.
    const key = { ...known(id), ...fresh };
    keep(key);
    return { key: viewOf(key), secret };
  }

  async function revoke(id: string): Promise<KeyView> {
    const old = known(id);
    if (old.revokedAt === null) keep({ ...old, revokedAt: clock.now() });
    await write(id, { revokedAt: known(id).revokedAt });
    return viewOf(known(id));
  }

  async function flush(): Promise<void> {
    if (touchTimer !== null) clearTimeout(touchTimer);
    touchTimer = null;
    const ids = [...touched];
    touched.clear();
    const statements = ids.flatMap((id) => {
      const { lastUsedAt, lastClient } = known(id);
      return updateKey(id, { lastUsedAt, lastClient }) ?? [];
    });
    if (statements.length > 0) await database.run(statements);
  }

  function flushLater(): void {
    // A last use that could not be written is not worth a failed call; the next use is tried again.
    touchTimer ??= setTimeout(() => flush().catch(() => {}), touchMs).unref();
  }

  return {
    authenticate,
    looksKnown,
    identity(id) {
      const entry = entries.get(id);
      return entry !== undefined && isValid(entry.key) ? entry.identity : null;
    },
    list: () => [...entries.values()].map((entry) => viewOf(entry.key)),
    create,
    change,
    rotate,
    revoke,
    portable: () => portableKeys(stored(), clock.now()),
    stage: (wanted) => stageKeys(wanted, stored(), keep, (id) => entries.get(id)?.key),
    touch(id, client, at) {
      const entry = entries.get(id);
      if (entry === undefined) return;
      entry.key = { ...entry.key, lastUsedAt: at, lastClient: client };
      touched.add(id);
      flushLater();
    },
    flush,
  };
}

function readKey(row: Record<string, unknown>): StoredKey {
  try {
    return readKeyRow(row);
  } catch (error) {
    const message = 'A key in the database cannot be read. Put a backup of relay.db in its place.';
    throw new RelayError('storage_error', { message, cause: error });
  }
}

const digestsOf = (key: StoredKey): string[] =>
  key.previousDigest === null ? [key.digest] : [key.digest, key.previousDigest];

const identityOf = (key: StoredKey): KeyIdentity => ({
  id: key.id,
  name: key.name,
  project: key.project,
  member: key.member,
  models: key.models,
  accounts: key.accounts,
  limits: {
    requestsPerMinute: key.requestsPerMinute,
    tokensPerMinute: key.tokensPerMinute,
    concurrency: key.concurrency,
  },
  maxOutputTokens: key.maxOutputTokens,
  endpoints: key.endpoints,
  effortCeiling: key.effortCeiling,
  overflow: key.overflow,
  splice: key.splice,
  capture: key.capture,
});

const badField = (param: string): RelayError =>
  new RelayError('invalid_value', { message: `A key cannot be made with this ${param}. Change it.`, param });
