import { createHash, randomBytes } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { createKeys } from '../../src-main/keys/keys.ts';
import type { ScriptEntry } from '../../src-main/simulator/fault.ts';
import { systemClock } from '../../src-shared/domain/clock.ts';
import { createMemoryDatabase } from '../support/memory-database.ts';
import { rawCall } from '../support/raw-call.ts';
import { expectRefusal } from './support/contract.ts';
import { type Scene, startScene } from './support/scene.ts';
import { socketAnswer } from './support/socket-answer.ts';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

let scene: Scene;
beforeAll(async () => {
  scene = await startScene({ logins: 30, apiKeys: 2, variables: { RELAY_LOG_LEVEL: 'debug' } });
});
afterAll(() => scene?.stop());

const invalidKey = {
  status: 401,
  type: 'invalid_request_error',
  code: 'invalid_api_key',
  headers: { 'www-authenticate': 'Bearer' },
} as const;
const textOf = (text: string): string => JSON.parse(text).output.at(-1).content[0].text;
const exchangesOf = (name: string): number =>
  scene.simulator.journal.filter(({ path, account }) => path === '/oauth/token' && account === name).length;

test('A-03: an issuer that fails on a needed refresh rests A for a minute at most, and B answers', async () => {
  for (const fault of [
    { kind: 'status', status: 503, when: { endpoint: 'token' } },
    { kind: 'cut', at: 'before-headers', how: 'reset', when: { endpoint: 'token' } },
  ] as ScriptEntry[]) {
    const { names, key } = await scene.pool(2);
    const [a, b] = names as [string, string];
    const login = scene.simulator.account(a);
    login.always(fault);
    login.expireAccessToken();
    const answer = await scene.ask(key, 'responses', 'sim:say hello');
    const { health } = await scene.account(a);
    const { startedAt, durationMs } = await scene.callOf(answer);
    expect([answer.status, answer.headers['x-relay-account'], health.state]).toEqual([200, b, 'resting']);
    expect(health.until! - startedAt - durationMs!).toBeLessThanOrEqual(60_000);
    login.always(null);
  }
});

test('A-04: two logins that end together, with 20 calls each: all are answered, never two exchanges in flight', async () => {
  const { names, key } = await scene.pool(1);
  const other = await scene.pool(1);
  const pair = [names[0]!, other.names[0]!];
  for (const name of pair) {
    const login = scene.simulator.account(name);
    login.script({ kind: 'silence', at: 'before-headers', ms: 300, when: { endpoint: 'token' } });
    login.expireAccessToken();
  }
  const asked = [key, other.key].flatMap((each) =>
    Array.from({ length: 20 }, (_, index) => scene.ask(each, 'responses', `sim:say ${index}`)),
  );
  const answers = await Promise.all(asked);
  const [first, second, ...more] = scene.simulator.journal.filter(
    ({ path, account }) => path === '/oauth/token' && pair.includes(account ?? ''),
  );
  expect([answers.filter(({ status }) => status !== 200), more, second!.at >= first!.settledAt!]).toEqual([
    [],
    [],
    true,
  ]);
});

test('A-06: a refresh that brings another account is refused: 503, a person is needed, nothing is asked again', async () => {
  const { names, key } = await scene.pool(1);
  const login = scene.simulator.account(names[0]!);
  login.script({ kind: 'wrong-account', accountId: 'ws-of-somebody-else' });
  login.expireAccessToken();
  for (let call = 0; call < 2; call += 1) {
    expectRefusal(await scene.ask(key, 'responses', 'x'), {
      status: 503,
      type: 'server_error',
      code: 'no_available_accounts',
      headers: { 'x-should-retry': 'false' },
    });
  }
  const { health, upstreamAccountId } = await scene.account(names[0]!);
  expect([health.state, upstreamAccountId, exchangesOf(names[0]!)]).toEqual(['needs-sign-in', login.accountId, 1]);
});

test('A-07: a pair that the Codex CLI renewed in its file is adopted, and the spent token is never sent', async () => {
  const name = 'l29';
  const login = scene.simulator.account(name);
  const path = join(scene.home.dir, 'auth.json');
  writeFileSync(path, login.authJson(), { mode: 0o600 });
  const shared = { type: 'auth-json', content: login.authJson(), path, label: name, acceptShared: true };
  await scene.api('POST', '/accounts', shared);
  const { secret } = await scene.api<{ secret: string }>('POST', '/keys', { name, accounts: [name] });
  login.expireAccessToken();
  login.refreshElsewhere();
  writeFileSync(path, login.authJson(), { mode: 0o600 });
  const answer = await scene.ask(secret, 'responses', 'sim:say hello');
  const { health } = await scene.account(name);
  expect([answer.status, health.state, exchangesOf(name)]).toEqual([200, 'ready', 0]);
});

