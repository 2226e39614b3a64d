import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, onTestFinished, test, vi } from 'vitest';
import { createSimulator, type Simulator } from '../../src-main/simulator/simulator.ts';
import { accountSchema } from '../../src-shared/contract/account.ts';
import { systemClock } from '../../src-shared/domain/clock.ts';
import { makeRelayHome, type RelayHome, runRelay, startRelayProcess } from '../support/relay-process.ts';

// Every command is a process of its own.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 60_000 });

const HOUR = 3_600_000;

let home: RelayHome;
let simulator: Simulator;
beforeEach(async () => {
  home = makeRelayHome();
  simulator = createSimulator({
    clock: systemClock,
    accounts: [
      {
        name: 'a',
        kind: 'chatgpt',
        plan: 'pro',
        fiveHour: { usedPercent: 38, resetsInMs: 2 * HOUR },
        weekly: { usedPercent: 61, resetsInMs: 70 * HOUR },
        credits: { has: true, unlimited: false, balance: '12.50' },
        resetCredits: 2,
        extras: [{ limitId: 'codex_fox', limitName: 'Fox', model: 'gpt-6-luna', lengthMs: 720 * HOUR, usedPercent: 5 }],
      },
      { name: 'key', kind: 'openai' },
    ],
  });
  const addresses = await simulator.start();
  home.variables['RELAY_CHATGPT_BASE_URL'] = addresses.chatgptBaseUrl;
  home.variables['RELAY_OPENAI_BASE_URL'] = addresses.openaiBaseUrl;
  home.variables['RELAY_AUTH_ISSUER'] = addresses.issuer;
  mkdirSync(join(home.dir, '.codex'));
  const login = join(home.dir, '.codex', 'auth.json');
  writeFileSync(login, simulator.account('a').authJson(), { mode: 0o600 });
  await runRelay(home, ['accounts', 'import', login, '--yes', '--label', 'mine']);
  await runRelay(home, ['accounts', 'add', '--api-key', '-', '--label', 'key'], simulator.account('key').apiKey);
});
afterEach(async () => {
  await simulator.stop();
  home.remove();
});

const asked = (): number => simulator.journal.filter(({ path }) => path.endsWith('/wham/usage')).length;

test('what is left of an account is read on demand without a running Relay, and shown in words', async () => {
  expect((await runRelay(home, ['accounts', 'usage', 'mine'])).stdout).toMatch(
    new RegExp(
      [
        '^mine \\(acc_[0-9a-f]+\\), pro: Ready\\.',
        '  WINDOW +LEFT +RESETS IN +PACE +READ +IN DOUBT',
        '  5-hour +62 % +(2 h|1 h 59 min) +Not enough readings yet\\. +just now, usage-endpoint',
        '  weekly +39 % +2 d 22 h +Not enough readings yet\\. +just now, usage-endpoint',
        '  monthly codex-fox +95 % +\\d+ d.* +Not enough readings yet\\. +just now, usage-endpoint',
        '  Credits: 12\\.50, read just now\\.',
        '  Reset credits: 2\\. Relay never spends one\\.\n$',
      ].join('\n'),
    ),
  );
  // Within 30 s the last reading is answered, also by another process.
  const again = await runRelay(home, ['accounts', 'usage', 'mine', '--json']);
  expect(
    accountSchema.parse(JSON.parse(again.stdout)).windows.map(({ name, usedPercent }) => [name, usedPercent]),
  ).toEqual([
    ['5-hour', 38],
    ['weekly', 61],
    ['monthly', 5],
  ]);
  expect(asked()).toBe(1);

  const listed = (await runRelay(home, ['accounts', 'list'])).stdout.split('\n');
  expect(listed).toEqual([
    expect.stringMatching(/^ID +LABEL +KIND +PLAN +STATE +WINDOW +LEFT +RESETS IN +PACE$/),
    expect.stringMatching(/^acc_[0-9a-f]+ +mine +chatgpt +pro +ready +5-hour +62 % +\S.* Not enough readings yet\.$/),
    expect.stringMatching(/^ +weekly +39 % +2 d 22 h +Not enough readings yet\.$/),
    expect.stringMatching(/^ +monthly codex-fox +95 % +\S.* Not enough readings yet\.$/),
    expect.stringMatching(/^acc_[0-9a-f]+ +key +openai +- +ready +- +unknown +- +-$/),
    '',
  ]);
  expect(await runRelay(home, ['accounts', 'usage', 'key'])).toEqual({
    code: 1,
    stdout: '',
    stderr: 'An API key is billed by use: it has no quota windows to read.\n',
  });
});

test('a running Relay reads it over the API, and says why it could not', async () => {
  const relay = await startRelayProcess(home);
  onTestFinished(async () => {
    relay.kill('SIGKILL');
    await relay.ended;
  });
  simulator.account('a').script({ kind: 'status', status: 500, when: { endpoint: 'usage' } });
  expect(await runRelay(home, ['accounts', 'usage', 'mine'])).toEqual({
    code: 1,
    stdout: '',
    stderr: 'The usage of this login could not be read (HTTP 500).\n',
  });
  const all = JSON.parse((await runRelay(home, ['accounts', 'usage', '--json'])).stdout);
  expect(all.accounts).toMatchObject([
    { label: 'mine', windows: [], usageError: 'The usage of this login could not be read (HTTP 500).' },
    { label: 'key', windows: [] },
  ]);
  const { url, apiToken } = relay.announcement;
  const ask = (id: string, method = 'POST') =>
    fetch(`${url}/api/accounts/${id}/refresh-usage`, { method, headers: { authorization: `Bearer ${apiToken}` } });
  const [again, none, wrong] = await Promise.all([ask(all.accounts[0].id), ask('acc_none'), ask('acc_none', 'GET')]);
  expect([again.status, none.status, wrong.status, asked()]).toEqual([200, 404, 405, 1]);
});
