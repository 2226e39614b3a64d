import { once } from 'node:events';
import { connect } from 'node:net';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { ScriptEntry } from '../../src-main/simulator/fault.ts';
import type { KeyCreated, KeyView } from '../../src-shared/contract/key.ts';
import type { RawRequest } from '../support/raw-call.ts';
import { expectRefusal, type Refusal } from './support/contract.ts';
import { type Scene, startScene } from './support/scene.ts';
import { socketAnswer } from './support/socket-answer.ts';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

let scene: Scene;
let key: string;
beforeAll(async () => {
  scene = await startScene({
    logins: 40,
    settings: {
      'limits.bodyBytes': 20_000,
      'timeouts.firstOutputMs': 1_500,
      // What all rows together may spend on trying again is not theirs to show.
      'routing.maxAttempts': 1,
      'timeouts.clientBodyMs': 200,
    },
  });
  ({ key } = await scene.pool(1));
});
afterAll(() => scene?.stop());

const request = 'invalid_request_error';
const bodyOf = (more: object = {}): string => JSON.stringify({ model: 'gpt-5.5', input: 'x', ...more });
const refusals: readonly [string, RawRequest & { readonly keyless?: true }, Refusal][] = [
  [
    'no key',
    { path: '/v1/responses', body: '{}', keyless: true },
    {
      status: 401,
      type: request,
      code: 'invalid_api_key',
      headers: { 'www-authenticate': 'Bearer' },
    },
  ],
  [
    'a foreign Host',
    { path: '/v1/responses', body: '{}', headers: { host: 'attacker.test' } },
    { status: 403, type: request, code: 'forbidden_host' },
  ],
  [
    'a foreign Origin',
    { path: '/v1/responses', body: '{}', headers: { origin: 'https://attacker.test' } },
    { status: 403, type: request, code: 'forbidden_origin' },
  ],
  ['no JSON', { path: '/v1/responses', body: '{"model":' }, { status: 400, type: request, code: 'invalid_json' }],
  [
    'a wrong type',
    { path: '/v1/responses', body: bodyOf({ stream: 'true' }) },
    { status: 400, type: request, code: 'invalid_type', param: 'stream' },
  ],
  [
    'n of 3',
    {
      path: '/v1/chat/completions',
      body: JSON.stringify({ model: 'gpt-5.5', messages: [{ role: 'user', content: 'x' }], n: 3 }),
    },
    { status: 400, type: request, code: 'unsupported_parameter', param: 'n' },
  ],
  [
    'an unknown model',
    { path: '/v1/responses', body: bodyOf({ model: 'no-such' }) },
    { status: 404, type: request, code: 'model_not_found', param: 'model' },
  ],
  ['an unknown route', { path: '/v1/nothing', body: '{}' }, { status: 404, type: request, code: 'not_found' }],
  [
    'a wrong method',
    { path: '/v1/responses', method: 'PUT', body: '{}' },
    { status: 405, type: request, code: 'method_not_allowed', headers: { allow: /POST/ } },
  ],
  [
    'a body too large',
    { path: '/v1/responses', body: bodyOf({ input: 'x'.repeat(20_001) }) },
    { status: 413, type: request, code: 'body_too_large', headers: { connection: 'close' } },
  ],
  [
    'a wrong media type',
    { path: '/v1/responses', body: bodyOf(), headers: { 'content-type': 'text/plain' } },
    { status: 415, type: request, code: 'unsupported_media_type', headers: { connection: 'close' } },
  ],
  [
    'an unknown coding',
    { path: '/v1/responses', body: bodyOf(), headers: { 'content-encoding': 'pack200' } },
    { status: 415, type: request, code: 'unsupported_encoding', headers: { connection: 'close' } },
  ],
];

test.each(refusals)('a request with %s is refused by contract and reaches no account', async (_name, ask, refusal) => {
  const { keyless, ...asked } = ask;
  const headers = {
    connection: 'keep-alive',
    'content-type': 'application/json',
    ...(keyless === true ? {} : { authorization: `Bearer ${key}` }),
    ...asked.headers,
  };
  scene.simulator.clearJournal();
  expectRefusal(await scene.raw({ ...asked, headers }), refusal);
  expect(scene.simulator.modelRequests()).toEqual([]);
});

test.each([
  ['revoked', ({ id }: KeyView) => scene.api('POST', `/keys/${id}/revoke`)],
  ['expired', () => undefined],
])('a key that is %s is refused as one that never was', async (how, end) => {
  const expiresAt = how === 'expired' ? Date.now() + 300 : null;
  const { key: made, secret } = await scene.api<KeyCreated>('POST', '/keys', { name: how, expiresAt });
  await end(made);
  const models = () => scene.raw({ method: 'GET', path: '/v1/models', headers: { authorization: `Bearer ${secret}` } });
  await expect.poll(async () => (await models()).status).toBe(401);
  expectRefusal(await models(), {
    status: 401,
    type: request,
    code: 'invalid_api_key',
    headers: { 'www-authenticate': 'Bearer' },
  });
});

