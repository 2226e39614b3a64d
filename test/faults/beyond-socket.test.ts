import { connect } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import type { CallRecord } from '../../src-shared/contract/call.ts';
import { rawCall } from '../support/raw-call.ts';
import { expectRefusal } from './support/contract.ts';
import { type HeadlessRelay, startHeadlessRelay } from './support/headless-relay.ts';
import { ends, type OpenSocket, openSocket } from './support/open-socket.ts';

let relay: HeadlessRelay;
const open = new Set<OpenSocket>();
beforeAll(async () => {
  relay = await startHeadlessRelay();
});
beforeEach(() => relay.simulator.clearJournal());
afterEach(() => {
  for (const { raw } of open) raw.terminate();
  open.clear();
  relay.simulator.account('a').faults.clear();
});
afterAll(() => relay.stop());

async function socketOf(key = relay.key): Promise<OpenSocket> {
  const socket = await openSocket(relay.url, key);
  open.add(socket);
  return socket;
}

const handshake = {
  connection: 'Upgrade',
  upgrade: 'websocket',
  'sec-websocket-version': '13',
  'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
};
const upgrade = (headers: Readonly<Record<string, string>>, path = '/v1/responses', method = 'GET') =>
  rawCall(relay.url, { method, path, headers: { ...handshake, ...headers } });
const callsOf = async (keyId: string) =>
  (await relay.api<{ calls: CallRecord[] }>('GET', `/calls?keyId=${keyId}`)).calls;
const outcomes = () => relay.simulator.modelRequests().map(({ outcome }) => outcome);
const errorOf = (event: Record<string, unknown>) => {
  const { code, param } = event['error'] as { code: string; param: string | null };
  return { type: event['type'], status: event['status'], code, param };
};
const saidOn = ({ events }: OpenSocket): string =>
  events.flatMap(({ type, delta }) => (type === 'response.output_text.delta' ? [delta] : [])).join('');

test('X-01: an upgrade without a valid key, for a path or a key that has no sockets, is refused before it is opened', async () => {
  const bearer = (secret: string) => ({ authorization: `Bearer ${secret}` });
  const revoked = await relay.createKey();
  await relay.api('POST', `/keys/${revoked.key.id}/revoke`, {});
  const chatOnly = await relay.createKey({ endpoints: ['chat'] });
  const invalid = { status: 401, type: 'invalid_request_error', code: 'invalid_api_key' };
  expectRefusal(await upgrade({}), invalid);
  expectRefusal(await upgrade(bearer('sk-relay-wrong')), invalid);
  expectRefusal(await upgrade(bearer(revoked.secret)), invalid);
  expectRefusal(await upgrade(bearer(chatOnly.secret)), { ...invalid, status: 403, code: 'permission_denied' });
  expectRefusal(await upgrade(bearer(relay.key), '/v1/chat/completions'), {
    ...invalid,
    status: 404,
    code: 'not_found',
  });
  expect(relay.simulator.modelRequests()).toEqual([]);
});

test('X-02: an upgrade that is no handshake of a WebSocket is refused in the words of every refusal', async () => {
  const authorization = `Bearer ${relay.key}`;
  const invalid = { status: 426, type: 'invalid_request_error', code: 'upgrade_required' };
  expectRefusal(await upgrade({ authorization, 'sec-websocket-version': '7' }), invalid);
  expectRefusal(await upgrade({ authorization, 'sec-websocket-key': 'short' }), invalid);
  const posted = await rawCall(relay.url, { path: '/v1/responses', headers: { ...handshake, authorization } });
  expectRefusal(posted, { ...invalid, status: 405, code: 'method_not_allowed' });
});

test('X-03: a request that offers another protocol, as Java’s client does, is answered as the plain request that it is', async () => {
  const offer = { connection: 'Upgrade, HTTP2-Settings', upgrade: 'h2c', 'http2-settings': 'AAEAAEAAAAIAAAAB' };
  const answer = await relay.ask({ input: 'sim:say hello' }, offer);
  expect([answer.status, JSON.parse(answer.text).output.at(-1).content[0].text]).toEqual([200, 'hello']);
});

test('X-04: a binary frame closes the socket with its reason, and is no call', async () => {
  const { key, secret } = await relay.createKey();
  const socket = await socketOf(secret);
  socket.raw.send(Buffer.from('{"type":"response.create","model":"gpt-5.5","input":[]}'));
  expect(await socket.closed).toEqual([1003, 'text frames only']);
  expect(await callsOf(key.id)).toEqual([]);
});

test('X-07: text that is not UTF-8 closes the socket with the code for it', async () => {
  const socket = await socketOf();
  socket.raw.send(Buffer.from([0x7b, 0xff, 0x7d]), { binary: false });
  expect((await socket.closed)[0]).toBe(1007);
});

