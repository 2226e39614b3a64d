import { onTestFinished } from 'vitest';
import { type AccountPorts, type Accounts, createAccounts } from '../../../src-main/accounts/accounts.ts';
import { createIssuer, type Issuer } from '../../../src-main/accounts/issuer.ts';
import { createMemoryStore } from '../../../src-main/secrets/memory-store.ts';
import type { SecretStore } from '../../../src-main/secrets/secret-store.ts';
import type { SimulatedAccount } from '../../../src-main/simulator/simulated-account.ts';
import { createSimulator, type Simulator, type SimulatorOptions } from '../../../src-main/simulator/simulator.ts';
import type { AccountView } from '../../../src-shared/contract/account.ts';
import type { Clock } from '../../../src-shared/domain/clock.ts';
import { createCountingBytes } from '../../support/counting-bytes.ts';
import { type CountingFront, startCountingFront } from '../../support/counting-front.ts';
import { createManualTime, type ManualTime } from '../../support/manual-timers.ts';
import { createMemoryDatabase } from '../../support/memory-database.ts';
import { trustingChecks } from '../../support/trusting-checks.ts';

export const NOW = Date.UTC(2026, 10, 23, 12);
export const SECOND = 1_000;
export const MINUTE = 60_000;
export const HOUR = 3_600_000;
export const DAY = 86_400_000;

export interface LoginWorld {
  readonly time: ManualTime;
  readonly simulator: Simulator;
  readonly front: CountingFront;
  readonly issuer: Issuer;
  readonly secrets: SecretStore;
  readonly files: Map<string, string>;
  readonly accounts: Accounts;
  /** The registry as a restarted Relay has it, or one with other ports. */
  open(ports?: Partial<AccountPorts>): Promise<Accounts>;
  /** The sign-in service as another process of Relay sees it: with a lane of its own. */
  freshIssuer(): Issuer;
  add(name: string, path?: string): Promise<{ readonly id: string; readonly upstream: SimulatedAccount }>;
  view(id: string): AccountView;
  /** The bodies of the token exchanges so far. */
  exchanges(): readonly unknown[];
  /** Moves time on in small steps; whatever is sent on the way is answered before the next step. */
  pass(ms: number, stepMs?: number): Promise<void>;
  /** Sets Relay's wall clock, by that much from what it says now. */
  setClock(byMs: number): void;
  /** The machine sleeps: time passes, and Relay's monotonic clock stands still. */
  sleep(ms: number): void;
  /** Closes everything; by itself at the end of the test. */
  end(): Promise<void>;
  /** Resolves when the sign-in service has this many requests on its books. */
  asked(count: number): Promise<void>;
}

/** A registry of accounts in front of a simulated sign-in service, over sockets, in time that only the test moves. */
export async function createLoginWorld(
  names: readonly string[] = ['ann'],
  options: Partial<SimulatorOptions> = {},
): Promise<LoginWorld> {
  const time = createManualTime(NOW);
  let offset = 0;
  let slept = 0;
  const clock: Clock = {
    now: () => time.clock.now() + offset,
    monotonic: () => time.clock.monotonic() - slept,
  };
  const simulator = createSimulator({
    clock: time.clock,
    timers: time.timers,
    accounts: names.map((name) => ({ name, kind: 'chatgpt' })),
    ...options,
  });
  const front = await startCountingFront((await simulator.start()).issuer);
  const issuers: Issuer[] = [];
  const freshIssuer = (): Issuer => {
    const created = createIssuer({ url: front.url, version: '1.2.3', clock, timers: time.timers });
    issuers.push(created);
    return created;
  };
  const issuer = freshIssuer();
  const database = createMemoryDatabase();
  const secrets = createMemoryStore();
  const files = new Map<string, string>();
  const readFile = async (path: string): Promise<string> => {
    const text = files.get(path);
    if (text === undefined) throw new Error('ENOENT');
    return text;
  };
  const opened: Accounts[] = [];
  const open = async (ports: Partial<AccountPorts> = {}): Promise<Accounts> => {
    const registry = await createAccounts({
      database,
      secrets,
      clock,
      timers: time.timers,
      random: () => 0.5,
      issuer,
      randomBytes: createCountingBytes(),
      readFile,
      checks: trustingChecks,
      ...ports,
    });
    opened.push(registry);
    return registry;
  };
  const accounts = await open();
  let isEnded = false;
  const end = async (): Promise<void> => {
    if (isEnded) return;
    isEnded = true;
    await Promise.all(issuers.map((each) => each.close()));
    await front.stop();
    await simulator.stop();
    for (const registry of opened) await registry.settled();
    database.close();
  };
  onTestFinished(end);

  return {
    time,
    simulator,
    front,
    issuer,
    secrets,
    files,
    accounts,
    open,
    freshIssuer,
    end,
    async add(name, path) {
      const upstream = simulator.account(name);
      const content = upstream.authJson();
      if (path !== undefined) files.set(path, content);
      const { id } = await accounts.importAuthJson({
        content,
        label: name,
        acceptShared: true,
        ...(path === undefined ? {} : { path }),
      });
      return { id, upstream };
    },
    view(id) {
      const view = accounts.views().find((each) => each.id === id);
      if (view === undefined) throw new Error(`There is no account ${id}.`);
      return view;
    },
    exchanges: () => simulator.journal.filter(({ path }) => path === '/oauth/token').map(({ body }) => body),
    async pass(ms, stepMs = 15 * SECOND) {
      for (let left = ms; left > 0; left -= stepMs) {
        time.advance(Math.min(stepMs, left));
        await issuer.inTurn(async () => undefined);
      }
    },
    setClock(byMs) {
      offset += byMs;
    },
    sleep(ms) {
      time.clock.advance(ms);
      slept += ms;
    },
    async asked(count) {
      while (simulator.journal.length < count) await new Promise((resolve) => setImmediate(resolve));
    },
  };
}
