import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { runCli } from '../../src-main/cli/run-cli.ts';
import type { Terminal } from '../../src-main/cli/terminal.ts';
import { createSimulator, type Simulator } from '../../src-main/simulator/simulator.ts';
import { systemClock } from '../../src-shared/domain/clock.ts';
import { chatgptTerms } from '../../src-shared/domain/terms.ts';
import { makeRelayHome, type RelayHome, runRelay } from '../support/relay-process.ts';
import { type RunningRelay, type RunningRelayOptions, startRelay } from '../support/running-relay.ts';
import { fakeTerminal } from '../unit/cli/fake-terminal.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 60_000 });

/** A running Relay without an account, and a terminal on its data folder. */
async function scene(given: Partial<Terminal> = {}, options: RunningRelayOptions = {}) {
  const running = await startRelay({ accounts: [], strangers: [{ name: 'bob', kind: 'chatgpt' }], ...options });
  onTestFinished(() => running.stop());
  const { dataDir } = running.relay.status();
  const { terminal, printed, noted } = fakeTerminal({ RELAY_HOME: dataDir });
  // A turn of the event loop: what is waited for goes on meanwhile.
  const wait = () => new Promise<void>((resolve) => setImmediate(resolve));
  const run = (...args: string[]) => runCli(args, { ...terminal, wait, ...given });
  return { running, run, printed, noted };
}

const labelsOf = ({ relay }: RunningRelay): string[] => relay.accounts.views().map(({ label }) => label);

/** The browser of a person who signs in at once. */
async function signInAt(url: string): Promise<Response> {
  return fetch((await fetch(url, { redirect: 'manual' })).headers.get('location') ?? '');
}

test('relay login opens the browser where there is a display, waits, and says how it ended', async () => {
  const opened: string[] = [];
  const { running, run, printed, noted } = await scene({
    hasDisplay: true,
    openInBrowser: async (url) => {
      opened.push(url);
      void signInAt(url);
      return true;
    },
  });
  expect(await run('login', '--label', 'mine')).toBe(0);
  expect([printed, noted, labelsOf(running)]).toEqual([
    [...opened, 'Signed in: the account mine was added.'],
    [
      chatgptTerms,
      'Sign in on the page that has opened in your browser. It is this one:',
      'Waiting for you to sign in. Ctrl-C cancels.',
    ],
    ['mine'],
  ]);
  expect(await run('accounts', 'login', '--account', 'mine')).toBe(0);
  expect(printed.at(-1)).toBe('Signed in: the account mine has a new login.');
  const { entries } = await running.relay.accounts.audit.list({ limit: 10 });
  expect(entries.filter(({ what }) => what === 'signed-in').map(({ actor }) => actor)).toEqual(['cli', 'cli']);
});

test('where no browser can be opened the address is shown to be opened by hand', async () => {
  const { run, printed, noted } = await scene({
    hasDisplay: true,
    openInBrowser: async (url) => {
      void signInAt(url);
      return false;
    },
  });
  expect([await run('login'), noted[1], printed.at(-1)]).toEqual([
    0,
    'Open the address in a browser on this machine and sign in.',
    'Signed in: the account bob@example.test was added.',
  ]);
});

test('on a machine without a display it uses a device code by itself, and --device says so', async () => {
  const { running, run, printed, noted } = await scene({}, { simulator: { signIn: { devicePendingPolls: 0 } } });
  expect(await run('login')).toBe(0);
  expect([noted, printed]).toEqual([
    [
      chatgptTerms,
      'There is no display here, so this uses a device code. With a browser elsewhere: relay login --paste',
      'Open the address on any device, sign in, and type in the code. Go on only if you asked for it yourself.',
      'Waiting for you to sign in. Ctrl-C cancels.',
    ],
    [
      expect.stringMatching(/\/codex\/device$/),
      expect.stringMatching(/^Code: [0-9A-F]{4}-[0-9A-F]{5}$/),
      'Signed in: the account bob@example.test was added.',
    ],
  ]);
  printed.length = 0;
  expect([await run('login', '--device', '--json'), labelsOf(running)]).toEqual([0, ['bob@example.test']]);
  expect(printed.map((line) => JSON.parse(line))).toMatchObject([
    { method: 'device', state: 'waiting', userCode: expect.any(String) },
    { method: 'device', state: 'done', userCode: null, message: expect.stringContaining('has a new login') },
  ]);
});

