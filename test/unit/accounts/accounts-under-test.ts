import { type AccountPorts, type Accounts, createAccounts } from '../../../src-main/accounts/accounts.ts';
import { createIssuer } from '../../../src-main/accounts/issuer.ts';
import { createMemoryStore } from '../../../src-main/secrets/memory-store.ts';
import type { SecretStore } from '../../../src-main/secrets/secret-store.ts';
import type { AccountView } from '../../../src-shared/contract/account.ts';
import { createCountingBytes } from '../../support/counting-bytes.ts';
import { createManualTime, type ManualTime } from '../../support/manual-timers.ts';
import { createMemoryDatabase } from '../../support/memory-database.ts';
import { trustingChecks } from '../../support/trusting-checks.ts';
import { ada, loginFile } from './login-file.ts';

export const NOW = Date.UTC(2026, 10, 23, 12);
export const HOUR = 3_600_000;

export interface World {
  readonly database: ReturnType<typeof createMemoryDatabase>;
  readonly secrets: SecretStore;
  readonly clock: ManualTime['clock'];
  /** The same clock with its timers: moves it and lets end what ends on the way. */
  readonly time: ManualTime;
  /** What stands where in the file system, and how often Relay looked. */
  readonly files: Map<string, string>;
  readonly reads: () => number;
  readonly accounts: Accounts;
  /** The registry as a restarted Relay has it, or one with other ports. */
  open(ports?: Partial<AccountPorts>): Promise<Accounts>;
  /** What a restarted Relay shows once it has read its secrets. */
  viewsAfterRestart(): Promise<AccountView[]>;
  importAda(path?: string): Promise<AccountView>;
}

/** A registry on the real schema in memory. */
export async function createWorld(): Promise<World> {
  const database = createMemoryDatabase();
  const secrets = createMemoryStore();
  const time = createManualTime(NOW);
  const { clock, timers } = time;
  // Nobody listens there: what these tests are about needs no sign-in service.
  const issuer = createIssuer({ url: 'http://127.0.0.1:9', version: '1.2.3', clock, timers });
  const files = new Map<string, string>();
  const randomBytes = createCountingBytes();
  let reads = 0;
  const readFile = async (path: string): Promise<string> => {
    reads += 1;
    const text = files.get(path);
    if (text === undefined) throw new Error('ENOENT');
    return text;
  };
  const open = (ports: Partial<AccountPorts> = {}): Promise<Accounts> =>
    createAccounts({
      ...{ database, secrets, clock, timers, random: () => 0.5, issuer, randomBytes, readFile, checks: trustingChecks },
      ...ports,
    });
  const accounts = await open();
  return {
    database,
    secrets,
    clock,
    time,
    files,
    reads: () => reads,
    accounts,
    open,
    async viewsAfterRestart() {
      const reopened = await open();
      for (const { id } of reopened.list()) await reopened.credential(id);
      return reopened.views();
    },
    importAda: (path) =>
      accounts.importAuthJson({
        content: loginFile(ada),
        acceptShared: true,
        ...(path === undefined ? {} : { path }),
      }),
  };
}

/** One API key account for each label; their ids, in that order. */
export async function addKeys({ accounts }: World, labels: readonly string[]): Promise<string[]> {
  const ids: string[] = [];
  for (const label of labels) {
    ids.push((await accounts.addApiKey({ apiKey: `sk-${label}`, wire: 'responses', label })).id);
  }
  return ids;
}
