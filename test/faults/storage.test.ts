import { cpSync, readdirSync, readFileSync, rmSync, statSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { afterEach, expect, test, vi } from 'vitest';
import { openLedger } from '../../src-main/ledger/ledger.ts';
import type { AccountView } from '../../src-shared/contract/account.ts';
import { type CallList, type CallRecord, callQuerySchema } from '../../src-shared/contract/call.ts';
import type { StatusView } from '../../src-shared/contract/status.ts';
import type { UsageView } from '../../src-shared/contract/usage.ts';
import { systemClock } from '../../src-shared/domain/clock.ts';
import { rawCall } from '../support/raw-call.ts';
import { makeRelayHome, type RelayHome, startRelayProcess } from '../support/relay-process.ts';
import { type RelayScene, startRelayScene } from '../support/relay-scene.ts';
import { served } from '../unit/ledger/sample-call.ts';
import { processState } from './support/process-state.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 60_000 });

let scene: RelayScene | null = null;
const homes: RelayHome[] = [];
afterEach(async () => {
  await scene?.stop();
  scene = null;
  for (const home of homes.splice(0)) home.remove();
});

const DAY = 86_400_000;

async function ask(url: string, key: string, input: string, stream = false) {
  const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' };
  return rawCall(url, { path: '/v1/responses', headers, body: JSON.stringify({ model: 'gpt-5.5', input, stream }) });
}

/** The data folder as the disk has it when the power goes: the write-ahead log and the journals are cut, each in some place. */
function copyOf(dataDir: string, cutWal: (size: number) => number, cutJournal: (size: number) => number): RelayHome {
  const home = makeRelayHome();
  homes.push(home);
  cpSync(dataDir, home.dataDir, { recursive: true });
  rmSync(join(home.dataDir, 'relay.db-shm'), { force: true });
  const cut = (path: string, to: (size: number) => number) => truncateSync(path, to(statSync(path).size));
  cut(join(home.dataDir, 'relay.db-wal'), cutWal);
  const logs = join(home.dataDir, 'logs');
  for (const name of readdirSync(logs).filter((file) => file.endsWith('.journal'))) cut(join(logs, name), cutJournal);
  return home;
}

/** Every row is the one that is known of this call, or the same call without its end. */
function expectNoWrongRow(rows: readonly CallRecord[], known: ReadonlyMap<string, CallRecord>): void {
  const ids = rows.map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
  for (const row of rows) {
    const truth = known.get(row.id);
    if (row.status !== 'interrupted') expect(row).toEqual(truth);
    else
      expect([truth?.startedAt, truth?.keyId, truth?.modelAsked]).toEqual([row.startedAt, row.keyId, row.modelAsked]);
  }
}

test.skipIf(process.platform !== 'linux')(
  'S-11: whatever the disk has of the last second, Relay starts on it with every account and key, and without a wrong row',
  async () => {
    const names = ['a', 'b', 'c'];
    const running = await startRelayScene({ accounts: names.map((name) => ({ name, kind: 'chatgpt' as const })) });
    scene = running;
    for (const name of names) {
      const { id } = await running.add(name);
      await running.api('POST', `/api/accounts/${id}/refresh-models`);
    }
    const wal = join(running.home.dataDir, 'relay.db-wal');
    // What a person has added is flushed before it is said to be there.
    const flushed = statSync(wal).size;
    const moved = readFileSync(join(running.home.dataDir, 'relay.db'));
    for (let n = 0; n < 12; n += 1) expect((await ask(running.url, running.key, `sim:say ${n}`)).status).toBe(200);
    running.simulator.account('a').latency = { perEventMs: 10 };
    const streams = Array.from({ length: 6 }, () => ask(running.url, running.key, 'sim:tokens 60', true));
    const inFlight = async () => (await running.api<StatusView>('GET', '/api/status')).callsInFlight;
    await expect.poll(inFlight).toBeGreaterThan(0);

    running.process.kill('SIGSTOP');
    await expect.poll(() => processState(running.pid)).toBe('T');
    expect(readFileSync(join(running.home.dataDir, 'relay.db')).equals(moved)).toBe(true);
    const { size } = statSync(wal);
    expect(size).toBeGreaterThan(flushed);
    const within = (part: number) => Math.floor(flushed + (size - flushed) * part);
    // Of what need not have been flushed: nothing, and a part that ends in the middle of something.
    const copies = [0, 0.5003].map((part) =>
      copyOf(
        running.home.dataDir,
        () => within(part),
        (length) => Math.floor(length * part),
      ),
    );
    // All of it; and further back than any power cut goes: the log opens at every byte.
    const anywhere = [8, 7.37, 6.1, 5.52, 4.29, 3.71, 2.2, 1.43, 0.37].map((eighths, n) =>
      copyOf(
        running.home.dataDir,
        () => Math.floor((size * eighths) / 8),
        (length) => Math.floor((length * ((n * 3) % 8 || 8)) / 8),
      ),
    );
    running.process.kill('SIGCONT');
    await Promise.all(streams);
    await expect.poll(inFlight).toBe(0);
    const { calls } = await running.api<CallList>('GET', '/api/calls?limit=200');
    const known = new Map(calls.map((call) => [call.id, call]));
    await running.end('SIGKILL');

    for (const home of copies) {
      const variables = { ...running.home.variables, HOME: home.dir, RELAY_HOME: home.dataDir };
      const started = await startRelayProcess({ ...home, variables });
      try {
        const { url, apiToken } = started.announcement;
        const get = async <T>(path: string): Promise<T> =>
          JSON.parse(
            (await rawCall(url, { method: 'GET', path, headers: { authorization: `Bearer ${apiToken}` } })).text,
          ) as T;
        const { accounts } = await get<{ accounts: AccountView[] }>('/api/accounts');
        const status = await get<StatusView>('/api/status');
        const rows = (await get<CallList>('/api/calls?limit=200')).calls;
        expectNoWrongRow(rows, known);
        expect({
          accounts: accounts.map(({ label, health }) => [label, health.state]).sort(),
          ledger: status.ledger.state,
          answer: (await ask(url, running.key, 'sim:say again')).status,
          stderr: started.stderr(),
        }).toEqual({ accounts: names.map((name) => [name, 'ready']), ledger: 'ok', answer: 200, stderr: '' });
      } finally {
        started.kill('SIGKILL');
        await started.ended;
      }
    }
    for (const [index, { dataDir }] of anywhere.entries()) {
      const ledger = await openLedger({ dataDir, clock: systemClock });
      const found = await ledger.calls(callQuerySchema.parse({ limit: 200 }));
      await ledger.close();
      expectNoWrongRow(found.calls, known);
      if (index === 0) expect(found.calls.filter(({ status }) => status === 'ok').length).toBeGreaterThanOrEqual(12);
      const db = new Sqlite(join(dataDir, 'relay.db'), { readonly: true });
      expect(db.pragma('integrity_check', { simple: true })).toBe('ok');
      db.close();
    }
  },
);

/** `npm run prove -- storage` takes more of them, as far as the catalogue's million. */
const rowCount = Number(process.env['RELAY_LOG_ROWS'] ?? 4_000);

test(`S-10, S-12: a log of ${rowCount} rows is listed, searched and let go of while calls are answered; its sums stay`, {
  timeout: 120_000 + rowCount,
}, async () => {
  const running = await startRelayScene({ accounts: [{ name: 'a', kind: 'openai' }] });
  scene = running;
  await running.add('a');
  await running.end('SIGTERM');
  const ledger = await openLedger({ dataDir: running.home.dataDir, clock: systemClock });
  const now = Date.now();
  const old = (n: number) => n < rowCount * 0.75;
  for (let n = 0; n < rowCount; n += 1) {
    ledger.settle(served(`call_old_${n}`, { startedAt: now - (old(n) ? 60 * DAY : DAY) - (rowCount - n) * 10 }));
    if (n % 5_000 === 4_999) await ledger.flush();
  }
  await ledger.close();

  await running.start();
  const listed = await running.api<CallList>('GET', '/api/calls?limit=50');
  expect(listed.calls.map(({ id }) => id)).toEqual(
    Array.from({ length: 50 }, (_, n) => `call_old_${rowCount - 1 - n}`),
  );
  const window = `from=${now - 400 * DAY}&to=${now}`;
  const sums = () => running.api<UsageView>('GET', `/api/usage?${window}`).then(({ totals }) => totals);
  const before = await sums();
  expect(before.calls).toBe(rowCount);
  const stream = ask(running.url, running.key, 'sim:tokens 300', true);
  const [nothing, some] = await Promise.all(
    ['%%%%%%%%%%_%', 'codex'].map((text) =>
      running.api<CallList>('GET', `/api/calls?limit=50&text=${encodeURIComponent(text)}`),
    ),
  );
  // Nothing fits the wildcards as they stand; or the page says how far it looked.
  expect([nothing?.calls, some?.calls.length]).toEqual([[], 50]);
  await running.api('PATCH', '/api/settings', { 'retention.days': 30 });
  const older = async () => (await running.api<CallList>('GET', `/api/calls?limit=1&to=${now - 30 * DAY}`)).calls;
  await expect.poll(older, { timeout: 60_000 + rowCount }).toEqual([]);
  expect((await stream).text).toContain('event: response.completed');
  expect(await sums()).toEqual(before);
  expect((await ask(running.url, running.key, 'sim:say after')).status).toBe(200);
  expect(running.process.stderr()).toBe('');
});