test('--paste takes the address that a browser elsewhere ended at, and asks again after a slip', async () => {
  const answers = ['http://127.0.0.1:1455/auth/callback?code=1&state=2'];
  const { run, printed, noted } = await scene({
    interactive: true,
    async readLine(question) {
      expect(question).toBe('Address: ');
      const slip = answers.shift();
      if (slip !== undefined) return slip;
      const answer = await fetch(printed[0] ?? '', { redirect: 'manual' });
      return answer.headers.get('location') ?? '';
    },
  });
  expect(await run('login', '--paste')).toBe(0);
  expect([noted[2], printed.at(-1)]).toEqual([
    'This is not the address that this sign-in ends at. Copy the whole address, from http to its end, out of the browser.',
    'Signed in: the account bob@example.test was added.',
  ]);
});

test('a slip from a pipe ends it, with nothing left waiting', async () => {
  const { running, run, noted } = await scene({ readLine: async () => 'nonsense' });
  expect([await run('login', '--paste'), noted.at(-1)]).toEqual([
    1,
    'This is not the address that this sign-in ends at. Copy the whole address, from http to its end, out of the browser.',
  ]);
  expect(running.relay.signIns.list().map(({ state }) => state)).toEqual(['cancelled']);
});

test('Ctrl-C cancels what waits, and the command ends with 1', async () => {
  const { running, run, printed, noted } = await scene({
    hasDisplay: true,
    openInBrowser: async () => true,
    untilAskedToEnd: async () => undefined,
    wait: () => new Promise(() => undefined),
    readLine: () => new Promise(() => undefined),
  });
  expect([await run('login'), noted.at(-1)]).toEqual([1, 'The sign-in was cancelled.']);
  expect([await run('login', '--paste'), noted.at(-1)]).toEqual([1, 'The sign-in was cancelled.']);
  expect([await run('login', '--json'), JSON.parse(printed.at(-1) ?? '')]).toEqual([
    1,
    expect.objectContaining({ state: 'cancelled' }),
  ]);
  expect(running.relay.signIns.list().map(({ state }) => state)).toEqual(['cancelled', 'cancelled', 'cancelled']);
});

test('a sign-in that cannot begin, or is for no login, says so in one sentence', async () => {
  const { running, run, noted } = await scene({}, { simulator: { signIn: { deviceSignIn: false } } });
  const key = await running.relay.accounts.addApiKey({ apiKey: 'sk-1', wire: 'chat', label: 'k', unchecked: true });
  const ends = [
    [await run('login', '--device'), noted.at(-1)],
    [await run('login', '--account', key.label), noted.at(-1)],
    [await run('login', '--account', 'nobody'), noted.at(-1)],
    [await run('login', '--device', '--paste'), noted.at(-1)],
  ];
  expect(ends).toEqual([
    [1, expect.stringMatching(/^The sign-in service does not offer device codes for this workspace\./)],
    [1, expect.stringMatching(/^This account is an API key and has no login\./)],
    [1, 'There is no account nobody. Those that there are: relay accounts list'],
    [2, 'Choose either --device or --paste.'],
  ]);
});

