import { readdirSync, statSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { WebSocket } from 'ws';
import type { KeyCreated } from '../../src-shared/contract/key.ts';
import type { SignInView } from '../../src-shared/contract/sign-in.ts';
import { type RawAnswer, type RawRequest, rawCall } from '../support/raw-call.ts';
import { type RunningRelay, startRelay } from '../support/running-relay.ts';
import { expectRefusal } from './support/contract.ts';
import { type HeadlessRelay, startHeadlessRelay } from './support/headless-relay.ts';
import { socketAnswer } from './support/socket-answer.ts';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

let relay: HeadlessRelay;
let apiToken: string;
beforeAll(async () => {
  relay = await startHeadlessRelay();
  ({ apiToken } = relay.process.announcement);
});
afterAll(() => relay.stop());
beforeEach(() => relay.simulator.clearJournal());

const call = JSON.stringify({ model: 'gpt-5.5', input: 'sim:say hello' });
const code = (text: string): string => JSON.parse(text).error.code;
const corsOf = (headers: Readonly<Record<string, unknown>>) =>
  Object.keys(headers).filter((name) => name.startsWith('access-control'));
/** What a state-changing request must leave as it was. */
const state = async () => [
  await relay.api('GET', '/keys'),
  await relay.api('GET', '/settings'),
  (await relay.api<{ accounts: { id: string }[] }>('GET', '/accounts')).accounts.map(({ id }) => id),
];
/** A request without any key but what is given. */
const bare = (request: RawRequest) => rawCall(relay.url, request);

test.each(['attacker.test', '127.0.0.1.nip.io', 'localhost.attacker.test', '0.0.0.0'])(
  'B-01: the host name %s gets 403 on every route, also with a valid key',
  async (host) => {
    for (const [method, path] of [
      ['POST', '/v1/responses'],
      ['OPTIONS', '/v1/models'],
      ['GET', '/'],
      ['GET', '/api/keys'],
      ['GET', '/health/live'],
    ] as const) {
      const authorization = `Bearer ${path.startsWith('/api') ? apiToken : relay.key}`;
      const answer = await bare({ method, path, headers: { host, authorization, 'content-type': 'application/json' } });
      expect([path, answer.status, code(answer.text), corsOf(answer.headers)]).toEqual([
        path,
        403,
        'forbidden_host',
        [],
      ]);
    }
    expect(relay.simulator.journal).toEqual([]);
  },
);

test.each(['https://evil.test', 'null', 'http://127.0.0.1:1'])(
  'B-02: a page of %s gets nothing, with and without preflight',
  async (origin) => {
    const preflight = await bare({
      method: 'OPTIONS',
      path: '/v1/responses',
      headers: { origin, 'access-control-request-method': 'POST', 'access-control-request-headers': 'authorization' },
    });
    const posted = await relay.send({ path: '/v1/responses', body: call, headers: { origin } });
    const plain = await relay.send({ path: '/v1/responses', body: call, headers: { 'content-type': 'text/plain' } });
    expect([preflight.status, corsOf(preflight.headers), posted.status, code(posted.text), plain.status]).toEqual([
      403,
      [],
      403,
      'forbidden_origin',
      415,
    ]);
    expect(relay.simulator.modelRequests()).toEqual([]);
  },
);

test('B-03: /api opens to nobody but its own token, and to no page of another origin', async () => {
  const before = await state();
  const statusOf = async (headers: Record<string, string>) => {
    const read = await bare({ method: 'GET', path: '/api/keys', headers });
    const written = await bare({
      path: '/api/keys',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify({ name: 'stolen' }),
    });
    return [read.status, written.status];
  };
  const own = `Bearer ${apiToken}`;
  expect([
    await statusOf({}),
    await statusOf({ authorization: `Bearer ${relay.key}` }),
    await statusOf({ authorization: `Bearer ${relay.simulator.account('a').accessToken()}` }),
    await statusOf({ authorization: own, origin: 'https://evil.test' }),
    await statusOf({ authorization: own, origin: 'null' }),
    await statusOf({ authorization: own, 'sec-fetch-site': 'cross-site' }),
  ]).toEqual([
    [401, 401],
    [401, 401],
    [401, 401],
    [403, 403],
    [403, 403],
    [403, 403],
  ]);
  expect(await state()).toEqual(before);
});

test('B-04: forms, images and reads change nothing', async () => {
  const before = await state();
  const authorization = `Bearer ${apiToken}`;
  const form = { authorization, 'content-type': 'application/x-www-form-urlencoded' };
  const [{ id }] = (await relay.api<{ accounts: [{ id: string }] }>('GET', '/accounts')).accounts;
  const statuses = [
    await bare({ path: '/api/keys', headers: form, body: 'name=forged' }),
    await bare({ path: '/api/keys', headers: { ...form, 'content-type': 'text/plain' }, body: '{"name":"forged"}' }),
    await bare({ method: 'PATCH', path: '/api/settings', headers: form, body: 'routing.maxAttempts=1' }),
    await bare({ method: 'GET', path: `/api/accounts/${id}/pause`, headers: { authorization } }),
    await bare({ method: 'GET', path: '/api/secrets/move', headers: { authorization } }),
  ].map(({ status }) => status);
  expect(statuses).toEqual([415, 415, 415, 405, 405]);
  expect(await state()).toEqual(before);
});

const hostile = ['=HYPERLINK("http://evil.test","x")', '+cmd', '@SUM(A1)', '-2+3', '\ttab "quoted"'];

test('B-06: control characters, escapes and turned text are one line each in an export, and written out', async () => {
  const agent = 'a\u0085b';
  const model = 'm\r\n\u001b[31m\u202e\u0000x';
  const answer = await relay.send({
    path: '/v1/responses',
    headers: { 'user-agent': agent },
    body: JSON.stringify({ model, input: 'x' }),
  });
  expect(answer.status).toBe(404);
  const { text } = await bare({
    method: 'GET',
    path: '/api/calls/export.jsonl',
    headers: { authorization: `Bearer ${apiToken}` },
  });
  const lines = text.trimEnd().split('\n');
  const row = lines.map((line) => JSON.parse(line)).find(({ id }) => id === answer.headers['x-request-id']);
  expect(row).toMatchObject({ status: 'error', errorCode: 'model_not_found' });
  expect(text.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\u202e]/u);
  for (const sign of ['\u001b', '\u202e']) expect(relay.process.stderr()).not.toContain(sign);
});

