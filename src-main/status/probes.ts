import type { AccountView } from '../../src-shared/contract/account.ts';
import { canServe } from '../../src-shared/domain/account-health.ts';
import type { Measurement } from './spans.ts';
import type { Probe } from './status-board.ts';

export interface GatewayFacts {
  /** Asks Relay's own port over a real connection; rejects where it does not answer. */
  readonly ask: () => Promise<void>;
  /** The longest pause of the main thread since the last measurement. */
  readonly longestPauseMs: () => number;
  readonly isDraining: () => boolean;
  /** A person has paused Relay as a whole: it is well, and refuses calls. */
  readonly isPaused: () => boolean;
}

const SLOW_MS = 500;

export const gatewayProbe = ({ ask, longestPauseMs, isDraining }: GatewayFacts): Probe => ({
  id: 'gateway',
  name: 'Gateway',
  async measure() {
    if (isDraining()) return { state: 'degraded', sentence: 'Relay is shutting down: running calls finish.' };
    await ask();
    const pause = longestPauseMs();
    return pause > SLOW_MS
      ? { state: 'degraded', sentence: `It answers, but paused for ${Math.round(pause)} ms.` }
      : { state: 'ok', sentence: 'It answers.' };
  },
});

/** Counts only: labels and mail addresses are nobody's business on a public page. */
export const poolProbe = (views: () => readonly Pick<AccountView, 'health' | 'enabled' | 'pause'>[]): Probe => ({
  id: 'pool',
  name: 'Accounts',
  measure: () => poolMeasurement(views()),
});

export function poolMeasurement(views: readonly Pick<AccountView, 'health' | 'enabled' | 'pause'>[]): Measurement {
  const used = views.filter(({ enabled, pause }) => enabled && pause === null);
  const ready = used.filter(({ health }) => canServe(health.state)).length;
  if (views.length === 0) return { state: 'unknown', sentence: 'There are no accounts.' };
  if (used.length === 0) return { state: 'down', sentence: 'Every account is switched off or paused.' };
  const sentence = `${ready} of ${used.length} ${used.length === 1 ? 'account' : 'accounts'} can serve.`;
  return { state: ready === used.length ? 'ok' : ready > 0 ? 'degraded' : 'down', sentence };
}

export interface StorageFacts {
  readonly ledger: () => { readonly state: 'ok' | 'behind' | 'degraded'; readonly reason: string | null };
  /** A read through the database; rejects where it cannot be read. */
  readonly read: () => Promise<unknown>;
  /** Bytes that are left on the data folder's disk. */
  readonly freeBytes: () => Promise<number>;
}

const LITTLE_SPACE = 200 * 1024 * 1024;

export const storageProbe = ({ ledger, read, freeBytes }: StorageFacts): Probe => ({
  id: 'storage',
  name: 'Call log',
  async measure() {
    const { state, reason } = ledger();
    if (state !== 'ok') return { state: 'degraded', sentence: reason ?? 'It is behind.' };
    await read();
    const free = await freeBytes();
    return free < LITTLE_SPACE
      ? { state: 'degraded', sentence: `Only ${Math.floor(free / 1024 / 1024)} MiB are left on its disk.` }
      : { state: 'ok', sentence: 'It is written and can be read.' };
  },
});

export interface SecretsFacts {
  readonly kind: () => 'keychain' | 'file' | 'memory';
  /** Reads an entry; rejects where the store cannot be used. */
  readonly read: () => Promise<unknown>;
}

/** A probe of a keychain can make the desktop ask for its password. */
const SECRETS_EVERY = 10;
const places = { keychain: 'the OS keychain', file: 'the encrypted file', memory: 'memory' } as const;

/** Looks at the store in every tenth measurement only, and says what it found last in between. */
export function secretsProbe({ kind, read }: SecretsFacts): Probe {
  let round = 0;
  let last: Measurement = { state: 'unknown', sentence: 'Not measured yet.' };
  return {
    id: 'secrets',
    name: 'Secrets',
    async measure() {
      if (round++ % SECRETS_EVERY === 0) last = await look();
      return last;
    },
  };

  async function look(): Promise<Measurement> {
    try {
      await read();
      return { state: 'ok', sentence: `They are in ${places[kind()]}, which can be read.` };
    } catch {
      return { state: 'down', sentence: `They are in ${places[kind()]}, which cannot be read: unlock it.` };
    }
  }
}
