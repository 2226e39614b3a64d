import { brotliCompressSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { rawCall } from '../support/raw-call.ts';
import { type RunningRelay, startRelay } from '../support/running-relay.ts';

let running: RunningRelay;
beforeAll(async () => {
  running = await startRelay({
    accounts: [
      { name: 'a', kind: 'chatgpt' },
      { name: 'b', kind: 'chatgpt' },
    ],
    settings: { 'limits.bodyBytes': 20_000 },
  });
});
afterAll(() => running.stop());
beforeEach(() => running.simulator.clearJournal());

const send = (path: string, body: string | Buffer, headers: Record<string, string> = {}) =>
  rawCall(running.url, {
    path,
    body,
    headers: { authorization: `Bearer ${running.key}`, 'content-type': 'application/json', ...headers },
  });
const json = (value: unknown) => JSON.stringify(value);
const chat = (extra: object) => json({ model: 'gpt-5.5', messages: [{ role: 'user', content: 'hi' }], ...extra });
const facts = async (answer: ReturnType<typeof send>) => {
  const { status, text } = await answer;
  const { error } = JSON.parse(text) as { error: { type: string; code: string; param: string | null } };
  return [status, error.type, error.code, error.param];
};

test.each([
  ['C-01 a cut body', '/v1/responses', '{"model":', [400, 'invalid_request_error', 'invalid_json', null]],
  ['C-02 an array', '/v1/responses', '[]', [400, 'invalid_request_error', 'invalid_type', null]],
  ['C-02 null', '/v1/chat/completions', 'null', [400, 'invalid_request_error', 'invalid_type', null]],
  [
    'C-03 stream as text',
    '/v1/responses',
    json({ model: 'gpt-5.5', input: 'x', stream: 'true' }),
    [400, 'invalid_request_error', 'invalid_type', 'stream'],
  ],
  [
    'C-03 messages as object',
    '/v1/chat/completions',
    json({ model: 'gpt-5.5', messages: {} }),
    [400, 'invalid_request_error', 'invalid_type', 'messages'],
  ],
  [
    'C-03 no messages',
    '/v1/chat/completions',
    json({ model: 'gpt-5.5', messages: [] }),
    [400, 'invalid_request_error', 'invalid_value', 'messages'],
  ],
  [
    'C-03 input as number',
    '/v1/responses',
    json({ model: 'gpt-5.5', input: 5 }),
    [400, 'invalid_request_error', 'invalid_type', 'input'],
  ],
  ['C-05 n of 3', '/v1/chat/completions', chat({ n: 3 }), [400, 'invalid_request_error', 'unsupported_parameter', 'n']],
  [
    'C-05 logprobs',
    '/v1/chat/completions',
    chat({ logprobs: true }),
    [400, 'invalid_request_error', 'unsupported_parameter', 'logprobs'],
  ],
  [
    'C-06 an unknown model',
    '/v1/chat/completions',
    chat({ model: 'gpt-none' }),
    [404, 'invalid_request_error', 'model_not_found', 'model'],
  ],
  [
    'C-06 a model in other case',
    '/v1/chat/completions',
    chat({ model: 'GPT-5.5' }),
    [404, 'invalid_request_error', 'model_not_found', 'model'],
  ],
  [
    'C-08 nesting of 129',
    '/v1/responses',
    `{"a":${'['.repeat(129)}${']'.repeat(129)}}`,
    [400, 'invalid_request_error', 'invalid_json', null],
  ],
  [
    'a path that ChatGPT logins do not serve',
    '/v1/embeddings',
    '{}',
    [404, 'invalid_request_error', 'not_found', null],
  ],
  ['a path that nobody serves', '/v1/nothing', '{}', [404, 'invalid_request_error', 'not_found', null]],
])('%s is refused and reaches no account', async (_name, path, body, expected) => {
  expect(await facts(send(path, body))).toEqual(expected);
  expect(running.simulator.modelRequests()).toEqual([]);
});

test.each([
  ['none', undefined],
  ['a wrong one', 'Bearer sk-relay-wrong'],
  ['Basic', 'Basic abc'],
  ['SQL', "Bearer ' OR 1=1--"],
  ['8 kB', `Bearer ${'x'.repeat(8_000)}`],
])('A-10, A-12 a request whose key is %s gets 401 and its key is not echoed', async (_name, authorization) => {
  const headers = { 'content-type': 'application/json', ...(authorization === undefined ? {} : { authorization }) };
  const answer = await rawCall(running.url, { path: '/v1/responses', headers, body: '{}' });
  expect([answer.status, answer.headers['www-authenticate'], JSON.parse(answer.text).error.code]).toEqual([
    401,
    'Bearer',
    'invalid_api_key',
  ]);
  expect(answer.text).not.toContain('OR 1=1');
});

test('a wrong method gets 405, HEAD gets a head and OPTIONS without Origin nothing', async () => {
  const headers = { authorization: `Bearer ${running.key}` };
  const statusOf = async (method: string, path: string) => {
    const { status, text } = await rawCall(running.url, { method, path, headers });
    return [method, status, text === ''];
  };
  expect(
    await Promise.all([
      statusOf('GET', '/v1/responses'),
      statusOf('HEAD', '/v1/models'),
      statusOf('OPTIONS', '/v1/models'),
      statusOf('TRACE', '/v1/models'),
    ]),
  ).toEqual([
    ['GET', 405, false],
    ['HEAD', 200, true],
    ['OPTIONS', 204, true],
    ['TRACE', 405, false],
  ]);
});

test.each(['attacker.test', '127.0.0.1.nip.io', 'localhost.attacker.test', '127.0.0.1:1', '0.0.0.0'])(
  'B-01 the host name %s is refused on every route, also with a valid key',
  async (host) => {
    const headers = { host, authorization: `Bearer ${running.key}` };
    for (const path of ['/v1/models', '/', '/api/status', '/backend-api/wham/usage']) {
      const { status, text, headers: sent } = await rawCall(running.url, { method: 'GET', path, headers });
      expect([path, status, JSON.parse(text).error.code]).toEqual([path, 403, 'forbidden_host']);
      expect(Object.keys(sent).filter((name) => name.startsWith('access-control'))).toEqual([]);
    }
  },
);

test('B-02 a page of another origin is refused, with and without preflight', async () => {
  const origin = 'https://evil.test';
  expect(await facts(send('/v1/responses', '{}', { origin }))).toEqual([
    403,
    'invalid_request_error',
    'forbidden_origin',
    null,
  ]);
  const preflight = await rawCall(running.url, {
    method: 'OPTIONS',
    path: '/v1/responses',
    headers: { origin, 'access-control-request-method': 'POST' },
  });
  expect([preflight.status, preflight.headers['access-control-allow-origin']]).toEqual([403, undefined]);
});

test('C-10 the body limit holds to the byte', async () => {
  const empty = json({ model: 'gpt-5.5', input: '' }).length;
  const statusAt = async (bytes: number) =>
    (await send('/v1/responses', json({ model: 'gpt-5.5', input: 'x'.repeat(bytes - empty) }))).status;
  expect([await statusAt(19_999), await statusAt(20_000), await statusAt(20_001)]).toEqual([200, 200, 413]);
});

test('C-11 every coding is inflated under the same limit; others are refused', async () => {
  const body = Buffer.from(json({ model: 'gpt-5.5', input: 'hello' }));
  const bomb = Buffer.from(json({ model: 'gpt-5.5', input: 'x'.repeat(30_000) }));
  const codings: [string, (data: Buffer) => Buffer][] = [
    ['zstd', zstdCompressSync],
    ['gzip', gzipSync],
    ['br', brotliCompressSync],
    ['deflate', deflateSync],
  ];
  for (const [coding, compress] of codings) {
    const status = async (data: Buffer) =>
      (await send('/v1/responses', compress(data), { 'content-encoding': coding })).status;
    expect([coding, await status(body), await status(bomb)]).toEqual([coding, 200, 413]);
  }
  expect(await facts(send('/v1/responses', body, { 'content-encoding': 'gzip, br' }))).toEqual([
    415,
    'invalid_request_error',
    'unsupported_encoding',
    null,
  ]);
  expect(await facts(send('/v1/responses', body, { 'content-encoding': 'gzip' }))).toEqual([
    400,
    'invalid_request_error',
    'invalid_value',
    null,
  ]);
  expect(await facts(send('/v1/responses', body, { 'content-type': 'text/plain' }))).toEqual([
    415,
    'invalid_request_error',
    'unsupported_media_type',
    null,
  ]);
});

test('C-07 of a doubled member the last one counts, for the log and the upstream alike', async () => {
  await send('/v1/responses', '{"model":"gpt-none","input":"x","model":"gpt-5.5"}');
  const [request] = running.simulator.modelRequests();
  const call = (await running.calls()).at(-1);
  expect([(request?.body as { model?: string } | undefined)?.model, call?.modelAsked, call?.status]).toEqual([
    'gpt-5.5',
    'gpt-5.5',
    'ok',
  ]);
});

test('a missing, doubled or backend prefix leads to the same endpoint', async () => {
  for (const path of ['/responses', '/v1/v1/responses', '/backend-api/codex/responses']) {
    const { status } = await send(path, json({ model: 'gpt-5.5', input: 'hello' }));
    expect([path, status]).toEqual([path, 200]);
  }
});

test('every refusal with a valid key is a row whose id is the x-request-id', async () => {
  const answer = await send('/v1/responses', json({ model: 'gpt-none', input: 'x' }));
  const call = await running.relay.ledger.call(String(answer.headers['x-request-id']));
  expect([call?.status, call?.httpStatus, call?.errorCode, call?.attempts, call?.keyName]).toEqual([
    'error',
    404,
    'model_not_found',
    [],
    'test',
  ]);
});
