import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, onTestFinished, test, vi } from 'vitest';
import { createSimulator } from '../../src-main/simulator/simulator.ts';
import { systemClock } from '../../src-shared/domain/clock.ts';
import {
  makeNewHome,
  makeRelayHome,
  type RelayHome,
  type RelayProcess,
  runRelay,
  startRelayProcess,
} from '../support/relay-process.ts';

// Every command is a process of its own.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 60_000 });

let home: RelayHome;
beforeEach(() => {
  home = makeRelayHome();
});
afterEach(() => home.remove());

/** In which Relay has never run. */
function newHome(): void {
  home.remove();
  home = makeNewHome();
}

async function started(args?: readonly string[]): Promise<RelayProcess> {
  const relay = await startRelayProcess(home, args);
  onTestFinished(async () => {
    relay.kill('SIGKILL');
    await relay.ended;
  });
  return relay;
}

async function otherProgram(): Promise<{ server: Server; port: number; requests: () => number }> {
  let requests = 0;
  const server = createServer((_request, response) => {
    requests += 1;
    response.end('another program');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const address = server.address();
  return { server, port: typeof address === 'object' ? (address?.port ?? 0) : 0, requests: () => requests };
}

test('a variable that cannot be used is refused in one sentence and nothing is written', async () => {
  newHome();
  home.variables['RELAY_OPENAI_BASE_URL'] = 'http://example.com/v1';
  expect(await runRelay(home, ['serve'])).toEqual({
    code: 1,
    stdout: '',
    stderr: 'RELAY_OPENAI_BASE_URL must be https, or http on this machine, because tokens are sent to it.\n',
  });
  expect(readdirSync(home.dir)).toEqual([]);
});

test('a data folder that cannot be used is refused in one sentence', async () => {
  newHome();
  writeFileSync(home.dataDir, 'a file');
  expect(await runRelay(home, ['serve'])).toEqual({
    code: 1,
    stdout: '',
    stderr: `The data folder ${home.dataDir} is not a folder. Choose another folder with RELAY_HOME.\n`,
  });
});

test('without a running Relay, the commands work in the data folder itself', async () => {
  const secret = 'sk-test-0123456789abcdef';
  const add = [
    'accounts',
    'add',
    '--api-key',
    '-',
    '--base-url',
    'http://127.0.0.1:9/v1',
    '--label',
    'lab',
    '--json',
    '--unchecked',
  ];
  const added = await runRelay(home, add, `${secret}\n`);
  expect(added).toMatchObject({ code: 0, stderr: '' });
  const account = JSON.parse(added.stdout);
  expect(account).toMatchObject({ label: 'lab', kind: 'openai', baseUrl: 'http://127.0.0.1:9/v1', enabled: true });

  const disabled = await runRelay(home, ['accounts', 'disable', 'lab']);
  expect(disabled).toEqual({ code: 0, stdout: `Disabled lab (${account.id}).\n`, stderr: '' });
  const listed = JSON.parse((await runRelay(home, ['accounts', 'list', '--json'])).stdout);
  expect(listed.accounts).toMatchObject([{ id: account.id, enabled: false }]);

  const created = await runRelay(home, ['keys', 'create', '--name', 'ci', '--models', 'gpt-5.5,gpt-5.4', '--overflow']);
  expect(created).toMatchObject({ code: 0, stdout: expect.stringMatching(/^sk-relay-\S{43}\n$/) });
  const { keys } = JSON.parse((await runRelay(home, ['keys', 'list', '--json'])).stdout);
  expect(keys).toMatchObject([
    { name: 'ci', models: ['gpt-5.5', 'gpt-5.4'], overflow: true, splice: null, revokedAt: null },
  ]);
  const changed = await runRelay(home, ['keys', 'change', keys[0].id, '--no-overflow', '--splice', 'off', '--json']);
  expect(JSON.parse(changed.stdout)).toEqual({ ...keys[0], overflow: false, splice: 'off' });
  expect(await runRelay(home, ['keys', 'revoke', keys[0].id])).toMatchObject({ code: 0 });

  expect(await runRelay(home, ['accounts', 'remove', account.id])).toMatchObject({ code: 0 });
  expect(await runRelay(home, ['accounts', 'remove', account.id])).toMatchObject({
    code: 1,
    stdout: '',
    stderr: expect.stringMatching(/^[^\n]+\n$/),
  });
  expect(readFileSync(join(home.dataDir, 'relay.db')).includes(secret)).toBe(false);
  expect(existsSync(join(home.dataDir, 'lock'))).toBe(false);
});

test('what needs a running Relay says how to start one', async () => {
  const sentence = 'Relay is not running. Start it with: relay serve\n';
  for (const args of [['status'], ['open'], ['logs', '--follow']]) {
    expect(await runRelay(home, args)).toEqual({ code: 1, stdout: '', stderr: sentence });
  }
});

test('serve announces itself in one line, makes one key, and the next start makes none', async () => {
  newHome();
  const first = await started();
  expect(first.announcement).toEqual({
    url: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/),
    dashboardUrl: expect.stringMatching(new RegExp(`^${first.announcement.url}/#/enter/[\\w-]{43}$`)),
    apiToken: expect.stringMatching(/^[\w-]{43}$/),
    pid: expect.any(Number),
    dataDir: home.dataDir,
    secrets: expect.stringContaining('file'),
    version: expect.stringMatching(/^\d+\.\d+\.\d+/),
    firstKey: expect.stringMatching(/^sk-relay-\S{43}$/),
  });
  const modeOf = (name: string): string => (statSync(join(home.dataDir, name)).mode & 0o777).toString(8);
  expect([modeOf(''), modeOf('lock'), modeOf('logs')]).toEqual(['700', '600', '700']);
  first.kill('SIGTERM');
  expect(await first.ended).toBe(0);
  expect(existsSync(join(home.dataDir, 'lock'))).toBe(false);
  expect(first.stderr()).toBe('');

  const second = await started();
  expect(second.announcement).not.toHaveProperty('firstKey');
  expect(second.announcement.apiToken).toBe(first.announcement.apiToken);
  const written = readdirSync(join(home.dataDir, 'logs')).map((name) =>
    readFileSync(join(home.dataDir, 'logs', name), 'utf8'),
  );
  for (const secret of [first.announcement.apiToken, first.announcement.firstKey ?? 'none']) {
    expect(written.join('')).not.toContain(secret);
  }
});

test('with a running Relay, the commands go through its API and see each other at once', async () => {
  const relay = await started();
  const { url, apiToken, pid } = relay.announcement;
  const created = JSON.parse((await runRelay(home, ['keys', 'create', '--name', 'live', '--json'])).stdout);
  const models = await fetch(`${url}/v1/models`, { headers: { authorization: `Bearer ${created.secret}` } });
  expect(models.status).toBe(200);
  expect(await runRelay(home, ['keys', 'revoke', created.key.id])).toMatchObject({ code: 0 });
  const refused = await fetch(`${url}/v1/models`, { headers: { authorization: `Bearer ${created.secret}` } });
  expect(refused.status).toBe(401);

  const status = JSON.parse((await runRelay(home, ['status', '--json'])).stdout);
  expect(status).toMatchObject({ url, dataDir: home.dataDir, desktop: false, demo: false });

  const opened = JSON.parse((await runRelay(home, ['open', '--json'])).stdout);
  const token = new URL(opened.dashboardUrl).hash.replace('#/enter/', '');
  const session = await fetch(`${url}/api/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: url },
    body: JSON.stringify({ token }),
  });
  expect(session.status).toBe(201);

  expect(await runRelay(home, ['keys', 'rotate', 'key_unknown'])).toMatchObject({
    code: 1,
    stdout: '',
    stderr: 'There is no key with this id. See them with: relay keys list\n',
  });

  // P-02: a second start says where the first one runs, and changes nothing.
  const second = await runRelay(home, ['serve']);
  expect(second).toEqual({
    code: 0,
    stdout: `Relay is already running at ${url} (process ${pid}). Open its dashboard: relay open\n`,
    stderr: '',
  });
  expect(JSON.parse((await runRelay(home, ['serve', '--json'])).stdout)).toMatchObject({ url, apiToken, pid });
});

test('a port taken by another program is refused, which gets no request (P-01)', async () => {
  const { port, requests } = await otherProgram();
  const result = await runRelay(home, ['serve', '--port', String(port)]);
  expect(result).toEqual({
    code: 1,
    stdout: '',
    stderr: `Port ${port} is taken by another program. Choose another one with --port or RELAY_PORT, or end that program.\n`,
  });
  expect(requests()).toBe(0);
  expect(existsSync(join(home.dataDir, 'lock'))).toBe(false);
});

test('after a kill -9 the lock is taken over, and no token goes to who has the port now', async () => {
  const killed = await started();
  killed.kill('SIGKILL');
  await killed.ended;
  expect(existsSync(join(home.dataDir, 'lock'))).toBe(true);
  expect(await runRelay(home, ['status'])).toMatchObject({ code: 1, stderr: expect.stringContaining('not running') });
  const next = await started();
  expect(next.announcement.apiToken).toBe(killed.announcement.apiToken);
});

test('an imported login and its calls are seen by logs, newest first, and followed as they settle', async () => {
  const simulator = createSimulator({ clock: systemClock, accounts: [{ name: 'a', kind: 'chatgpt' }] });
  const addresses = await simulator.start();
  onTestFinished(() => simulator.stop());
  home.variables['RELAY_CHATGPT_BASE_URL'] = addresses.chatgptBaseUrl;
  home.variables['RELAY_AUTH_ISSUER'] = addresses.issuer;
  const relay = await started();
  const { url, firstKey } = relay.announcement;
  mkdirSync(join(home.dir, '.codex'));
  const login = join(home.dir, '.codex', 'auth.json');
  writeFileSync(login, simulator.account('a').authJson(), { mode: 0o600 });
  const imported = await runRelay(home, ['accounts', 'import', login, '--yes', '--label', 'mine', '--json']);
  expect(JSON.parse(imported.stdout)).toMatchObject({ label: 'mine', kind: 'chatgpt', linkedFile: login });

  const call = async (input: string): Promise<void> => {
    const response = await fetch(`${url}/v1/responses`, {
      method: 'POST',
      headers: { authorization: `Bearer ${firstKey}`, 'content-type': 'application/json' },
      body: JSON.stringify({ model: 'gpt-5.5', input }),
    });
    expect(response.status).toBe(200);
    await response.text();
  };
  await call('sim:tokens 1');
  await call('sim:tokens 2');
  const lines = (await runRelay(home, ['logs', '--json', '--limit', '5'])).stdout.trimEnd().split('\n');
  const [newest, oldest] = lines.map((line) => JSON.parse(line));
  expect(lines).toHaveLength(2);
  expect(newest.startedAt).toBeGreaterThan(oldest.startedAt);
  expect(newest).toMatchObject({ status: 'ok', accountLabel: 'mine', modelRan: 'gpt-5.5', keyName: 'First key' });

  const filtered = async (...args: string[]) =>
    (await runRelay(home, ['logs', '--json', ...args])).stdout.trimEnd().split('\n');
  expect(await filtered('--account', 'mine', '--model-ran', 'gpt-5.5', '--stream', 'false', '--limit', '1')).toEqual([
    lines[0],
  ]);
  expect(await runRelay(home, ['logs', '--min-cost', '1000'])).toMatchObject({
    stdout: '',
    stderr: 'There are no such calls.\n',
  });

  simulator.account('a').script({ kind: 'status', status: 400 });
  await fetch(`${url}/v1/responses`, {
    method: 'POST',
    headers: { authorization: `Bearer ${firstKey}`, 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'gpt-5.5', input: 'sim:tokens 1' }),
  });
  const errors = JSON.parse((await runRelay(home, ['errors', '--account', 'mine', '--json'])).stdout);
  expect(errors).toMatchObject({
    causes: 1,
    seen: 1,
    absorbed: 0,
    errors: [{ phase: 'answer', httpStatus: 400, upstream: 'chatgpt' }],
  });
  const [failed] = await filtered('--cause', errors.errors[0].id);
  expect(JSON.parse(failed ?? '').id).toBe(errors.errors[0].callIds[0]);
  expect((await runRelay(home, ['errors'])).stdout).toMatch(
    /^Calls that failed for their client: 1\. Failed attempts that were made good: 0\. .*\n\n.* {2}answer {2}HTTP 400 {2}chatgpt {2}err_/,
  );

  const isListening = Promise.withResolvers<void>();
  const followed = runRelay(home, ['logs', '--status', 'ok', '--follow', '--json', '--limit', '2'], '', (stdout) => {
    if (stdout.split('\n').length === 3) isListening.resolve();
  });
  await isListening.promise;
  await call('sim:tokens 3');
  relay.kill('SIGTERM');
  const result = await followed;
  const ids = result.stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line).id);
  expect(ids.slice(0, 2)).toEqual([oldest.id, newest.id]);
  expect(ids).toHaveLength(3);
  expect(result).toMatchObject({ code: 0, stderr: 'Relay has stopped.\n' });
});

test('secrets show and move say what they did, and a failed move leaves everything where it was', async () => {
  const add = ['accounts', 'add', '--api-key', '-', '--base-url', 'http://127.0.0.1:9/v1', '--json', '--unchecked'];
  await runRelay(home, add, 'sk-test-0123456789abcdef\n');
  const before = readFileSync(join(home.dataDir, 'secrets.enc'), 'utf8');
  const shown = await runRelay(home, ['secrets', 'show', '--json']);
  const same = await runRelay(home, ['secrets', 'move', '--to', 'file']);
  // There is no session bus in the tests' environment, so no keychain either.
  home.variables['DBUS_SESSION_BUS_ADDRESS'] = 'disabled:';
  const away = await runRelay(home, ['secrets', 'move', '--to', 'keychain']);
  expect({ shown, same, away: [away.code, away.stdout, /^The OS keychain cannot be used/.test(away.stderr)] }).toEqual({
    shown: {
      code: 0,
      stdout: '{"kind":"file","place":"the encrypted file secrets.enc in the data folder"}\n',
      stderr: '',
    },
    same: {
      code: 1,
      stdout: '',
      stderr: 'The secrets are in the encrypted file secrets.enc in the data folder already.\n',
    },
    away: [1, '', true],
  });
  expect(readFileSync(join(home.dataDir, 'secrets.enc'), 'utf8')).toBe(before);
});

test('keys get limits and budgets from the command line, and a change takes them away again', async () => {
  const create = ['keys', 'create', '--name', 'ci', '--rpm', '5', '--tpm', '9000', '--concurrency', '2'];
  const made = JSON.parse(
    (await runRelay(home, [...create, '--endpoints', 'chat', '--effort', 'low', '--json'])).stdout,
  );
  const none = ['--rpm', 'none', '--endpoints', 'none', '--effort', 'any', '--name', 'builds', '--json'];
  const changed = JSON.parse((await runRelay(home, ['keys', 'change', made.key.id, ...none])).stdout);
  const set = ['budgets', 'set', '--project', 'site', '--cost', '2.50', '--per', 'week', '--json'];
  const budget = JSON.parse((await runRelay(home, set)).stdout);
  const raised = JSON.parse((await runRelay(home, [...set.slice(0, 5), '3', ...set.slice(6)])).stdout);
  const both = await runRelay(home, ['budgets', 'set', '--project', 'a', '--member', 'b', '--tokens', '5']);
  const again = await runRelay(home, set.slice(0, -1));
  const listed = await runRelay(home, ['budgets', 'list']);
  expect(again.stderr).toBe('No key belongs to it yet: relay keys change ID --project site\n');
  expect([made.key, changed]).toMatchObject([
    { requestsPerMinute: 5, tokensPerMinute: 9_000, concurrency: 2, endpoints: ['chat'], effortCeiling: 'low' },
    { name: 'builds', requestsPerMinute: null, tokensPerMinute: 9_000, endpoints: null, effortCeiling: null },
  ]);
  expect([budget, raised, both]).toMatchObject([
    { scope: 'project', subject: 'site', unit: 'cost', period: 'week', limit: 2_500_000, used: 0 },
    { id: budget.id, limit: 3_000_000 },
    { code: 2, stdout: '', stderr: 'Name one of --key, --member and --project.\n' },
  ]);
  expect(listed.stdout).toMatch(/\$2\.50 at API prices a week for project site +\$0\.00 +0 % +ok/);
});
