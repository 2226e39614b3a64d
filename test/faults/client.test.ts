import { connect } from 'node:net';
import { brotliCompressSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { headerOf } from '../../src-main/simulator/journal.ts';
import type { CallList } from '../../src-shared/contract/call.ts';
import { type RawAnswer, rawCall, sseData } from '../support/raw-call.ts';
import { expectRefusal } from './support/contract.ts';
import { type HeadlessRelay, startHeadlessRelay } from './support/headless-relay.ts';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const bodyLimit = 400_000;
let relay: HeadlessRelay;
beforeAll(async () => {
  relay = await startHeadlessRelay({
    settings: {
      'limits.bodyBytes': bodyLimit,
      'models.aliases': { mine: 'gpt-5.5' },
      'timeouts.keepAliveMs': 100,
      'timeouts.clientDrainMs': 300,
    },
  });
});
afterAll(() => relay.stop());
beforeEach(() => relay.simulator.clearJournal());

const json = (value: unknown) => JSON.stringify(value);
const post = (path: string, body: string | Buffer, headers: Record<string, string> = {}) =>
  relay.send({ path, body, headers });
const chatWith = (more: object) => json({ model: 'gpt-5.5', messages: [{ role: 'user', content: 'hi' }], ...more });
const responsesWith = (more: object) => json({ model: 'gpt-5.5', input: 'sim:say hello', ...more });

/** A refusal by contract, its row under the same id, and no account that was asked. */
async function expectNobodyAsked(answer: RawAnswer, [status, code, param]: readonly [number, string, string | null]) {
  expectRefusal(answer, { status, type: 'invalid_request_error', code, param });
  expect(JSON.parse(answer.text).error.message, 'a sentence of its own').toMatch(/\.$/);
  expect(await relay.rowOf(answer)).toMatchObject({
    status: 'error',
    httpStatus: status,
    errorCode: code,
    attempts: [],
  });
  expect(relay.simulator.modelRequests()).toEqual([]);
}

const chat = '/v1/chat/completions';
const responses = '/v1/responses';

describe('a body that is not a request', () => {
  test.each([
    ['C-01: a cut body', responses, '{"model":', [400, 'invalid_json', null]],
    ['C-01: a cut body to Chat', chat, '{"model":', [400, 'invalid_json', null]],
    ['C-02: an array', responses, '[]', [400, 'invalid_type', null]],
    ['C-02: null', chat, 'null', [400, 'invalid_type', null]],
    ['C-02: a string', responses, '"model"', [400, 'invalid_type', null]],
    ['C-02: a number', chat, '5', [400, 'invalid_type', null]],
    ['C-03: stream as text', responses, responsesWith({ stream: 'true' }), [400, 'invalid_type', 'stream']],
    ['C-03: stream as text to Chat', chat, chatWith({ stream: 'true' }), [400, 'invalid_type', 'stream']],
    ['C-03: messages as an object', chat, chatWith({ messages: {} }), [400, 'invalid_type', 'messages']],
    ['C-03: no message', chat, chatWith({ messages: [] }), [400, 'invalid_value', 'messages']],
    ['C-03: input as a number', responses, responsesWith({ input: 5 }), [400, 'invalid_type', 'input']],
    [
      'C-03: a role of 5',
      chat,
      chatWith({ messages: [{ role: 5, content: 'x' }] }),
      [400, 'invalid_type', 'messages[0].role'],
    ],
    ['C-05: three choices', chat, chatWith({ n: 3 }), [400, 'unsupported_parameter', 'n']],
    ['C-05: logprobs', chat, chatWith({ logprobs: true }), [400, 'unsupported_parameter', 'logprobs']],
    ['C-05: audio', chat, chatWith({ audio: { voice: 'x', format: 'wav' } }), [400, 'unsupported_parameter', 'audio']],
    ['C-06: an unknown model', chat, chatWith({ model: 'gpt-none' }), [404, 'model_not_found', 'model']],
    ['C-06: a model in other case', responses, responsesWith({ model: 'GPT-5.5' }), [404, 'model_not_found', 'model']],
    ['C-08: nesting of 129', responses, `{"a":${'['.repeat(129)}${']'.repeat(129)}}`, [400, 'invalid_json', null]],
  ] as const)('%s is refused by contract, and reaches no account', async (_name, path, body, expected) => {
    await expectNobodyAsked(await post(path, body), expected);
  });
});

test('C-04: harmless parameters that the upstream cannot take are left out, and the row names them', async () => {
  const more = { logit_bias: { '50256': -100 }, user: 'somebody', metadata: { a: 'b' } };
  const answer = await post(chat, chatWith(more));
  expect(answer.status).toBe(200);
  const [request] = relay.simulator.modelRequests();
  const dropped = Object.keys(more).filter((name) => !(name in (request!.body as object)));
  expect((await relay.rowOf(answer)).dropped.toSorted()).toEqual(dropped.toSorted());
  expect(dropped).toContain('logit_bias');
});

test('C-06: an alias is resolved, and the row says which model was asked for and which one ran', async () => {
  const answer = await post(responses, responsesWith({ model: 'mine' }));
  expect(answer.status).toBe(200);
  expect(await relay.rowOf(answer)).toMatchObject({ status: 'ok', modelAsked: 'mine', modelRan: 'gpt-5.5' });
  expect(relay.simulator.modelRequests()).toMatchObject([{ body: { model: 'gpt-5.5' } }]);
});

test('C-07: of a doubled member the last one counts, for the key, the row and the upstream alike', async () => {
  const { secret } = await relay.createKey({ name: 'one model', models: ['gpt-5.5'] });
  const doubled = (first: string, last: string) =>
    relay.send({ path: responses, key: secret, body: `{"model":"${first}","input":"x","model":"${last}"}` });
  const allowed = await doubled('gpt-5.4', 'gpt-5.5');
  expect([allowed.status, (await relay.rowOf(allowed)).modelAsked]).toEqual([200, 'gpt-5.5']);
  expect(relay.simulator.modelRequests()).toMatchObject([{ body: { model: 'gpt-5.5' } }]);
  const refused = await doubled('gpt-5.5', 'gpt-5.4');
  expect([refused.status, (await relay.rowOf(refused)).modelAsked]).toEqual([404, 'gpt-5.4']);
  expect(relay.simulator.modelRequests()).toHaveLength(1);
});

test('C-08: bodies of very many members are refused, while a stream beside them goes on', async () => {
  relay.simulator.account('a').latency = { perEventMs: 5 };
  const stream = relay.ask({ input: 'sim:tokens 60', stream: true });
  await expect.poll(() => relay.simulator.modelRequests().length).toBe(1);
  const members = Array.from({ length: 10_001 }, (_, n) => `"k${n}":0`).join();
  const elements = `{"model":"gpt-5.5","input":[${'0,'.repeat(190_000)}0]}`;
  const answers = await Promise.all([post(responses, `{"model":"gpt-5.5",${members}}`), post(responses, elements)]);
  expect(answers.map(({ status, text }) => [status, JSON.parse(text).error.type])).toEqual([
    [400, 'invalid_request_error'],
    [400, 'invalid_request_error'],
  ]);
  expect((await stream).text).toContain('event: response.completed');
  relay.simulator.account('a').latency = null;
  expect(relay.simulator.modelRequests()).toHaveLength(1);
});

test('C-09: half of a surrogate pair is passed on as U+FFFD or refused, and crashes nothing', async () => {
  const half = String.raw`sim:say \ud800 end`;
  const bodies = [
    [chat, chatWith({ messages: [{ role: 'user', content: 'HALF' }] })],
    [responses, responsesWith({ input: 'HALF' })],
  ] as const;
  for (const [path, body] of bodies) {
    const answer = await post(path, body.replace('HALF', half));
    expect([200, 400]).toContain(answer.status);
    if (answer.status === 200) expect(answer.text).toMatch(/\ufffd|\\ufffd|\\ud800/i);
    expect((await relay.rowOf(answer)).httpStatus).toBe(answer.status);
  }
});

test('C-10: the body limit holds to the byte', async () => {
  const empty = responsesWith({ input: '' }).length;
  const at = (bytes: number) => post(responses, responsesWith({ input: 'x'.repeat(bytes - empty) }));
  const answers = [await at(bodyLimit - 1), await at(bodyLimit), await at(bodyLimit + 1)];
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 413]);
  relay.simulator.clearJournal();
  await expectNobodyAsked(answers[2]!, [413, 'body_too_large', null]);
  expect(answers[2]!.headers['connection']).toBe('close');
});

