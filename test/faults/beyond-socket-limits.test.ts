import { expect, onTestFinished, test } from 'vitest';
import { startHeadlessRelay } from './support/headless-relay.ts';
import { ends, type OpenSocket, openSocket } from './support/open-socket.ts';
import { refusalOf, socketScene } from './support/socket-scene.ts';

const bodyLimit = 20_000;
const scene = socketScene({
  settings: { 'limits.bodyBytes': bodyLimit, 'timeouts.keepAliveMs': 100, 'timeouts.clientDrainMs': 1_000 },
});
const { socketOf, callsOf } = scene;

const tooLarge = ['error', 413, 'body_too_large', null];
const limitOf = (bytes: number) => scene.relay.api('PATCH', '/settings', { 'limits.bodyBytes': bytes });
const typeOfNext = async (socket: OpenSocket) => (await socket.next(...ends))['type'];

test('X-05: a message that is no response.create is refused with an error that names "type", and is no call', async () => {
  const { key, secret } = await scene.relay.createKey();
  const socket = await socketOf(secret);
  for (const [type, code] of [
    ['response.cancel', 'invalid_value'],
    [undefined, 'invalid_value'],
    [5, 'invalid_type'],
  ] as const) {
    socket.ask('sim:say hello', { type });
    expect(refusalOf(await socket.next(...ends))).toEqual(['error', 400, code, 'type']);
  }
  expect([await callsOf(key.id), scene.relay.simulator.modelRequests()]).toEqual([[], []]);
  socket.ask('sim:say hello');
  expect(await typeOfNext(socket)).toBe('response.completed');
});

test.each([
  ['just over it', bodyLimit],
  ['far over it', 8_000_000],
])(
  'X-06: a frame over the body limit, %s, gets an error event and close 1009, and is no call',
  async (_name, bytes) => {
    const { key, secret } = await scene.relay.createKey();
    const socket = await socketOf(secret);
    socket.ask('x'.repeat(bytes));
    expect(refusalOf(await socket.next('error'))).toEqual(tooLarge);
    expect((await socket.closed)[0]).toBe(1009);
    expect([await callsOf(key.id), scene.relay.simulator.modelRequests()]).toEqual([[], []]);
  },
);

test('X-06: a body limit that is raised holds for the next socket, one that is lowered for the next request', async () => {
  await limitOf(bodyLimit * 2);
  try {
    const socket = await socketOf();
    socket.ask(`sim:say hello ${'x'.repeat(bodyLimit)}`);
    expect(await typeOfNext(socket)).toBe('response.completed');
    await limitOf(bodyLimit);
    socket.ask(`sim:say hello ${'x'.repeat(bodyLimit)}`);
    expect(refusalOf(await socket.next('error'))).toEqual(tooLarge);
    expect((await socket.closed)[0]).toBe(1009);
  } finally {
    await limitOf(bodyLimit);
  }
});

test('X-12: behind the request that is answered 16 may wait; more are refused, and the others are answered', async () => {
  const { key, secret } = await scene.relay.createKey();
  const socket = await socketOf(secret);
  scene.relay.simulator.account('a').script({ kind: 'pace', perEventMs: 20 });
  for (let n = 0; n < 20; n += 1) socket.ask('sim:tokens 40');
  const counts = () => {
    const types = socket.events.map(({ type }) => type);
    return ['error', 'response.completed'].map((wanted) => types.filter((type) => type === wanted).length);
  };
  await expect.poll(counts, { timeout: 30_000 }).toEqual([3, 17]);
  const [first] = socket.events.filter(({ type }) => type === 'error');
  expect(refusalOf(first!)).toEqual(['error', 429, 'rate_limit_exceeded', null]);
  expect(await callsOf(key.id)).toHaveLength(17);
  socket.ask('sim:say next');
  await expect.poll(counts).toEqual([3, 18]);
});

test('X-12: a client that piles up requests without reading their refusals is let go', async () => {
  const { key, secret } = await scene.relay.createKey();
  const socket = await socketOf(secret);
  scene.relay.simulator.account('a').script({ kind: 'silence', at: 'created' });
  socket.ask('sim:say hello');
  await expect.poll(() => scene.relay.simulator.modelRequests().length).toBe(1);
  socket.raw.pause();
  const frame = JSON.stringify({ type: 'response.create' });
  for (let n = 0; n < 60_000; n += 1) socket.raw.send(frame);
  await expect
    .poll(async () => (await callsOf(key.id)).map(({ status, reason }) => [status, reason]), { timeout: 20_000 })
    .toEqual([['cancelled', 'the client sent without reading']]);
});

test('X-13: a client that stops reading is let go, and its upstream too', async () => {
  const { key, secret } = await scene.relay.createKey();
  const socket = await socketOf(secret);
  // More than the system's own buffers take.
  socket.ask('sim:tokens 400000');
  await socket.next('response.output_text.delta');
  socket.raw.pause();
  await expect
    .poll(async () => (await callsOf(key.id)).map(({ status, reason }) => [status, reason]), { timeout: 20_000 })
    .toEqual([['cancelled', 'client_stalled']]);
  await expect.poll(() => scene.relay.simulator.modelRequests()[0]?.outcome).toBe('client-closed');
});

test('X-14: a peer that answers nothing is let go, one that only asks nothing stays', async () => {
  const quiet = await socketOf();
  const dead = await socketOf(scene.relay.key, { autoPong: false });
  expect((await dead.closed)[0]).toBe(1006);
  quiet.ask('sim:say hello');
  expect(await typeOfNext(quiet)).toBe('response.completed');
});

test('X-17: asked to end while a socket is answered, Relay answers it whole, says that it ends, and ends', async () => {
  const ending = await startHeadlessRelay();
  try {
    const socket = await openSocket(ending.url, ending.key);
    onTestFinished(() => socket.raw.terminate());
    ending.simulator.account('a').script({ kind: 'pace', perEventMs: 20 });
    socket.ask('sim:tokens 60');
    await socket.next('response.output_text.delta');
    ending.process.kill('SIGTERM');
    expect(await typeOfNext(socket)).toBe('response.completed');
    expect(await socket.closed).toEqual([1012, 'Relay is shutting down']);
    expect(await ending.process.ended).toBe(0);
  } finally {
    await ending.stop();
  }
});

test('X-18: asked to end, Relay does not wait for a client that answers no close', async () => {
  const ending = await startHeadlessRelay();
  try {
    const socket = await openSocket(ending.url, ending.key);
    onTestFinished(() => socket.raw.terminate());
    let ended = false;
    void ending.process.ended.then(() => {
      ended = true;
    });
    socket.raw.pause();
    ending.process.kill('SIGTERM');
    // By itself ws would wait 30 s for the client’s own close.
    await expect.poll(() => ended, { timeout: 12_000 }).toBe(true);
    expect(await ending.process.ended).toBe(0);
  } finally {
    await ending.stop();
  }
});
