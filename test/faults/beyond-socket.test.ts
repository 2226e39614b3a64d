import { connect } from 'node:net';
import { expect, test } from 'vitest';
import { rawCall } from '../support/raw-call.ts';
import { expectRefusal } from './support/contract.ts';
import { ends, type OpenSocket } from './support/open-socket.ts';
import { refusalOf, socketScene } from './support/socket-scene.ts';

const scene = socketScene();
const { socketOf, callsOf } = scene;

const handshake = {
  connection: 'Upgrade',
  upgrade: 'websocket',
  'sec-websocket-version': '13',
  'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
};
const upgrade = (headers: Readonly<Record<string, string>>, path = '/v1/responses', method = 'GET') =>
  rawCall(scene.relay.url, { method, path, headers: { ...handshake, ...headers } });
const outcomes = () => scene.relay.simulator.modelRequests().map(({ outcome }) => outcome);
const saidOn = ({ events }: OpenSocket): string =>
  events.flatMap(({ type, delta }) => (type === 'response.output_text.delta' ? [delta] : [])).join('');

test('X-01: an upgrade without a valid key, for a path or a key that has no sockets, is refused before it is opened', async () => {
  const bearer = (secret: string) => ({ authorization: `Bearer ${secret}` });
  const revoked = await scene.relay.createKey();
  await scene.relay.api('POST', `/keys/${revoked.key.id}/revoke`, {});
  const chatOnly = await scene.relay.createKey({ endpoints: ['chat'] });
  const invalid = { status: 401, type: 'invalid_request_error', code: 'invalid_api_key' };
  expectRefusal(await upgrade({}), invalid);
  expectRefusal(await upgrade(bearer('sk-relay-wrong')), invalid);
  expectRefusal(await upgrade(bearer(revoked.secret)), invalid);
  expectRefusal(await upgrade(bearer(chatOnly.secret)), { ...invalid, status: 403, code: 'permission_denied' });
  expectRefusal(await upgrade(bearer(scene.relay.key), '/v1/chat/completions'), {
    ...invalid,
    status: 404,
    code: 'not_found',
  });
  expect(scene.relay.simulator.modelRequests()).toEqual([]);
});

test('X-02: an upgrade that is no handshake of a WebSocket is refused in the words of every refusal', async () => {
  const authorization = `Bearer ${scene.relay.key}`;
  const invalid = { status: 426, type: 'invalid_request_error', code: 'upgrade_required' };
  expectRefusal(await upgrade({ authorization, 'sec-websocket-version': '7' }), invalid);
  expectRefusal(await upgrade({ authorization, 'sec-websocket-key': 'short' }), invalid);
  const posted = await rawCall(scene.relay.url, { path: '/v1/responses', headers: { ...handshake, authorization } });
  expectRefusal(posted, { ...invalid, status: 405, code: 'method_not_allowed' });
});

test('X-03: a request that offers another protocol, as Java’s client does, is answered as the plain request that it is', async () => {
  const offer = { connection: 'Upgrade, HTTP2-Settings', upgrade: 'h2c', 'http2-settings': 'AAEAAEAAAAIAAAAB' };
  const answer = await scene.relay.ask({ input: 'sim:say hello' }, offer);
  expect([answer.status, JSON.parse(answer.text).output.at(-1).content[0].text]).toEqual([200, 'hello']);
});

test('X-04: a binary frame closes the socket with its reason, and is no call', async () => {
  const { key, secret } = await scene.relay.createKey();
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
  const { key, secret } = await scene.relay.createKey();
  const { hostname, port } = new URL(scene.relay.url);
  const socket = connect(Number(port), hostname);
  const head = { host: `${hostname}:${port}`, authorization: `Bearer ${secret}`, ...handshake };
  const lines = Object.entries(head).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.write(`GET /v1/responses HTTP/1.1\r\n${lines.join('')}\r\n`);
  await new Promise((resolve) => socket.once('data', resolve));
  // Masked text of 126 bytes and more, of which 3 come.
  socket.end(Buffer.from([0x81, 0xfe, 0x01, 0x00, 0, 0, 0, 0, 0x7b, 0x22, 0x74]));
  await new Promise((resolve) => socket.once('close', resolve));
  expect([await callsOf(key.id), scene.relay.simulator.modelRequests()]).toEqual([[], []]);
});

test('X-09: a client that leaves in the middle of an answer ends it upstream, and frees its place', async () => {
  const { key, secret } = await scene.relay.createKey({ concurrency: 1 });
  scene.relay.simulator.account('a').script({ kind: 'silence', at: 'deltas', afterDeltas: 2 });
  const socket = await socketOf(secret);
  socket.ask('sim:tokens 300');
  await socket.next('response.output_text.delta');
  socket.raw.terminate();
  await expect
    .poll(async () => (await callsOf(key.id)).map(({ status, reason }) => [status, reason]))
    .toEqual([['cancelled', 'the client left']]);
  await expect.poll(outcomes).toEqual(['client-closed']);
  expect((await scene.relay.ask({ input: 'sim:say next' }, {}, secret)).status).toBe(200);
});

test('X-10: requests that come at once on one socket are answered whole, one after the other', async () => {
  const { key, secret } = await scene.relay.createKey();
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
  const { key, secret } = await scene.relay.createKey();
  scene.relay.simulator.account('a').script({ kind: 'silence', at: 'created' });
  const socket = await socketOf(secret);
  for (const text of ['one', 'two', 'three']) socket.ask(`sim:say ${text}`);
  await expect.poll(() => scene.relay.simulator.modelRequests().length).toBe(1);
  socket.raw.terminate();
  await expect.poll(async () => (await callsOf(key.id)).map(({ status }) => status)).toEqual(['cancelled']);
  // The next call of the process comes behind all that waited.
  expect((await scene.relay.ask({ input: 'sim:say next' }, {}, secret)).status).toBe(200);
  expect((await callsOf(key.id)).map(({ status }) => status)).toEqual(['ok', 'cancelled']);
  expect(scene.relay.simulator.modelRequests()).toHaveLength(2);
});

test('X-15: a key that is revoked while its socket is open: the running answer ends, the next request is refused', async () => {
  const { key, secret } = await scene.relay.createKey();
  const socket = await socketOf(secret);
  scene.relay.simulator.account('a').script({ kind: 'pace', perEventMs: 5 });
  socket.ask('sim:tokens 100');
  await socket.next('response.output_text.delta');
  await scene.relay.api('POST', `/keys/${key.id}/revoke`, {});
  expect((await socket.next(...ends))['type']).toBe('response.completed');
  socket.ask('sim:say again');
  expect(refusalOf(await socket.next(...ends))).toEqual(['error', 401, 'invalid_api_key', null]);
  expect(scene.relay.simulator.modelRequests()).toHaveLength(1);
});

test('X-16: limits and scope that change while a socket is open hold for its next request', async () => {
  const { key, secret } = await scene.relay.createKey();
  const socket = await socketOf(secret);
  socket.ask('sim:say one');
  expect((await socket.next(...ends))['type']).toBe('response.completed');
  await scene.relay.api('PATCH', `/keys/${key.id}`, { models: ['gpt-6-luna'] });
  socket.ask('sim:say two');
  expect(refusalOf(await socket.next(...ends))).toEqual(['error', 403, 'permission_denied', 'model']);
});