const codings: readonly [string, (data: Buffer) => Buffer][] = [
  ['zstd', zstdCompressSync],
  ['gzip', gzipSync],
  ['br', brotliCompressSync],
  ['deflate', deflateSync],
];
test.each(codings)('C-11: a %s body is inflated under the limit of a plain one', async (coding, compress) => {
  const at = (text: string) =>
    post(responses, compress(Buffer.from(responsesWith({ input: text }))), { 'content-encoding': coding });
  const [small, bomb] = [await at('sim:say hello'), await at('x'.repeat(bodyLimit))];
  expect([small.status, small.text.includes('hello'), bomb.status]).toEqual([200, true, 413]);
  expect(relay.simulator.modelRequests()).toHaveLength(1);
});

test.each(['gzip, br', 'gzip, gzip', 'compress', 'x-unknown'])('C-11: a coding of "%s" gets 415', async (coding) => {
  const answer = await post(responses, gzipSync(responsesWith({})), { 'content-encoding': coding });
  await expectNobodyAsked(answer, [415, 'unsupported_encoding', null]);
  expect(answer.headers['connection']).toBe('close');
});

/** All that comes back over one connection until it ends; sent is what is given, to the byte. */
function overSocket(text: string, halfOpen = false): Promise<string> {
  const { hostname, port } = new URL(relay.url);
  return new Promise((resolve, reject) => {
    const socket = connect({ host: hostname, port: Number(port), allowHalfOpen: halfOpen }, () =>
      halfOpen ? socket.end(text) : socket.write(text),
    );
    let received = '';
    socket.on('data', (chunk) => {
      received += chunk;
    });
    socket.on('end', () => {
      socket.destroy();
      resolve(received);
    });
    socket.on('error', reject);
  });
}
const head = (line: string, headers: Record<string, string | number> = {}) =>
  [
    `${line} HTTP/1.1`,
    `Host: ${new URL(relay.url).host}`,
    `Authorization: Bearer ${relay.key}`,
    ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
    '\r\n',
  ].join('\r\n');