test('B-07: what a spreadsheet would run opens as text in the CSV', async () => {
  const answers = [];
  for (const agent of hostile) answers.push(await relay.ask({ input: 'sim:say x' }, { 'user-agent': agent.trim() }));
  await relay.createKey({ name: '=1+1' });
  const { text } = await bare({
    method: 'GET',
    path: '/api/calls/export.csv',
    headers: { authorization: `Bearer ${apiToken}` },
  });
  expect(answers.map(({ status }) => status)).toEqual(hostile.map(() => 200));
  expect(text).toContain(`"'=HYPERLINK(""http://evil.test"",""x"")"`);
  for (const formula of ['+cmd', '@SUM(A1)', '-2+3']) expect(text).toContain(`,'${formula},`);
  expect(text).not.toMatch(/(^|,)"?[=+@]/m);
});

test.each([
  '/../package.json',
  '/..%2f..%2fpackage.json',
  '/%2e%2e/%2e%2e/etc/passwd',
  '/%252e%252e%252fetc%252fpasswd',
  '/..\\..\\package.json',
  '/assets/..%5c..%5cpackage.json',
  '/C:/Windows/win.ini',
  '/assets/%00',
  '//etc/passwd',
])('B-08: %s leads to nothing outside of the app', async (path) => {
  const { status, text } = await bare({ method: 'GET', path });
  expect(text).not.toMatch(/root:.*:0:0|"devDependencies"|\[fonts\]/);
  expect([200, 400, 404, 503]).toContain(status);
  if (status === 200) expect(text).toMatch(/^<!doctype html>/i);
});

test.each([
  '/?next=//evil.test',
  '/?redirect=https://evil.test',
  '//evil.test',
  '/\\evil.test',
  '/api/session?next=https://evil.test',
])('B-09: %s leads to no other origin', async (path) => {
  const { status, headers } = await bare({ method: 'GET', path });
  expect([headers['location'], headers['refresh'], status >= 300 && status < 400]).toEqual([
    undefined,
    undefined,
    false,
  ]);
});

test.each([
  'http://169.254.169.254/v1',
  'https://169.254.169.254/v1',
  'https://metadata.google.internal/v1',
  'file:///etc/passwd',
  'https://user:hunter2@example.com/v1',
  'http://example.com/v1',
])('B-12: %s is refused as the address of an account, and not repeated', async (baseUrl) => {
  const before = await state();
  const { status, text } = await bare({
    path: '/api/accounts',
    headers: { authorization: `Bearer ${apiToken}`, 'content-type': 'application/json' },
    body: JSON.stringify({ type: 'api-key', apiKey: 'sk-planted-key', baseUrl, unchecked: true }),
  });
  expect([status, text.includes('sk-planted-key'), text.includes('hunter2')]).toEqual([400, false, false]);
  expect(await state()).toEqual(before);
});

test('B-12: a redirect to another host is not followed, and an address in a request is not read', async () => {
  const elsewhere = await startRelay();
  try {
    relay.simulator.account('a').always({ kind: 'redirect', location: `${elsewhere.url}/v1/responses`, status: 307 });
    const redirected = await relay.ask({ input: 'sim:say x' });
    relay.simulator.account('a').always(null);
    const named = await relay.ask({ input: 'sim:say x', api_base: elsewhere.url, base_url: elsewhere.url });
    expect([redirected.status, [200, 400].includes(named.status)]).toEqual([502, true]);
    expect([await elsewhere.calls(), elsewhere.simulator.journal]).toEqual([[], []]);
  } finally {
    await elsewhere.stop();
  }
});

test.skipIf(process.platform === 'win32')(
  'B-13: all that Relay writes is for its own user, and the port gives nothing without a key',
  async () => {
    await relay.ask({ input: 'sim:say x' });
    const { dataDir } = relay.home;
    const paths = [
      dataDir,
      ...(readdirSync(dataDir, { recursive: true }) as string[]).map((name) => join(dataDir, name)),
    ];
    const open = paths.filter((path) => (statSync(path, { throwIfNoEntry: false })?.mode ?? 0) & 0o077);
    expect([paths.length > 3, open]).toEqual([true, []]);
    expect((await bare({ method: 'GET', path: '/v1/models' })).status).toBe(401);
  },
);

test('B-14: a WebSocket of another origin is refused before it is opened', async () => {
  const socket = new WebSocket(`${relay.url.replace('http', 'ws')}/v1/responses`, {
    headers: { authorization: `Bearer ${relay.key}`, origin: 'https://evil.test' },
  });
  const status = await new Promise((resolve) => {
    socket.on('unexpected-response', (_request, response) => resolve(response.statusCode));
    socket.on('open', () => resolve('open'));
  });
  socket.on('error', () => undefined).terminate();
  expect([status, relay.simulator.modelRequests()]).toEqual([403, []]);
});

describe('a flood of wrong keys', () => {
  const WRONG = 4_000;
  /** More than are told what is wrong with them in a whole minute of such a flood, and far fewer than come. */
  const FEW = WRONG / 4;
  let flooded: HeadlessRelay;
  beforeAll(async () => {
    flooded = await startHeadlessRelay();
  });
  afterAll(() => flooded.stop());

  /** So many requests with keys that open nothing, over ten connections, each sent without waiting: their answers. */
  async function flood(path: string, keyOf: (n: number) => string): Promise<RawAnswer[]> {
    const { host, hostname, port } = new URL(flooded.url);
    const answers = Array.from({ length: 10 }, async (_, lane) => {
      const socket = connect(Number(port), hostname);
      for (let n = 0; n < WRONG / 10; n += 1) {
        const last = n === WRONG / 10 - 1 ? 'connection: close\r\n' : '';
        const authorization = `authorization: Bearer ${keyOf(lane * 1_000 + n)}`;
        socket.write(`GET ${path} HTTP/1.1\r\nhost: ${host}\r\n${authorization}\r\n${last}\r\n`);
      }
      let text = '';
      for await (const chunk of socket) text += String(chunk);
      return text.split(/(?=HTTP\/1\.1 \d)/).map(socketAnswer);
    });
    return (await Promise.all(answers)).flat();
  }
  const shaped = (n: number) => `sk-relay-${String(n).padStart(43, 'w')}`;
  const lines = (door: string): number =>
    flooded.process.stderr().match(new RegExp(`requests to ${door}`, 'g'))?.length ?? 0;

  test.each<[string, string, (n: number) => string]>([
    ['of any form', '/v1/models', (n) => `wrong-${n}`],
    ['of the form of a key', '/v1/models', shaped],
    ['that begin as a right one does', '/v1/models', (n) => flooded.key.slice(0, 12) + shaped(n).slice(12)],
    ['at /api', '/api/keys', (n) => `wrong-${n}`],
  ])('B-17: %s: few are told more than to wait, and right keys and streams go on', async (_name, path, keyOf) => {
    flooded.simulator.clearJournal();
    flooded.simulator.account('a').latency = { perEventMs: 5 };
    const stream = flooded.ask({ input: 'sim:tokens 100', stream: true });
    await expect.poll(() => flooded.simulator.modelRequests().length).toBe(1);
    const { key, secret: old } = await flooded.createKey({ name: 'rotated' });
    const { secret: fresh } = await flooded.api<KeyCreated>('POST', `/keys/${key.id}/rotate`, {});
    let over = false;
    const flooding = flood(path, keyOf).finally(() => {
      over = true;
    });
    const right: number[] = [];
    do {
      for (const secret of [flooded.key, old, fresh]) {
        right.push((await flooded.send({ method: 'GET', path: '/v1/models', key: secret })).status);
      }
      await flooded.api('GET', '/keys');
    } while (!over);
    const answers = await flooding;
    const [told, waiting] = [401, 429].map((status) => answers.filter((answer) => answer.status === status));
    expect([answers.length, told!.length + waiting!.length, told!.length < FEW]).toEqual([WRONG, WRONG, true]);
    const limited = { status: 429, type: 'requests', code: 'rate_limit_exceeded', headers: { 'retry-after': '1' } };
    for (const answer of [waiting![0]!, waiting!.at(-1)!]) expectRefusal(answer, limited);
    expect(new Set(right)).toEqual(new Set([200]));
    expect((await stream).text).toContain('event: response.completed');
    flooded.simulator.account('a').latency = null;
    const door = path.startsWith('/api') ? '/api' : '/v1';
    // All tests of this Relay together are over within two minutes.
    expect([lines(door) > 0, lines(door) <= 2]).toEqual([true, true]);
    expect(flooded.process.stderr()).not.toMatch(/wrong-|wwww/);
  });

  test('B-17: after the flood a wrong key is told again what it is', async () => {
    const models = () => flooded.send({ method: 'GET', path: '/v1/models', key: 'wrong' });
    await expect.poll(async () => (await models()).status).toBe(401);
  });
});

// The headless program comes back to the two ports that the sign-in service knows: here a free one is needed.
describe('the address that a browser comes back to', () => {
  let running: RunningRelay;
  beforeAll(async () => {
    running = await startRelay({ accounts: [], strangers: [{ name: 'bob', kind: 'chatgpt' }] });
    running.simulator.signInAs('bob');
  });
  afterAll(() => running.stop());

  test('B-10: takes no wrong, missing or used state, no error as HTML, no other host, and closes afterwards', async () => {
    const started = JSON.parse(
      (
        await rawCall(running.url, {
          path: '/api/accounts/sign-ins',
          headers: { authorization: `Bearer ${running.apiToken}`, 'content-type': 'application/json' },
          body: JSON.stringify({ method: 'browser' }),
        })
      ).text,
    ) as SignInView;
    const good = new URL((await fetch(started.url!, { redirect: 'manual' })).headers.get('location')!);
    const tokenCalls = () => running.simulator.journal.filter(({ path }) => path.endsWith('/oauth/token')).length;
    const come = (change: (url: URL) => void, headers = {}) => {
      const url = new URL(good);
      change(url);
      return rawCall(url.origin, { method: 'GET', path: `${url.pathname}${url.search}`, headers });
    };
    const wrong = [
      await come((url) => url.searchParams.set('state', 'wrong')),
      await come((url) => url.searchParams.delete('state')),
      await come((url) => {
        url.searchParams.set('state', 'wrong');
        url.searchParams.set('error', '<script>alert(1)</script>');
      }),
      await come(() => undefined, { host: 'attacker.test' }),
    ];
    expect([wrong.map(({ status }) => status), tokenCalls()]).toEqual([[400, 400, 400, 400], 0]);
    expect(wrong.map(({ text }) => text).join()).not.toContain('<script>');
    if (process.platform === 'linux')
      await expect(fetch(good.href.replace('127.0.0.1', '127.0.0.2'))).rejects.toThrow();
    expect((await come(() => undefined)).status).toBe(200);
    await expect
      .poll(() =>
        come(() => undefined).then(
          ({ status }) => status,
          () => 'closed',
        ),
      )
      .toBe('closed');
    expect(tokenCalls()).toBe(1);
  });
});