test('X-08: a client that leaves in the middle of a frame has asked nothing', async () => {
  const { key, secret } = await relay.createKey();
  const { hostname, port } = new URL(relay.url);
  const socket = connect(Number(port), hostname);
  const head = { host: `${hostname}:${port}`, authorization: `Bearer ${secret}`, ...handshake };
  const lines = Object.entries(head).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.write(`GET /v1/responses HTTP/1.1\r\n${lines.join('')}\r\n`);
  await new Promise((resolve) => socket.once('data', resolve));
  // Masked text of 126 bytes and more, of which 3 come.
  socket.end(Buffer.from([0x81, 0xfe, 0x01, 0x00, 0, 0, 0, 0, 0x7b, 0x22, 0x74]));
  await new Promise((resolve) => socket.once('close', resolve));
  expect([await callsOf(key.id), relay.simulator.modelRequests()]).toEqual([[], []]);
});

test('X-09: a client that leaves in the middle of an answer ends it upstream, and frees its place', async () => {
  const { key, secret } = await relay.createKey({ concurrency: 1 });
  relay.simulator.account('a').script({ kind: 'silence', at: 'deltas', afterDeltas: 2 });
  const socket = await socketOf(secret);
  socket.ask('sim:tokens 300');
  await socket.next('response.output_text.delta');
  socket.raw.terminate();
  await expect
    .poll(async () => (await callsOf(key.id)).map(({ status, reason }) => [status, reason]))
    .toEqual([['cancelled', 'the client left']]);
  await expect.poll(outcomes).toEqual(['client-closed']);
  expect((await relay.ask({ input: 'sim:say next' }, {}, secret)).status).toBe(200);
});

test('X-10: requests that come at once on one socket are answered whole, one after the other', async () => {
  const { key, secret } = await relay.createKey();
  const socket = await socketOf(secret);
  for (const text of ['one', 'two', 'three']) socket.ask(`sim:say ${text}`);
  for (let answer = 0; answer < 3; answer += 1) {
    expect((await socket.next(...ends))['type']).toBe('response.completed');
  }
  expect(saidOn(socket)).toBe('onetwothree');
  const turns = socket.events.map(({ type }) => String(type)).filter((type) => /\.(created|completed)$/.test(type));
  expect(turns).toEqual(Array(3).fill(['response.created', 'response.completed']).flat());
  expect((await callsOf(key.id)).map(({ status }) => status)).toEqual(['ok', 'ok', 'ok']);
});

test('X-11: what still waits on a socket when its client leaves is asked of nobody', async () => {
  const { key, secret } = await relay.createKey();
  relay.simulator.account('a').script({ kind: 'silence', at: 'created' });
  const socket = await socketOf(secret);
  for (const text of ['one', 'two', 'three']) socket.ask(`sim:say ${text}`);
  await expect.poll(() => relay.simulator.modelRequests().length).toBe(1);
  socket.raw.terminate();
  await expect.poll(async () => (await callsOf(key.id)).map(({ status }) => status)).toEqual(['cancelled']);
  // The next call of the process comes behind all that waited.
  expect((await relay.ask({ input: 'sim:say next' }, {}, secret)).status).toBe(200);
  expect((await callsOf(key.id)).map(({ status }) => status)).toEqual(['ok', 'cancelled']);
  expect(relay.simulator.modelRequests()).toHaveLength(2);
});

test('X-15: a key that is revoked while its socket is open: the running answer ends, the next request is refused', async () => {
  const { key, secret } = await relay.createKey();
  const socket = await socketOf(secret);
  relay.simulator.account('a').script({ kind: 'pace', perEventMs: 5 });
  socket.ask('sim:tokens 100');
  await socket.next('response.output_text.delta');
  await relay.api('POST', `/keys/${key.id}/revoke`, {});
  expect((await socket.next(...ends))['type']).toBe('response.completed');
  socket.ask('sim:say again');
  expect(errorOf(await socket.next(...ends))).toEqual({
    type: 'error',
    status: 401,
    code: 'invalid_api_key',
    param: null,
  });
  expect(relay.simulator.modelRequests()).toHaveLength(1);
});

test('X-16: limits and scope that change while a socket is open hold for its next request', async () => {
  const { key, secret } = await relay.createKey();
  const socket = await socketOf(secret);
  socket.ask('sim:say one');
  expect((await socket.next(...ends))['type']).toBe('response.completed');
  await relay.api('PATCH', `/keys/${key.id}`, { models: ['gpt-6-luna'] });
  socket.ask('sim:say two');
  expect(errorOf(await socket.next(...ends))).toMatchObject({ status: 403, code: 'permission_denied', param: 'model' });
});