const postHead = (bytes: number, headers: Record<string, string> = {}) =>
  head('POST /v1/responses', { 'Content-Type': 'application/json', 'Content-Length': bytes, ...headers });

test('C-12: a length over the limit is refused before the body is asked for', async () => {
  const answer = await overSocket(postHead(bodyLimit + 1, { Expect: '100-continue' }));
  expect(answer).toMatch(/^HTTP\/1\.1 413 /);
  expect(answer).not.toContain('100 Continue');
  expect(relay.simulator.modelRequests()).toEqual([]);
});

test('C-13: HEAD has no body, OPTIONS gets 204, TRACE 405, and CONNECT no connection', async () => {
  const of = async (method: string) => {
    const { status, text } = await relay.send({ method, path: '/v1/models' });
    return [method, status, text === ''];
  };
  expect([await of('HEAD'), await of('OPTIONS'), await of('TRACE')]).toEqual([
    ['HEAD', 200, true],
    ['OPTIONS', 204, true],
    ['TRACE', 405, false],
  ]);
  expect(await overSocket(head('CONNECT chatgpt.com:443'))).not.toMatch(/^HTTP\/1\.1 2/);
});

test('C-14: 1,000 requests on one connection are answered in order, errors among them', async () => {
  const body = '{"model":';
  const pair = `${postHead(body.length)}${body}${head('GET /v1/models/gpt-5.5')}`;
  const last = `${postHead(body.length)}${body}${head('GET /v1/models/gpt-5.5', { Connection: 'close' })}`;
  const answers = await overSocket(pair.repeat(499) + last);
  const statuses = [...answers.matchAll(/HTTP\/1\.1 (\d+) /g)].map(([, status]) => status);
  expect(statuses).toEqual(Array.from({ length: 500 }, () => ['400', '200']).flat());
  expect(relay.process.stderr()).not.toContain('MaxListeners');
});

const lastCall = async () => (await relay.api<CallList>('GET', '/calls?limit=1')).calls[0];

