import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { createSimulator, type Simulator } from '../../src-main/simulator/simulator.ts';
import { callExportSchema } from '../../src-shared/contract/call-export.ts';
import type { StatusView } from '../../src-shared/contract/status.ts';
import { systemClock } from '../../src-shared/domain/clock.ts';
import {
  makeRelayHome,
  type RelayHome,
  type RelayProcess,
  runRelay,
  startRelayProcess,
} from '../support/relay-process.ts';

// Every command is a process of its own.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 60_000 });

let home: RelayHome;
let simulator: Simulator;
let relay: RelayProcess | null = null;

beforeEach(async () => {
  simulator = createSimulator({ clock: systemClock, accounts: [{ name: 'a', kind: 'openai' }] });
  const { openaiBaseUrl } = await simulator.start();
  home = makeRelayHome({ RELAY_OPENAI_BASE_URL: openaiBaseUrl });
});

afterEach(async () => {
  relay?.kill('SIGKILL');
  await relay?.ended;
  relay = null;
  await simulator.stop();
  home.remove();
});

const file = (name: string): string => join(home.dir, name);

describe('what leaves the house by command', () => {
  test('settings, a call and a backup, from a running Relay and from the data folder alike', async () => {
    const account = ['accounts', 'add', '--api-key', '-', '--label', 'Ada’s key'];
    expect((await runRelay(home, account, simulator.account('a').apiKey)).code).toBe(0);
    relay = await startRelayProcess(home);
    const { url, firstKey } = relay.announcement;
    const answer = await fetch(`${url}/v1/responses`, {
      method: 'POST',
      headers: { authorization: `Bearer ${firstKey}`, 'content-type': 'application/json' },
      body: JSON.stringify({ model: 'gpt-5.5', input: 'sim:say hello' }),
    });
    const id = answer.headers.get('x-request-id')!;
    await answer.text();

    const call = await runRelay(home, ['export', 'call', id]);
    expect([callExportSchema.parse(JSON.parse(call.stdout)).call.accountLabel, call.stdout.includes('Ada')]).toEqual([
      'account-1',
      false,
    ]);
    const running = await runRelay(home, ['export', file('a.json')]);
    const backedUp = await runRelay(home, ['backup', file('a.db'), '--json']);
    const refused = await runRelay(home, ['backup', file('a.db')]);
    relay.kill('SIGTERM');
    await relay.ended;
    const still = await runRelay(home, ['export', file('b.json')]);
    const cold = await runRelay(home, ['backup', file('b.db')]);
    expect([running, backedUp, refused, still, cold].map(({ code }) => code)).toEqual([0, 0, 1, 0, 0]);
    expect(refused.stderr.trim()).toBe(`There is a file ${file('a.db')} already. Choose another name.`);
    const read = (name: string) => ({ ...JSON.parse(readFileSync(file(name), 'utf8')), exportedAt: 0 });
    expect(read('a.json')).toEqual(read('b.json'));
    for (const name of ['a.db', 'b.db']) {
      const copy = new Sqlite(file(name), { readonly: true });
      expect([copy.prepare('SELECT count(*) FROM calls').pluck().get(), statSync(file(name)).mode & 0o777]).toEqual([
        1, 0o600,
      ]);
      copy.close();
    }

    writeFileSync(file('c.json'), JSON.stringify({ ...read('a.json'), settings: { 'routing.holdMs': 9 } }));
    const dry = await runRelay(home, ['import', file('c.json'), '--dry-run']);
    const done = await runRelay(home, ['import', file('c.json'), '--json']);
    const again = await runRelay(home, ['import', file('c.json')]);
    const foreign = await runRelay(home, ['import', '-'], '{"no":"export"}');
    expect([dry.stdout, JSON.parse(done.stdout).settings, again.stdout, foreign.code, foreign.stderr.trim()]).toEqual([
      'This would change:\nSettings         routing.holdMs\n',
      ['routing.holdMs'],
      'Nothing changes: it is all here already.\n',
      1,
      'This is no file of relay export, so nothing was imported.',
    ]);
  });

  test('S-03: a damaged database stops the start with what to do; with consent it is kept aside and Relay serves', async () => {
    relay = await startRelayProcess(home);
    relay.kill('SIGTERM');
    await relay.ended;
    const path = join(home.dataDir, 'relay.db');
    writeFileSync(path, 'this is no database');
    const refused = await runRelay(home, ['serve', '--json']);
    const untouched = readFileSync(path, 'utf8');
    relay = await startRelayProcess(home, ['serve', '--recover']);
    const kept = readdirSync(home.dataDir).filter((name) => name.startsWith('relay.db.corrupt-'));
    expect([refused.code, refused.stderr.trim(), untouched, kept.length]).toEqual([
      1,
      expect.stringMatching(
        /is damaged: .* It was not changed\. To keep it aside and begin a new one, run: relay serve --recover$/,
      ),
      'this is no database',
      1,
    ]);
    expect(existsSync(path)).toBe(true);
    expect((await fetch(`${relay.announcement.url}/health/live`)).status).toBe(200);
    const headers = { authorization: `Bearer ${relay.announcement.apiToken}` };
    const status = (await (await fetch(`${relay.announcement.url}/api/status`, { headers })).json()) as StatusView;
    expect(status.ledger.notices).toEqual([
      expect.stringMatching(
        /^The database is damaged: .* It was kept as .*relay\.db\.corrupt-.* and a new one was started; /,
      ),
    ]);
    expect(status.pid).toBe(relay.announcement.pid);
  });
});
