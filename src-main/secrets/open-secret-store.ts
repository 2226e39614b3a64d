import { type Clock, systemClock } from '../../src-shared/domain/clock.ts';
import { RelayError } from '../../src-shared/domain/relay-error.ts';
import { openFileStore } from './file-store.ts';
import { createKeychainStore, type Keytar } from './keychain-store.ts';
import { createLockedStore, reasonOf } from './locked-store.ts';
import { createMemoryStore } from './memory-store.ts';
import type { SealKeyDeriver } from './sealed-secrets.ts';
import type { SecretStore } from './secret-store.ts';

export interface SecretStoreOptions {
  readonly dataDir: string;
  readonly choice: SecretStore['kind'] | undefined;
  /** Asked for only when the file is chosen; `null` where there is none. */
  readonly passphrase: () => Promise<string | null>;
  readonly loadKeytar: () => Promise<Keytar>;
  readonly randomBytes: (size: number) => Buffer;
  readonly clock?: Clock;
  /** Of the file's key; default: anew. */
  readonly derive?: SealKeyDeriver;
}

/** A locked keyring on a machine without a display waits for an answer that nobody can give. */
const PROBE_MS = 20_000;

/**
 * The store that was chosen; without a choice the keychain. A keychain that does not work is never replaced by
 * something weaker: the store then refuses, with the two ways out. Rejects only for the file, which needs a passphrase.
 */
export async function openSecretStore(options: SecretStoreOptions): Promise<SecretStore> {
  const { dataDir, choice, randomBytes, loadKeytar, clock = systemClock } = options;
  switch (choice) {
    case 'memory':
      return createMemoryStore();
    case 'file': {
      const passphrase = await options.passphrase();
      if (passphrase === null || passphrase === '') throw new RelayError('secrets_locked', { message: noPassphrase });
      return openFileStore({ dataDir, passphrase, randomBytes, ...(options.derive && { derive: options.derive }) });
    }
    default: {
      const open = () => openKeychain(loadKeytar, randomBytes);
      try {
        return await open();
      } catch (error) {
        return createLockedStore(reasonOf(error), open, clock);
      }
    }
  }
}

const noPassphrase = 'RELAY_SECRETS=file needs a passphrase: set RELAY_PASSPHRASE or RELAY_PASSPHRASE_FILE.';

/** keytar is an optional dependency; its absence is one of the reasons for which a keychain cannot be used. */
export async function loadKeytar(): Promise<Keytar> {
  const module = await import('keytar').catch((cause: unknown) => {
    const missing = cause instanceof Error && 'code' in cause && cause.code === 'ERR_MODULE_NOT_FOUND';
    throw new Error(missing ? 'keytar is not installed' : `keytar is not available: ${reasonOf(cause)}`, { cause });
  });
  return module.default;
}

async function openKeychain(load: () => Promise<Keytar>, randomBytes: (size: number) => Buffer): Promise<SecretStore> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('it did not answer; it may be locked')), PROBE_MS);
  });
  const probed = (async () => {
    const store = createKeychainStore(await load(), randomBytes);
    await probe(store, randomBytes);
    return store;
  })();
  try {
    return await Promise.race([probed, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Reading alone proves nothing: a locked keyring reads as empty. */
async function probe(store: SecretStore, randomBytes: (size: number) => Buffer): Promise<void> {
  const name = `probe-${randomBytes(6).toString('hex')}`;
  const value = randomBytes(16).toString('hex');
  await store.set(name, value);
  const read = await store.get(name);
  await store.delete(name);
  if (read !== value) throw new Error('it does not keep what is put into it; it may be locked');
}