test('C-15: a client that leaves before the first output cancels the upstream, frees its place, and is cancelled', async () => {
  const { secret, key } = await relay.createKey({ name: 'leaves', concurrency: 1 });
  relay.simulator.account('a').script({ kind: 'silence', at: 'created' });
  const leave = new AbortController();
  const asked = relay.send({
    ...{ path: responses, key: secret, signal: leave.signal },
    body: responsesWith({ stream: true }),
  });
  asked.catch(() => undefined);
  await expect.poll(() => relay.simulator.modelRequests().length).toBe(1);
  leave.abort();
  await expect(asked).rejects.toThrow();
  await expect.poll(async () => (await lastCall())?.status).toBe('cancelled');
  await expect.poll(() => relay.simulator.modelRequests()[0]?.outcome).toBe('client-closed');
  expect(await relay.api('GET', '/keys/use')).toMatchObject({ use: { [key.id]: { inFlight: 0, waiting: 0 } } });
  expect((await relay.ask({ input: 'sim:say next' }, {}, secret)).status).toBe(200);
});

test('C-16: a client that closes only its sending side reads the whole stream', async () => {
  const body = responsesWith({ input: 'sim:tokens 30', stream: true });
  const text = await overSocket(`${postHead(body.length, { Connection: 'close' })}${body}`, true);
  expect(text).toContain('event: response.completed');
  expect(await lastCall()).toMatchObject({ status: 'ok', httpStatus: 200, errorCode: null });
});

test('C-17, C-18: a client that reads slowly gets everything; one that stops is let go, and its upstream too', async () => {
  const { hostname, port } = new URL(relay.url);
  const open = (words: number) => {
    const body = responsesWith({ input: `sim:tokens ${words}`, stream: true });
    const socket = connect(Number(port), hostname);
    socket.on('error', () => undefined);
    socket.write(`${postHead(body.length, { Connection: 'close' })}${body}`);
    return socket.pause();
  };
  const slow = open(60_000);
  let end = '';
  // Reads a piece at every turn of a clock that is far faster than the limit, and slower than the stream.
  const reading = setInterval(() => {
    for (let left = 400_000; left > 0; ) {
      const chunk = slow.read() as Buffer | null;
      if (chunk === null) break;
      left -= chunk.length;
      end = `${end}${chunk}`.slice(-2_000);
    }
  }, 20);
  await new Promise((resolve) => slow.once('end', resolve));
  clearInterval(reading);
  expect(end).toMatch(/"output_tokens":60016,.*\r\n0\r\n\r\n$/s);
  expect(await lastCall()).toMatchObject({ status: 'ok' });
  relay.simulator.clearJournal();
  // More than the system's own buffers take.
  const stopped = open(400_000);
  await expect.poll(async () => (await lastCall())?.reason).toBe('client_stalled');
  expect(await lastCall()).toMatchObject({ status: 'cancelled' });
  await expect.poll(() => relay.simulator.modelRequests()[0]?.outcome).toBe('client-closed');
  stopped.destroy();
});

test('C-19: a stream is a stream, whatever the client says that it accepts', async () => {
  const answer = await relay.ask({ input: 'sim:say hello', stream: true }, { accept: 'application/json' });
  expect([answer.status, answer.headers['content-type']]).toEqual([200, 'text/event-stream; charset=utf-8']);
  expect(answer.text).toContain('event: response.completed');
});

test('C-20: usage comes in one more chunk without choices where it is asked for, and else not', async () => {
  const chunksWith = async (more: object) => {
    const { text } = await post(chat, chatWith({ stream: true, ...more }));
    return sseData(text).filter((data) => data !== '[DONE]') as { choices: unknown[]; usage?: unknown }[];
  };
  const asked = await chunksWith({ stream_options: { include_usage: true } });
  expect(asked.filter(({ choices }) => choices.length === 0)).toMatchObject([
    { usage: { completion_tokens: expect.any(Number) } },
  ]);
  expect(asked.at(-1)?.choices).toEqual([]);
  const silent = await chunksWith({});
  expect(silent.filter(({ choices, usage }) => choices.length === 0 || usage !== undefined)).toEqual([]);
});

test('C-21: a silent upstream gives the client signs of life, and may still be left for another', async () => {
  relay.simulator.account('a').script({ kind: 'silence', at: 'created', ms: 600 });
  const answer = await relay.ask({ input: 'sim:say late', stream: true });
  const [before, after] = answer.text.split('response.output_text.delta');
  expect([answer.status, before?.match(/^: |^event: (keep|ping)/gm) !== null, after !== undefined]).toEqual([
    200,
    true,
    true,
  ]);
  expect(answer.text).toContain('event: response.completed');
});

