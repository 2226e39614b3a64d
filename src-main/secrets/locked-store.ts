import type { Clock } from '../../src-shared/domain/clock.ts';
import { RelayError } from '../../src-shared/domain/relay-error.ts';
import type { SecretStore } from './secret-store.ts';

/** A probe can make the desktop ask for the keyring's password, so it is not repeated with every call. */
const PROBE_AGAIN_MS = 10_000;

/** Stands in for a keychain that cannot be used: refuses, says the two ways out, and looks again now and then. */
export function createLockedStore(
  firstReason: string,
  openKeychain: () => Promise<SecretStore>,
  clock: Clock,
): SecretStore {
  let opened: SecretStore | null = null;
  let reason = firstReason;
  let probedAt = clock.monotonic();
  let probing: Promise<void> | null = null;

  const probe = async (): Promise<void> => {
    probedAt = clock.monotonic();
    try {
      opened = await openKeychain();
    } catch (error) {
      reason = reasonOf(error);
    }
  };
  const usable = async (): Promise<SecretStore> => {
    if (opened === null && (probing !== null || clock.monotonic() - probedAt >= PROBE_AGAIN_MS)) {
      probing ??= probe().finally(() => {
        probing = null;
      });
      await probing;
    }
    if (opened === null) throw new RelayError('secrets_locked', { message: waysOut(reason) });
    return opened;
  };

  return {
    kind: 'keychain',
    describe: () => opened?.describe() ?? `none: ${waysOut(reason)}`,
    get: async (name) => (await usable()).get(name),
    set: async (name, value) => (await usable()).set(name, value),
    delete: async (name) => (await usable()).delete(name),
  };
}

/** The first line of an error, short enough for a sentence. */
export const reasonOf = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).split('\n', 1)[0]!.replace(/\.$/, '').slice(0, 160);

const waysOut = (reason: string): string =>
  `The OS keychain cannot be used (${reason}). Unlock or install a keyring, or start Relay with RELAY_SECRETS=file and RELAY_PASSPHRASE or RELAY_PASSPHRASE_FILE.`;
