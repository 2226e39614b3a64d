import { brotliCompressSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { headerOf } from '../../src-main/simulator/journal.ts';
import type { CallList } from '../../src-shared/contract/call.ts';
import { type RawAnswer, rawCall, sseData } from '../support/raw-call.ts';
import { expectRefusal } from './support/contract.ts';
import { type HeadlessRelay, startHeadlessRelay } from './support/headless-relay.ts';
import { socketAnswer } from './support/socket-answer.ts';
import { socketClient } from './support/socket-client.ts';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const bodyLimit = 400_000;
let relay: HeadlessRelay;
let client: ReturnType<typeof socketClient>;
beforeAll(async () => {
  relay = await startHeadlessRelay({
    settings: {
      'limits.bodyBytes': bodyLimit,
      'models.aliases': { mine: 'gpt-5.5' },
      'timeouts.keepAliveMs': 100,
    },
  });
  client = socketClient(relay);
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

test('C-12: a length over the limit is refused before the body is asked for', async () => {
  const answer = await client.exchange(client.postHead(bodyLimit + 1, { Expect: '100-continue' }));
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
  expect(await client.exchange(client.head('CONNECT chatgpt.com:443'))).not.toMatch(/^HTTP\/1\.1 2/);
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
  const text = await client.exchange(client.post(body, { Connection: 'close' }), true);
  expect(text).toContain('event: response.completed');
  expect(await lastCall()).toMatchObject({ status: 'ok', httpStatus: 200, errorCode: null });
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

test('C-24: a user agent of 8 kB with an emoji and control characters is cut to 256 and escaped, in the log too', async () => {
  const sent = `evil/1 \u{1f4a9}\t\u0085${'\u{1f4a9}'.repeat(2_000)}`;
  const text = await client.exchange(client.post(responsesWith({}), { 'User-Agent': sent, Connection: 'close' }));
  const answer = socketAnswer(text);
  const { userAgent } = await relay.rowOf(answer);
  const shown = 'evil/1 \u{1f4a9}\\u0009\\u0085';
  const whole = Math.floor((256 - shown.length) / 2);
  expect([Buffer.byteLength(sent) > 8_000, answer.status, userAgent]).toEqual([
    true,
    200,
    shown + '\u{1f4a9}'.repeat(whole),
  ]);
  const { url, apiToken } = relay.process.announcement;
  const headers = { authorization: `Bearer ${apiToken}` };
  const log = await rawCall(url, { method: 'GET', path: '/api/calls/export.jsonl', headers });
  const lines = log.text
    .trimEnd()
    .split('\n')
    .filter((line) => line.includes('evil/1'));
  expect(lines.map((line) => JSON.parse(line).userAgent)).toEqual([userAgent]);
  expect(relay.process.stderr()).not.toMatch(/[\p{Cc}--[\n]]/v);
});

test('C-24: CR and LF in a user agent end it, as everywhere in HTTP, or are refused', async () => {
  const body = responsesWith({});
  const split = { 'User-Agent': 'a/1\r\nx-other: yes', Connection: 'close' };
  expect(await client.exchange(client.post(body, split))).toMatch(/^HTTP\/1\.1 200 /);
  expect((await lastCall())?.userAgent).toBe('a/1');
  for (const odd of ['a\u0000b', 'a\rb', 'a\nInjected']) {
    const smuggled = await client.exchange(client.head('GET /v1/models', { 'User-Agent': odd, Connection: 'close' }));
    expect(smuggled).toMatch(/^HTTP\/1\.1 400 /);
  }
});