test.each([
  ['A-10: no Authorization header', undefined],
  ['A-12: SQL', "' OR 1=1--"],
  ['A-12: 8 kB', 'x'.repeat(8_000)],
  ['A-12: characters outside ASCII', '\u00e9\u00ff'],
  ['A-12: a tab', 'sk-relay-\ta'],
])(
  '%s as key is a 401 that does not echo it; nothing reaches an account and nothing breaks in the log',
  async (_name, key) => {
    const before = scene.simulator.journal.length;
    const headers = {
      'content-type': 'application/json',
      ...(key === undefined ? {} : { authorization: `Bearer ${key}` }),
    };
    const answer = await rawCall(scene.url, { path: '/v1/responses', headers, body: '{}' });
    expectRefusal(answer, invalidKey);
    if (key !== undefined) expect(answer.text).not.toContain(key);
    expect([scene.simulator.journal.length, /sqlite|SQL/i.test(scene.relay.stderr())]).toEqual([before, false]);
  },
);

test.each(['\u0000', '\u0001', '\u007f', '\r', '\u001b[31m'])(
  'A-12: a key with the control character %j is refused before anybody looks for it, and reaches no log',
  async (control) => {
    const { hostname, port } = new URL(scene.url);
    const socket = connect(Number(port), hostname);
    socket.end(
      `GET /v1/models HTTP/1.1\r\nhost: ${hostname}:${port}\r\nauthorization: Bearer sk-relay-secret${control}x\r\n\r\n`,
      'latin1',
    );
    let text = '';
    for await (const chunk of socket) text += String(chunk);
    expectRefusal(socketAnswer(text), {
      status: 400,
      type: 'invalid_request_error',
      code: 'invalid_value',
      headers: { connection: 'close' },
    });
    expect(`${text}${scene.relay.stderr()}`).not.toContain('sk-relay-secret');
  },
);

test('A-12: unknown, malformed and nearly right keys take the same way as the right one: one digest and one look-up', async () => {
  const hashed: string[] = [];
  const database = createMemoryDatabase();
  const hash = (secret: string): string => {
    hashed.push(secret);
    return createHash('sha256').update(secret).digest('hex');
  };
  const keys = await createKeys({ database, clock: systemClock, randomBytes, hash });
  const { secret } = await keys.create({ name: 'right' });
  database.close();
  const lookUps = vi.spyOn(Map.prototype, 'get');
  const work = (given: string) => {
    hashed.length = 0;
    lookUps.mockClear();
    const who = keys.authenticate(given)?.name ?? null;
    return [who, hashed.length, lookUps.mock.calls.length];
  };
  const nearly = secret.slice(0, -1) + (secret.endsWith('A') ? 'B' : 'A');
  const wrong = [
    ...[`sk-relay-${'x'.repeat(43)}`, nearly, secret.slice(0, 12), secret.toUpperCase(), `${secret} `],
    ...["' OR 1=1--", 'x'.repeat(8_000), '\u00e9\u00ff', '\u0000', '', 'sk-relay-', '__proto__'],
  ];
  const done = wrong.map(work);
  const right = work(secret);
  lookUps.mockRestore();
  // That the database is closed shows that no key is ever put into a query.
  expect([done, right]).toEqual([wrong.map(() => [null, 1, 1]), ['right', 1, 1]]);
});

test('A-13: a key that is revoked while its stream runs ends nothing; its next request is a 401', async () => {
  const { names, key, keyId } = await scene.pool(1);
  scene.simulator.account(names[0]!).latency = { perEventMs: 20 };
  const streaming = scene.ask(key, 'responses', 'sim:tokens 40', { stream: true });
  await expect.poll(() => scene.simulator.modelRequests(names[0]!)[0]?.bytesSent ?? 0).toBeGreaterThan(0);
  await scene.api('POST', `/keys/${keyId}/revoke`);
  const refused = await scene.ask(key, 'responses', 'x');
  const whole = await streaming;
  expectRefusal(refused, invalidKey);
  expect([whole.text.includes('response.completed'), (await scene.callOf(whole)).status]).toEqual([true, 'ok']);
});

test('A-14: a first start makes one random key, and nothing else opens anything', async () => {
  const { firstKey, apiToken } = scene.relay.announcement;
  expect([(firstKey ?? '').length > 30, apiToken.length > 30, firstKey === apiToken]).toEqual([true, true, false]);
  const paths = ['/v1/models', '/v1/responses/resp_x', '/api/keys', '/api/accounts', '/api/settings', '/api/calls'];
  for (const authorization of [undefined, 'Bearer ', 'Bearer', 'Basic Og==', 'Bearer undefined', 'Bearer null']) {
    const statuses = await Promise.all(
      paths.map(async (path) => {
        const headers = authorization === undefined ? {} : { authorization };
        return (await scene.raw({ method: 'GET', path, headers })).status;
      }),
    );
    expect([authorization, statuses]).toEqual([authorization, paths.map(() => 401)]);
  }
});

