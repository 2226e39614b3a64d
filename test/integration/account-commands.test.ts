import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { runCli } from '../../src-main/cli/run-cli.ts';
import { readEnvironment } from '../../src-main/config/environment.ts';
import { createLog } from '../../src-main/log/log.ts';
import { createRelay } from '../../src-main/relay.ts';
import { createSimulator, type Simulator } from '../../src-main/simulator/simulator.ts';
import { systemClock } from '../../src-shared/domain/clock.ts';
import { formatClockTime } from '../../src-shared/format/clock-time.ts';
import { sealNothing, testPassphrase } from '../support/sealed-nothing.ts';
import { fakeTerminal } from '../unit/cli/fake-terminal.ts';

// In the data folder every command opens Relay anew.
vi.setConfig({ testTimeout: 120_000 });

interface Machine {
  readonly simulator: Simulator;
  /** Runs one command of the line; answers its exit code and what it wrote. */
  relay(...words: readonly string[]): Promise<{ code: number; out: string; err: string }>;
  json(...words: readonly string[]): Promise<Record<string, unknown>>;
}

/** A person's machine with two logins, on which Relay runs or does not. */
async function machine(isRunning: boolean, secrets: 'file' | 'memory' = 'memory'): Promise<Machine> {
  const simulator = createSimulator({
    clock: systemClock,
    accounts: [
      { name: 'a', kind: 'chatgpt', models: ['gpt-5.5', 'gpt-6-luna'] },
      { name: 'b', kind: 'chatgpt' },
    ],
  });
  const addresses = await simulator.start();
  const home = mkdtempSync(join(tmpdir(), 'relay-commands-'));
  onTestFinished(async () => {
    await simulator.stop();
    rmSync(home, { recursive: true, force: true, maxRetries: 5 });
  });
  const variables = {
    RELAY_HOME: home,
    RELAY_PASSPHRASE: testPassphrase,
    RELAY_LOG_LEVEL: 'error',
    RELAY_CHATGPT_BASE_URL: addresses.chatgptBaseUrl,
    RELAY_OPENAI_BASE_URL: addresses.openaiBaseUrl,
    RELAY_AUTH_ISSUER: addresses.issuer,
  };
  if (secrets === 'file') sealNothing(home);
  const environment = () => ({ ...readEnvironment(variables), secrets });
  if (isRunning) {
    const log = createLog({ dir: join(home, 'logs'), level: 'error', stderr: 'error' });
    const relay = await createRelay({ dataDir: home, environment: environment(), port: 0, log });
    await relay.start();
    onTestFinished(async () => {
      await relay.stop();
      await log.close();
    });
  }
  const run: Machine['relay'] = async (...words) => {
    const { terminal, printed, noted } = fakeTerminal(variables);
    const code = await runCli(words, { ...terminal, environment, now: Date.now });
    return { code, out: printed.join('\n'), err: noted.join('\n') };
  };
  const json: Machine['json'] = async (...words) => {
    const { out, err } = await run(...words, '--json');
    expect(err).toBe('');
    return JSON.parse(out);
  };
  for (const name of ['a', 'b']) {
    const login = { environment, readInput: async () => simulator.account(name).authJson(), now: Date.now };
    const { terminal } = fakeTerminal(variables);
    expect(await runCli(['accounts', 'import', '-', '--label', name, '--yes'], { ...terminal, ...login })).toBe(0);
  }
  return { simulator, relay: run, json };
}