test.each([
  [
    'headers too large',
    `POST /v1/responses HTTP/1.1\r\nhost: 127.0.0.1\r\nx-long: ${'x'.repeat(20_000)}\r\n\r\n`,
    431,
    'headers_too_large',
  ],
  ['a body too slow', 'KEY\r\ncontent-length: 10\r\n\r\n{', 408, 'request_timeout'],
])('%s end the connection with an answer by contract', async (_name, sent, status, code) => {
  const { hostname, port } = new URL(scene.url);
  const head = `POST /v1/responses HTTP/1.1\r\nhost: ${hostname}:${port}\r\nauthorization: Bearer ${key}\r\ncontent-type: application/json`;
  const text = await new Promise<string>((resolve) => {
    let read = '';
    const socket = connect(Number(port), hostname, () => socket.write(sent.replace('KEY', head)));
    socket.on('data', (chunk) => {
      read += chunk;
    });
    socket.on('error', () => undefined).on('close', () => resolve(read));
  });
  expectRefusal(socketAnswer(text), { status, type: request, code, headers: { connection: 'close' } });
});

const status = (code: number, error: object = {}): ScriptEntry => ({
  kind: 'status',
  status: code,
  body: { error: { message: 'no', ...error } },
});
const ofUpstream: readonly [string, ScriptEntry, Refusal][] = [
  [
    'that rests for two hours',
    { kind: 'usage-limit', resetsInSeconds: 7_200 },
    {
      status: 429,
      type: 'rate_limit_error',
      code: 'usage_limit_reached',
      headers: { 'retry-after': /^7(20[01]|1\d\d)$/, 'x-should-retry': 'false' },
    },
  ],
  [
    'that needs a person',
    status(401, { code: 'account_deactivated' }),
    { status: 503, type: 'server_error', code: 'no_available_accounts', headers: { 'x-should-retry': 'false' } },
  ],
  ['that says 500', status(500), { status: 502, type: 'server_error', code: 'upstream_error' }],
  [
    'that answers with JSON',
    { kind: 'json-200' },
    { status: 502, type: 'server_error', code: 'upstream_invalid_response' },
  ],
  [
    'that ends before output',
    { kind: 'cut', at: 'created', how: 'clean' },
    { status: 502, type: 'server_error', code: 'upstream_stream_truncated' },
  ],
  [
    'that resets',
    { kind: 'cut', at: 'before-headers' },
    { status: 502, type: 'server_error', code: 'upstream_connection_error' },
  ],
  [
    'that is silent',
    { kind: 'silence', at: 'created' },
    { status: 504, type: 'server_error', code: 'upstream_timeout' },
  ],
  [
    'that refuses the request',
    status(422, { type: 'invalid_request_error', code: 'bad_tools', param: 'tools' }),
    { status: 422, type: 'invalid_request_error', code: 'bad_tools', param: 'tools' },
  ],
];

test.each(ofUpstream)(
  'an account %s is told by contract, streamed or not, and its row says the same',
  async (_name, fault, refusal) => {
    for (const [endpoint, stream] of [
      ['responses', true],
      ['chat', false],
    ] as const) {
      const { names, key: own } = await scene.pool(1);
      scene.simulator.account(names[0]!).always(fault);
      const answer = await scene.ask(own, endpoint, 'sim:say one', { stream });
      expectRefusal(answer, refusal);
      const call = await scene.callOf(answer);
      expect([call.status, call.httpStatus, call.errorCode]).toEqual(['error', refusal.status, refusal.code]);
    }
  },
);

// The last of this file: it ends the process.
test('a Relay that is asked to end refuses what is new by contract, and finishes what runs', async () => {
  const { names, key: own } = await scene.pool(1);
  scene.simulator.account(names[0]!).latency = { perEventMs: 20 };
  const running = scene.ask(own, 'responses', 'sim:tokens 120', { stream: true });
  await expect.poll(() => scene.simulator.modelRequests(names[0]!)[0]?.bytesSent ?? 0).toBeGreaterThan(0);
  // A connection that was there before, in the middle of its request.
  const { hostname, port } = new URL(scene.url);
  const late = connect(Number(port), hostname);
  await once(late, 'connect');
  late.write(`GET /v1/models HTTP/1.1\r\nhost: ${hostname}:${port}\r\n`);
  // A whole round trip later it has been read.
  await scene.ask(own, 'responses', 'x', { stream: 'true' });
  scene.relay.kill('SIGTERM');
  await expect.poll(() => scene.raw({ method: 'GET', path: '/health/live' }).catch(() => null)).toBeNull();
  late.end(`authorization: Bearer ${own}\r\n\r\n`);
  let text = '';
  for await (const chunk of late) text += String(chunk);
  expectRefusal(socketAnswer(text), {
    status: 503,
    type: 'server_error',
    code: 'shutting_down',
    headers: { connection: 'close', 'retry-after': '1' },
  });
  expect((await running).text).toContain('event: response.completed');
  expect(await scene.relay.ended).toBe(0);
});