test('R-01: three equal accounts share 300 conversations, each 80 to 120', async () => {
  await scene.api('PATCH', '/settings', { 'routing.strategy': 'balanced' });
  const { names, key } = await scene.pool(3);
  const counts = new Map<string, number>();
  for (let round = 0; round < 60; round += 1) {
    const asked = [0, 1, 2, 3, 4].map((each) => scene.ask(key, 'responses', `sim:say ${round} ${each}`));
    for (const { headers } of await Promise.all(asked)) {
      const label = String(headers['x-relay-account']);
      counts.set(label, (counts.get(label) ?? 0) + 1);
    }
  }
  await scene.api('PATCH', '/settings', { 'routing.strategy': 'fill-first' });
  expect([[...counts.keys()].sort(), [...counts.values()].filter((count) => count < 80 || count > 120)]).toEqual([
    [...names].sort(),
    [],
  ]);
});

test('R-02: an account whose week is at 99 % gets at most 2 % beside one at 10 %', async () => {
  await scene.api('PATCH', '/settings', { 'routing.strategy': 'balanced' });
  const { names, key } = await scene.pool(2);
  const [a, b] = names.map((name) => scene.simulator.account(name));
  a!.windows.weekly!.set({ usedPercent: 99 });
  b!.windows.weekly!.set({ usedPercent: 10 });
  // Each account's first answer tells how full its week is.
  await scene.ask(key, 'responses', 'sim:say first');
  await scene.ask(key, 'responses', 'sim:say second');
  let toA = 0;
  for (let call = 0; call < 100; call += 1) {
    const { headers } = await scene.ask(key, 'responses', `sim:say ${call}`);
    if (headers['x-relay-account'] === names[0]) toA += 1;
  }
  await scene.api('PATCH', '/settings', { 'routing.strategy': 'fill-first' });
  expect(toA).toBeLessThanOrEqual(2);
});

test.each([
  ['R-06: an account that is switched off', 'POST', '/disable'],
  ['R-07: an account that is deleted', 'DELETE', ''],
])('%s during its stream completes it, and gets no new call', async (name, method, verb) => {
  const { names, key } = await scene.pool(2);
  const [a, b] = names as [string, string];
  scene.simulator.account(a).script({ kind: 'pace', perEventMs: 30 });
  const streaming = scene.ask(key, 'responses', 'sim:tokens 40', { stream: true });
  await expect.poll(() => scene.simulator.modelRequests(a)[0]?.bytesSent ?? 0).toBeGreaterThan(0);
  const { id } = await scene.account(a);
  await scene.api(method, `/accounts/${id}${verb}`);
  const next = await scene.ask(key, 'responses', 'sim:say next');
  const whole = await streaming;
  const row = await scene.callOf(whole);
  expect([
    next.headers['x-relay-account'],
    whole.text.includes('response.completed'),
    [row.status, row.accountLabel, row.accountId],
    scene.simulator.modelRequests(a).length,
  ]).toEqual([b, true, ['ok', a, id], 1]);
  if (name.startsWith('R-07')) expect(await scene.account(a)).toBeUndefined();
});

test('A-15: with debug logging and errors of every class, no token, key or prompt is in any file or on the console', async () => {
  const prompt = 'a prompt that nobody may read';
  const { names, key } = await scene.pool(1);
  const login = scene.simulator.account(names[0]!);
  for (const fault of [
    { kind: 'status', status: 500 },
    { kind: 'status', status: 400 },
    { kind: 'cut', at: 'before-headers' },
    { kind: 'json-200' },
    { kind: 'failed', code: 'server_error', message: 'broke', afterDeltas: 1 },
    { kind: 'status', status: 401 },
  ] as ScriptEntry[]) {
    login.always(fault);
    await scene.ask(key, 'responses', prompt, { stream: true, store: false });
  }
  const { accessToken, refreshToken } = login.tokens.current;
  const secrets = [prompt, key, accessToken, refreshToken, scene.simulator.account('k0').apiKey];
  const files = readdirSync(scene.home.dataDir, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  );
  const contents = files.map((file) => readFileSync(join(file.parentPath, file.name)).toString('latin1'));
  const leaks = secrets.filter((secret) =>
    [...contents, scene.relay.stderr(), ...scene.relay.lines].some((text) => text.includes(secret)),
  );
  expect([files.length > 3, leaks]).toEqual([true, []]);
});

test('A-05: a refresh that brings no refresh token keeps the old one, which the next refresh sends', async () => {
  const { names, key } = await scene.pool(1);
  const login = scene.simulator.account(names[0]!);
  const sent = [login.tokens.current.refreshToken];
  login.script({ kind: 'no-refresh-token' });
  login.expireAccessToken();
  const answer = await scene.ask(key, 'responses', 'sim:say hello');
  const { health } = await scene.account(names[0]!);
  expect([answer.status, textOf(answer.text), health.state]).toEqual([200, 'hello', 'ready']);
  // A login that was renewed a moment ago is not renewed again; what a new process has is what was stored.
  await scene.restart();
  login.expireAccessToken();
  await scene.ask(key, 'responses', 'sim:say hello');
  const bodies = scene.simulator.journal
    .filter(({ path, account }) => path === '/oauth/token' && account === names[0])
    .map(({ body }) => (body as { refresh_token: string }).refresh_token);
  expect(bodies).toEqual([...sent, ...sent]);
});