describe('with the limits as they are', () => {
  let two: HeadlessRelay;
  beforeAll(async () => {
    two = await startHeadlessRelay({
      accounts: ['a', 'b'].map((name) => ({ name, kind: 'chatgpt' as const })),
      settings: { 'routing.strategy': 'fill-first', 'timeouts.keepAliveMs': 50, 'timeouts.firstOutputMs': 500 },
    });
  });
  afterAll(() => two.stop());

  test('C-21: signs of life bind to no account: one that stays silent is left for another, and the text comes once', async () => {
    two.simulator.account('a').script({ kind: 'silence', at: 'created' });
    const answer = await two.ask({ input: 'sim:say late', stream: true });
    const { status, attempts } = await two.rowOf(answer);
    const firstOutput = answer.text.indexOf('response.output_text.delta');
    expect({
      alive: /^: |^event: (keep|ping)/m.test(answer.text.slice(0, firstOutput)),
      deltas: answer.text.match(/^event: response\.output_text\.delta/gm)?.length,
      completed: answer.text.match(/^event: response\.completed/gm)?.length,
      row: [status, attempts.map(({ errorCode }) => errorCode)],
    }).toEqual({ alive: true, deltas: 1, completed: 1, row: ['ok', ['upstream_timeout', null]] });
  });

  test('C-08: a million elements below the limit of size are refused, while a stream beside them goes on', async () => {
    two.simulator.clearJournal();
    two.simulator.account('a').latency = { perEventMs: 5 };
    const stream = two.ask({ input: 'sim:tokens 60', stream: true });
    await expect.poll(() => two.simulator.modelRequests().length).toBe(1);
    const answer = await two.send({
      path: responses,
      body: `{"model":"gpt-5.5","input":[${'0,'.repeat(999_999)}0]}`,
    });
    expectRefusal(answer, { status: 400, type: 'invalid_request_error', code: 'invalid_json' });
    expect((await stream).text).toContain('event: response.completed');
    expect(two.simulator.modelRequests()).toHaveLength(1);
  });
});

test('C-22: an Idempotency-Key makes one key of two requests to the API; a call that is asked twice is two calls', async () => {
  const { url, apiToken } = relay.process.announcement;
  const name = { 'idempotency-key': 'of-the-client' };
  const create = (label: string) =>
    rawCall(url, {
      path: '/api/keys',
      headers: { authorization: `Bearer ${apiToken}`, 'content-type': 'application/json', ...name },
      body: json({ name: label }),
    });
  const [first, again, other] = [await create('once'), await create('once'), await create('another')];
  expect([first.status, again.status, again.text === first.text, again.headers['idempotency-replayed']]).toEqual([
    ...[201, 201],
    true,
    'true',
  ]);
  expectRefusal(other, { status: 400, type: 'invalid_request_error', code: 'invalid_value' });
  // Answers of models are not kept to be given out again (docs/api.md), and the name goes to no upstream.
  const calls = [await relay.ask({ input: 'sim:say one' }, name), await relay.ask({ input: 'sim:say one' }, name)];
  expect(calls.map(({ status }) => status)).toEqual([200, 200]);
  expect(relay.simulator.modelRequests().map((record) => headerOf(record, 'idempotency-key'))).toEqual([null, null]);
});

test('C-23: 300 connections at once are each answered, or told when to come again', async () => {
  const answers = await Promise.all(Array.from({ length: 300 }, () => relay.ask({ input: 'sim:say hello' })));
  const odd = answers.filter(({ status, headers }) => status !== 200 && !(status === 503 && headers['retry-after']));
  expect(odd).toEqual([]);
  expect(answers.filter(({ status }) => status === 200).length).toBeGreaterThan(0);
});

test('C-24: a user agent of 8 kB with what is not text is cut to 256 and escaped', async () => {
  const agent = `evil/1 \u001b[31m ${Buffer.from('\u{1f4a9}').toString('latin1')}${'x'.repeat(8_000)}`;
  const answer = await relay.ask({ input: 'sim:say hello' }, { 'user-agent': agent.replace('\u001b', '\t') });
  const { userAgent } = await relay.rowOf(answer);
  expect([answer.status, userAgent!.length <= 256, /[\p{Cc}\p{Cf}]/u.test(userAgent!)]).toEqual([200, true, false]);
  for (const odd of ['a\u0000b', 'a\rb', 'a\nInjected']) {
    const smuggled = await overSocket(head('GET /v1/models', { 'User-Agent': odd, Connection: 'close' }));
    expect(smuggled).toMatch(/^HTTP\/1\.1 400 /);
  }
});
