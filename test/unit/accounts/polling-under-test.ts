import { onTestFinished } from 'vitest';
import type { Account } from '../../../src-main/accounts/account.ts';
import { type Accounts, createAccounts } from '../../../src-main/accounts/accounts.ts';
import { createIssuer } from '../../../src-main/accounts/issuer.ts';
import { createQuotaPolling, type QuotaPolling } from '../../../src-main/accounts/quota-polling.ts';
import { createMemoryStore } from '../../../src-main/secrets/memory-store.ts';
import type { SimulatedAccountSpec } from '../../../src-main/simulator/simulated-account.ts';
import { createSimulator } from '../../../src-main/simulator/simulator.ts';
import { createChatgptUpstream } from '../../../src-main/upstreams/chatgpt/chatgpt-upstream.ts';
import { createExchanges } from '../../../src-main/upstreams/exchange.ts';
import type { Timers } from '../../../src-shared/domain/timers.ts';
import { createCountingBytes } from '../../support/counting-bytes.ts';
import { createManualClock } from '../../support/manual-clock.ts';
import { createMemoryDatabase } from '../../support/memory-database.ts';
import { trustingChecks } from '../../support/trusting-checks.ts';

const START = Date.UTC(2026, 10, 23, 6);
export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

/** A reading as the simulator's journal has it. */
interface Reading {
  readonly account: string | null;
  /** Since the start of the scene (ms). */
  readonly at: number;
}

type Pending = 'accounts' | 'polling';

/** Real accounts, a real upstream driver and a real simulator on one clock that stands still until `pass` moves it. */
export async function createPollingScene(
  specs: readonly SimulatedAccountSpec[],
  { random = () => 0.5 }: { random?: () => number } = {},
) {
  const clock = createManualClock(START);
  const simulator = createSimulator({ clock, accounts: specs, accessTokenTtlMs: 90 * DAY, journalLimit: 100_000 });
  const { chatgptBaseUrl, issuer: issuerUrl } = await simulator.start();
  const exchanges = createExchanges(() => 5_000);
  const upstream = createChatgptUpstream({
    exchanges,
    baseUrl: chatgptBaseUrl,
    version: '1.2.3',
    clientVersion: '0.169.0',
    patienceMs: 1_000,
  });
  const database = createMemoryDatabase();
  const secrets = createMemoryStore();
  const pending = new Set<{ readonly of: Pending; readonly dueAt: number; readonly run: () => void }>();
  const timersOf = (of: Pending): Timers => ({
    set(delayMs, run) {
      const timer = { of, dueAt: clock.now() + delayMs, run };
      pending.add(timer);
      return () => void pending.delete(timer);
    },
  });
  const issuer = createIssuer({ url: issuerUrl, version: '1.2.3', clock, timers: timersOf('accounts') });
  const open = (): Promise<Accounts> =>
    createAccounts({
      database,
      secrets,
      clock,
      timers: timersOf('accounts'),
      random,
      issuer,
      randomBytes: createCountingBytes(),
      readFile: () => Promise.reject(new Error('ENOENT')),
      checks: trustingChecks,
    });
  const accounts = await open();
  for (const { name, kind } of specs) {
    const { apiKey, authJson } = simulator.account(name);
    if (kind === 'chatgpt') await accounts.importAuthJson({ content: authJson(), label: name, acceptShared: true });
    else await accounts.addApiKey({ apiKey, wire: 'responses', label: name });
  }

  const state = { paused: false };
  const failures: string[] = [];
  const poll = (registry: Accounts): QuotaPolling =>
    createQuotaPolling({
      accounts: registry,
      fetchUsage: upstream.usage,
      paused: () => state.paused,
      failed: (account, error) => void failures.push(`${account.label}: ${error.message}`),
      clock,
      timers: timersOf('polling'),
      random,
    });
  const polling = poll(accounts);
  onTestFinished(async () => {
    polling.stop();
    accounts.close();
    await exchanges.close();
    await issuer.close();
    await simulator.stop();
    await accounts.settled();
    database.close();
  });

  const account = (name: string, registry = accounts): Account => {
    const found = registry.list().find(({ label }) => label === name);
    if (found === undefined) throw new Error(`There is no account named ${name}.`);
    return found;
  };
  const view = (name: string) => accounts.view(account(name), clock.now());

  /** Moves the clock and runs what falls due on the way, each reading to its end. */
  const pass = async (ms: number): Promise<void> => {
    const end = clock.now() + ms;
    for (;;) {
      const [next] = [...pending].sort((a, b) => a.dueAt - b.dueAt);
      if (next === undefined || next.dueAt > end) break;
      pending.delete(next);
      clock.advance(Math.max(0, next.dueAt - clock.now()));
      next.run();
      while (next.of === 'polling' && ![...pending].some(({ of }) => of === 'polling')) {
        await new Promise(setImmediate);
      }
    }
    clock.advance(end - clock.now());
  };
  const readings = (name?: string): Reading[] =>
    simulator.journal
      .filter((record) => record.path.endsWith('/wham/usage') && (name === undefined || record.account === name))
      .map((record) => ({ account: record.account, at: record.at - START }));

  /** A call of a client that Relay sends to this account: what routing teaches about it is taught. */
  const call = async (name: string, text = 'hi', model = 'gpt-5.5'): Promise<number> => {
    const used = account(name);
    const { authorization, accountId } = await accounts.credential(used.id);
    used.lastUsedAt = clock.now();
    const response = await fetch(`${chatgptBaseUrl}/codex/responses`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization, 'chatgpt-account-id': accountId ?? '' },
      body: JSON.stringify({
        model,
        instructions: '',
        input: [{ type: 'message', role: 'user', content: [{ type: 'input_text', text }] }],
        store: false,
        stream: true,
      }),
    });
    const body = await response.text();
    const headers = Object.fromEntries(response.headers);
    accounts.recordHeaders(used.id, headers);
    if (response.status === 429) {
      const { resetsAt, family } = accounts.readLimit(headers, JSON.parse(body));
      accounts.rest(used.id, family, resetsAt ?? 0, 'The usage limit has been reached');
    }
    return response.status;
  };

  return { clock, simulator, accounts, open, poll, polling, state, failures, account, view, pass, readings, call };
}

/** The time between one reading and the next (ms). */
export const gaps = (readings: readonly Reading[]): number[] =>
  readings.slice(1).map(({ at }, index) => at - readings[index]!.at);

export const login = (name: string, more: Partial<SimulatedAccountSpec> = {}): SimulatedAccountSpec => ({
  name,
  kind: 'chatgpt',
  ...more,
});

/** Chance as it comes, the same in every run. */
export function seeded(): () => number {
  let state = 42;
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return state / 2_147_483_648;
  };
}
