import type { Actor } from '../../src-shared/contract/audit.ts';
import type { SecretsMove, SecretsMoved, SecretsView } from '../../src-shared/contract/secrets.ts';
import type { MovableStore, SecretName } from './movable-store.ts';
import type { SecretStore } from './secret-store.ts';

export interface SecretMoverPorts {
  readonly store: MovableStore;
  readonly open: (kind: SecretsMove['to'], passphrase: string | null) => Promise<SecretStore>;
  readonly names: () => readonly SecretName[];
  /** Written down as what the next start opens. */
  readonly remember: (kind: SecretsMove['to']) => Promise<void>;
  /** RELAY_SECRETS of this run: it wins over what is remembered. */
  readonly fixed: 'keychain' | 'file' | 'memory' | null;
  /** Whether this run was given the passphrase by its environment. */
  readonly hasPassphrase: boolean;
  /** Writes down who did it. */
  readonly moved: (moved: SecretsMoved, by: Actor) => Promise<void>;
}

export interface SecretMover {
  view(): SecretsView;
  move(wanted: SecretsMove, by: Actor): Promise<SecretsMoved>;
}

/** Moving all secrets from one place to the other, and what a person has to do for the next start. */
export function createSecretMover(ports: SecretMoverPorts): SecretMover {
  const { store } = ports;
  const view = (): SecretsView => ({ kind: store.kind, place: store.describe() });
  return {
    view,
    async move({ to, passphrase }, by) {
      const { moved, left } = await store.move({
        open: () => ports.open(to, passphrase ?? null),
        names: ports.names,
        remember: () => ports.remember(to),
      });
      const result = { ...view(), moved, left: left.length, next: nextStep(ports, to) };
      await ports.moved(result, by);
      return result;
    },
  };
}

function nextStep({ fixed, hasPassphrase }: SecretMoverPorts, to: SecretsMove['to']): string | null {
  const steps: string[] = [];
  if (fixed !== null && fixed !== to) steps.push(`RELAY_SECRETS says ${fixed}: set it to ${to}, or take it away.`);
  if (to === 'file' && !hasPassphrase) {
    steps.push('Relay needs the passphrase at every start: set RELAY_PASSPHRASE or RELAY_PASSPHRASE_FILE.');
  }
  return steps.length === 0 ? null : steps.join(' ');
}
