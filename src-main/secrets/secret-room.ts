import type { Clock } from '../../src-shared/domain/clock.ts';
import type { Environment } from '../config/environment.ts';
import type { SettingsStore } from '../config/settings-store.ts';
import { createMovableStore } from './movable-store.ts';
import { loadKeytar, openSecretStore } from './open-secret-store.ts';
import { deriveSealKey, type SealKeyDeriver } from './sealed-secrets.ts';
import { createSecretMover, type SecretMover, type SecretMoverPorts } from './secret-mover.ts';
import type { SecretStore } from './secret-store.ts';

export interface SecretRoomPorts {
  readonly dataDir: string;
  readonly environment: Pick<Environment, 'secrets' | 'passphrase'>;
  readonly settings: SettingsStore;
  /** For the encrypted file; `null` where there is none. */
  readonly passphrase: () => Promise<string | null>;
  readonly randomBytes: (size: number) => Buffer;
  readonly clock: Clock;
  readonly deriveSealKey?: SealKeyDeriver | undefined;
}

export interface SecretRoom {
  readonly store: SecretStore;
  /** `names` is every secret that there is when somebody moves them. */
  mover(ports: Pick<SecretMoverPorts, 'names' | 'moved'>): SecretMover;
}

/** The store that RELAY_SECRETS names, else the one that the secrets were moved to last, else the keychain. */
export async function openSecretRoom(ports: SecretRoomPorts): Promise<SecretRoom> {
  const { dataDir, environment, settings, randomBytes, clock } = ports;
  const derive = ports.deriveSealKey ?? deriveSealKey;
  const open = (choice: SecretStore['kind'] | null, passphrase: () => Promise<string | null>) =>
    openSecretStore({ dataDir, choice: choice ?? undefined, passphrase, loadKeytar, randomBytes, clock, derive });
  const store = createMovableStore(await open(environment.secrets ?? settings.get('secrets.store'), ports.passphrase));
  return {
    store,
    mover: ({ names, moved }) =>
      createSecretMover({
        store,
        open: (kind, given) => open(kind, async () => given ?? environment.passphrase),
        names,
        remember: async (kind) => void (await settings.patch({ 'secrets.store': kind })),
        fixed: environment.secrets,
        hasPassphrase: environment.passphrase !== null,
        moved,
      }),
  };
}
