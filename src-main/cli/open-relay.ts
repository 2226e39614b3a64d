import { join } from 'node:path';
import { RelayError } from '../../src-shared/domain/relay-error.ts';
import { prepareDataFolder } from '../config/data-folder.ts';
import { readLock } from '../config/lock.ts';
import { createLog } from '../log/log.ts';
import { createApiAccess } from './api-access.ts';
import { folderPortability } from './portable-access.ts';
import { Refused } from './refused.ts';
import type { RelayAccess, RunningRelay } from './relay-access.ts';
import { dataDirOf, passphraseOf, type Terminal } from './terminal.ts';

const pollMs = 100;
/** How long a command waits for another one, or for a Relay that is just starting or ending. */
const patienceMs = 15_000;

/** The Relay that runs on this data folder; `null` where none does. */
export async function findRunning(dataDir: string, client: 'cli' | 'tray' = 'cli'): Promise<RunningRelay | null> {
  const holder = await readLock(dataDir);
  if (holder === null || holder.url === null || holder.apiToken === null) return null;
  return createApiAccess({ url: holder.url, apiToken: holder.apiToken, pid: holder.pid }, client);
}

export async function requireRunning(terminal: Terminal): Promise<RunningRelay> {
  const running = await findRunning(dataDirOf(terminal));
  if (running === null) throw new Refused('Relay is not running. Start it with: relay serve');
  return running;
}

/** Runs a command with the Relay that runs, or else in the data folder itself. */
export async function withRelay<T>(terminal: Terminal, use: (relay: RelayAccess) => Promise<T>): Promise<T> {
  const { relay, close } = await whenFree(terminal, async (): Promise<OpenRelay> => {
    const running = await findRunning(dataDirOf(terminal));
    return running === null ? openFolder(terminal) : { relay: running, close: async () => undefined };
  });
  try {
    return await use(relay);
  } finally {
    await close();
  }
}

/** Tries again while another command holds the data folder, for a while. */
export async function whenFree<T>(terminal: Terminal, open: () => Promise<T>): Promise<T> {
  const deadline = terminal.now() + patienceMs;
  for (;;) {
    try {
      return await open();
    } catch (error) {
      const isHeld = error instanceof RelayError && error.code === 'conflict';
      if (!isHeld || terminal.now() >= deadline) throw error;
      await terminal.wait(pollMs);
    }
  }
}

interface OpenRelay {
  readonly relay: RelayAccess;
  readonly close: () => Promise<void>;
}

async function openFolder(terminal: Terminal): Promise<OpenRelay> {
  const dataDir = dataDirOf(terminal);
  const environment = terminal.environment();
  prepareDataFolder(dataDir);
  const log = createLog({ dir: join(dataDir, 'logs'), level: environment.logLevel, stderr: 'warn' });
  // Loaded late: commands that only talk to a running Relay start three times as fast without it.
  const { createRelay } = await import('../relay.ts');
  const passphrase = passphraseOf(terminal);
  const {
    accounts,
    desk,
    signIns,
    keys,
    budgets,
    ledger,
    secretMover,
    rehearsal,
    pause,
    portability,
    doctor,
    usage,
    stop,
  } = await createRelay({
    dataDir,
    environment,
    port: 0,
    log,
    passphrase,
  });
  return {
    relay: {
      // What comes is kept as it is: its model list is read when Relay runs.
      accounts: { ...desk, ...desk.as('cli'), ...accounts.as('cli'), wake: desk.as('cli').wake },
      signIns: { ...signIns, start: (wanted) => signIns.start(wanted, 'cli') },
      keys,
      budgets,
      secrets: secretMover,
      rehearsal,
      portability: folderPortability(portability),
      pause,
      doctor: doctor.examine,
      usage,
      calls: ledger.calls,
      failures: ledger.failures,
    },
    async close() {
      await stop();
      await log.close();
    },
  };
}