test('an import asks before it shares a login with another program, and takes --yes', async () => {
  const answers = ['', 'no', 'y'];
  const asked: string[] = [];
  const { running, run, printed, noted } = await scene({
    interactive: true,
    async readLine(question) {
      asked.push(question);
      return answers.shift() ?? '';
    },
  });
  const home = mkdtempSync(join(tmpdir(), 'relay-codex-'));
  onTestFinished(() => rmSync(home, { recursive: true, force: true }));
  writeFileSync(join(home, 'auth.json'), running.simulator.account('bob').authJson());
  expect([await run('accounts', 'import', home), await run('accounts', 'import', home)]).toEqual([1, 1]);
  expect([noted, labelsOf(running)]).toEqual([
    [
      expect.stringMatching(/^The program that this login comes from uses it too/),
      'Nothing was imported.',
      expect.stringMatching(/^The program that this login comes from uses it too/),
      'Nothing was imported.',
    ],
    [],
  ]);
  expect([await run('accounts', 'import', home), asked]).toEqual([0, Array(3).fill('Import it anyway? [y/N] ')]);
  expect(running.relay.accounts.views()).toMatchObject([{ linkedFile: join(home, 'auth.json') }]);
  expect(printed).toEqual([expect.stringMatching(/^Imported bob@example\.test \(acc_/)]);

  running.simulator.account('bob').refreshElsewhere();
  const copy = running.simulator.account('bob').authJson();
  const piped = await scene({ readInput: async () => copy });
  expect([await piped.run('accounts', 'import', '-'), piped.noted.length, labelsOf(piped.running)]).toEqual([1, 1, []]);
  expect([await piped.run('accounts', 'import', '--yes', '-'), labelsOf(piped.running)]).toEqual([
    0,
    ['bob@example.test'],
  ]);
});

// From here on every command is a process of its own, and no Relay runs.

async function folder(): Promise<{ home: RelayHome; simulator: Simulator }> {
  const simulator = createSimulator({
    clock: systemClock,
    accounts: [
      { name: 'bob', kind: 'chatgpt' },
      { name: 'key', kind: 'openai' },
    ],
    signIn: { devicePendingPolls: 0 },
  });
  const addresses = await simulator.start();
  const home = makeRelayHome({
    RELAY_CHATGPT_BASE_URL: addresses.chatgptBaseUrl,
    RELAY_AUTH_ISSUER: addresses.issuer,
    RELAY_OPENAI_BASE_URL: addresses.openaiBaseUrl,
    DISPLAY: '',
    WAYLAND_DISPLAY: '',
    SSH_CONNECTION: 'x',
    CODEX_HOME: '',
  });
  onTestFinished(async () => {
    await simulator.stop();
    home.remove();
  });
  return { home, simulator };
}

test('without a running Relay, relay login signs in in the data folder itself', async () => {
  const { home } = await folder();
  const login = await runRelay(home, ['login', '--json']);
  expect(login).toMatchObject({ code: 0, stderr: '' });
  const [begun, over] = login.stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect([begun.state, over.state, over.message]).toEqual([
    'waiting',
    'done',
    'Signed in: the account bob@example.test was added.',
  ]);
  const { accounts } = JSON.parse((await runRelay(home, ['accounts', 'list', '--json'])).stdout);
  expect(accounts).toMatchObject([{ id: over.accountId, email: 'bob@example.test', linkedFile: null }]);
});

test('without a running Relay, logins of several homes are found, and keys are tried', async () => {
  const { home, simulator } = await folder();
  expect(await runRelay(home, ['accounts', 'import'])).toEqual({
    code: 0,
    stdout: '',
    stderr:
      'No login of the Codex CLI was found (CODEX_HOME, ~/.codex, and the setting accounts.codexHomes). Sign in: relay login\n',
  });
  const other = join(home.dir, 'other');
  for (const [place, text] of [
    [join(home.dir, '.codex'), simulator.account('bob').authJson()],
    [other, JSON.stringify({ OPENAI_API_KEY: simulator.account('key').apiKey })],
  ] as const) {
    mkdirSync(place);
    writeFileSync(join(place, 'auth.json'), text);
  }
  home.variables['CODEX_HOME'] = other;
  const found = JSON.parse((await runRelay(home, ['accounts', 'import', '--json'])).stdout);
  expect(found.logins).toEqual([
    expect.objectContaining({ path: join(other, 'auth.json'), kind: 'openai', accountId: null }),
    {
      path: join(home.dir, '.codex', 'auth.json'),
      kind: 'chatgpt',
      email: 'bob@example.test',
      plan: 'plus',
      upstreamAccountId: simulator.account('bob').accountId,
      accountId: null,
      lastRefreshAt: expect.any(Number),
    },
  ]);
  const refused = await runRelay(home, ['accounts', 'import', join(home.dir, '.codex')]);
  expect(refused).toEqual({
    code: 1,
    stdout: '',
    stderr: expect.stringMatching(/^The program[^\n]+ --yes in [^\n]+\n$/),
  });
  const wrong = await runRelay(home, ['accounts', 'add', '--api-key', '-'], 'sk-wrong\n');
  expect(wrong).toEqual({
    code: 1,
    stdout: '',
    stderr: expect.stringMatching(/^[^\n]+ does not accept this API key\.[^\n]+\n$/),
  });
  const added = await runRelay(home, ['accounts', 'import', other]);
  expect(added).toMatchObject({ code: 0, stdout: expect.stringMatching(/^Imported OpenAI API/) });
  const table = await runRelay(home, ['accounts', 'import']);
  expect(table.stdout.split('\n')[1]).toMatch(/other\/auth\.json +API key +- +unknown +acc_/);
});

test('Ctrl-C in relay login cancels and ends with 1', async () => {
  const { home } = await folder();
  home.variables['RELAY_AUTH_ISSUER'] = (await waitingService()).url;
  const login = await runRelay(home, ['login', '--device'], '', (stdout, kill) => {
    if (stdout.includes('Code: ')) kill('SIGINT');
  });
  expect(login).toMatchObject({ code: 1, stderr: expect.stringMatching(/The sign-in was cancelled\.\n$/) });
});

async function waitingService(): Promise<{ url: string }> {
  const simulator = createSimulator({
    clock: systemClock,
    accounts: [{ name: 'bob', kind: 'chatgpt' }],
    signIn: { devicePendingPolls: 1e9 },
  });
  const { issuer } = await simulator.start();
  onTestFinished(() => simulator.stop());
  return { url: issuer };
}