describe.each([
  ['with Relay running', true],
  ['without it, in the data folder', false],
])('%s', (_, isRunning) => {
  test('a person decides everything about an account, and the audit says that it was the command line', async () => {
    const { relay, json } = await machine(isRunning);
    const { id } = ((await json('accounts', 'list'))['accounts'] as { id: string }[])[0]!;
    const said = (line: string) => ({ code: 0, out: line, err: '' });
    const inAnHour = /until (\w+ )?\d\d:\d\d\.$/;

    const paused = await relay('accounts', 'pause', 'a', '--for', '1h');
    expect([paused.code, paused.out]).toEqual([0, expect.stringMatching(inAnHour)]);
    expect(await relay('accounts', 'pause', 'a')).toEqual(said(`Paused a (${id}).`));
    expect((await json('accounts', 'pause', 'a'))['pause']).toEqual({ until: null });
    expect(await relay('accounts', 'resume', 'a')).toEqual(said(`Resumed a (${id}).`));
    expect((await relay('accounts', 'pin', 'a')).out).toMatch(inAnHour);
    expect((await json('accounts', 'pin', 'b', '--for', '30m'))['pinnedUntil']).toEqual(expect.any(Number));
    expect((await json('accounts', 'unpin', 'a'))['pinnedUntil']).toBeNull();
    expect(await relay('accounts', 'disable', 'a')).toEqual(said(`Disabled a (${id}).`));
    expect(await relay('accounts', 'enable', id)).toEqual(said(`Enabled a (${id}).`));
    expect(await relay('accounts', 'order', 'b', 'a')).toEqual(said('The order is now: b, a.'));
    const set = ['--policy', 'reserve', '--max-concurrency', '4', '--label', 'work', '--color', '#3366ff'];
    expect(await json('accounts', 'set', 'a', ...set)).toMatchObject({
      ...{ id, policy: 'reserve', maxConcurrency: 4, label: 'work', color: '#3366ff' },
    });
    expect(await json('accounts', 'set', 'work', '--max-concurrency', 'none', '--color', 'none')).toMatchObject({
      ...{ id, maxConcurrency: null, color: null },
    });
    expect(await relay('accounts', 'wake', 'work')).toEqual(said(`Tried again: work (${id}).`));
    expect(await json('accounts', 'remove', 'work')).toEqual({ id });

    const { entries } = await json('accounts', 'audit', id);
    expect((entries as Record<string, unknown>[]).map(({ actor, what }) => `${actor} ${what}`).reverse()).toEqual(
      [
        'imported',
        'paused',
        'paused',
        'resumed',
        'pinned',
        'unpinned',
        'disabled',
        'enabled',
        'changed',
        'changed',
        'deleted',
      ].map((what) => `cli ${what}`),
    );
    const table = (await relay('accounts', 'audit', '--limit', '3')).out.split('\n');
    expect(table.map((line) => line.replace(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d/, 'then'))).toEqual([
      'TIME (UTC)           WHO  ACCOUNT  WHAT',
      expect.stringMatching(/^then {2}cli {2}work {5}Deleted, and its secret with it\./),
      'then  cli  work     Calls at once: no limit (was 4). Colour: none (was #3366ff).',
      expect.stringContaining('Policy: keep in reserve (was normal).'),
    ]);
  });

  test('an account is tested, its models are shown, and it rests until its reset by hand', async () => {
    const { relay, json, simulator } = await machine(isRunning, 'file');
    const models = await relay('accounts', 'models', 'a', '--refresh');
    expect(models.out.split('\n').map((line) => line.split(/ +/).slice(0, 3))).toEqual([
      ['MODEL', 'CONTEXT', 'MOST'],
      ['gpt-5.5', '272k', '272k'],
      ['gpt-6-luna', '272k', '872k'],
    ]);
    expect((await json('accounts', 'models', 'a'))['models']).toMatchObject([
      { slug: 'gpt-5.5' },
      { slug: 'gpt-6-luna' },
    ]);
    const tested = await relay('accounts', 'test', 'a');
    expect([tested.code, tested.out]).toEqual([0, expect.stringMatching(/^a answered with gpt-6-luna in .+\.$/)]);
    expect(simulator.modelRequests('a').length).toBe(1);

    // The answer of the test brought the windows along, if nothing had before.
    const { health } = (await json('accounts', 'rest', 'a')) as { health: { state: string; until: number } };
    expect([health.state, health.until > Date.now()]).toEqual(['resting', true]);
    const again = await relay('accounts', 'pause', 'a', '--until-reset');
    expect(again.out).toContain(`until ${formatClockTime(health.until, Date.now())}.`);

    simulator.account('a').script({ kind: 'status', status: 500, body: { error: { message: 'boom' } } });
    const failed = await relay('accounts', 'test', 'a', '--json');
    expect([failed.code, JSON.parse(failed.out)['ok'], failed.err]).toEqual([
      1,
      false,
      expect.stringMatching(/^a did not answer with gpt-6-luna: The upstream failed \(500\): boom/),
    ]);
    const logged = (await relay('logs', '--json')).out.split('\n').map((line) => JSON.parse(line));
    expect(logged.map(({ keyId, status }) => [keyId, status])).toEqual([
      ['test', 'error'],
      ['test', 'ok'],
    ]);
  });

  test('what cannot be is refused in one sentence', async () => {
    const { relay } = await machine(isRunning);
    expect(await relay('accounts', 'pause', 'nobody')).toEqual({
      ...{ code: 1, out: '' },
      err: 'There is no account nobody. Those that there are: relay accounts list',
    });
    expect(await relay('accounts', 'order', 'a', 'a')).toEqual({
      ...{ code: 1, out: '', err: 'The account a is named twice.' },
    });
  });
});
