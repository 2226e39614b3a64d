import { once } from 'node:events';
import { afterEach, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import type { KeyCreate } from '../../src-shared/contract/key.ts';
import { rawCall } from '../support/raw-call.ts';
import { type RunningRelay, type RunningRelayOptions, startRelay } from '../support/running-relay.ts';

let running: RunningRelay | null = null;
afterEach(async () => {
  await running?.stop();
  running = null;
});

async function relayWith(limits: Omit<KeyCreate, 'name'>, options: RunningRelayOptions = {}) {
  running = await startRelay(options);
  const relay = running;
  const { secret } = await relay.relay.keys.create({ name: 'limited', ...limits });
  const headers = { authorization: `Bearer ${secret}`, 'content-type': 'application/json' };
  const post = (path: string, body: object, signal?: AbortSignal) =>
    rawCall(relay.url, { path, headers, body: JSON.stringify(body), ...(signal === undefined ? {} : { signal }) });
  const connect = async () => {
    const socket = new WebSocket(`${relay.url.replace('http', 'ws')}/v1/responses`, { headers });
    await once(socket, 'open');
    return socket;
  };
  return { ...relay, post, connect };
}

const create = JSON.stringify({
  type: 'response.create',
  model: 'gpt-5.5',
  input: [{ type: 'message', role: 'user', content: [{ type: 'input_text', text: 'sim:say hello' }] }],
});
const embed = { model: 'text-embedding-3-small', input: 'hello' };
const ask = { model: 'gpt-5.5', input: 'sim:say hello', stream: true };
const withKey: RunningRelayOptions = {
  accounts: [
    { name: 'a', kind: 'chatgpt' },
    { name: 'k', kind: 'openai' },
  ],
};

test.each(['responses', 'passthrough', 'websocket'] as const)(
  'a client that leaves while its call waits for a place is logged as cancelled: %s',
  async (way) => {
    const relay = await relayWith({ concurrency: 1 }, { ...withKey, settings: { 'limits.queueMs': 60_000 } });
    for (const name of ['a', 'k'])
      relay.simulator.account(name).faults.add([{ kind: 'silence', at: 'created', ms: 60_000 }]);
    // Takes the key's only place until the end.
    const first = new AbortController();
    const holding = relay.post('/v1/responses', ask, first.signal).catch(() => null);
    await expect.poll(() => relay.simulator.modelRequests().length).toBe(1);
    const usedAt = () => relay.relay.keys.list().find(({ name }) => name === 'limited')?.lastUsedAt ?? 0;
    const before = usedAt();
    await expect.poll(() => Date.now()).toBeGreaterThan(before);
    const leaving = new AbortController();
    let asked: Promise<unknown> = Promise.resolve();
    if (way === 'websocket') {
      const socket = await relay.connect();
      socket.send(create);
      leaving.signal.addEventListener('abort', () => socket.terminate());
    } else {
      const [path, body] = way === 'responses' ? ['/v1/responses', ask] : ['/v1/embeddings', embed];
      asked = relay.post(String(path), body as object, leaving.signal).catch(() => null);
    }
    await expect.poll(usedAt).toBeGreaterThan(before);
    leaving.abort();
    await asked;
    const ended = async () => (await relay.calls()).filter(({ status }) => status !== 'inflight');
    await expect.poll(async () => (await ended()).length).toBe(1);
    first.abort();
    await holding;
    const [left] = await ended();
    expect(left).toMatchObject({ endpoint: way, status: 'cancelled', httpStatus: 499, reason: 'the client left' });
  },
);

test('what is passed through tells the limits of its key, and its refusals are in the log under the id that the client got', async () => {
  const relay = await relayWith({ requestsPerMinute: 1 }, withKey);
  const [served, refused] = [await relay.post('/v1/embeddings', embed), await relay.post('/v1/embeddings', embed)];
  expect([served, refused].map(({ status, headers }) => [status, headers['x-ratelimit-remaining-requests']])).toEqual([
    [200, '0'],
    [429, '0'],
  ]);
  expect(refused.headers).toMatchObject({ 'x-ratelimit-limit-requests': '1', 'retry-after': '60' });
  expect(
    (await relay.calls()).map(({ id, status, httpStatus, errorCode, endpoint }) => ({
      id,
      status,
      httpStatus,
      errorCode,
      endpoint,
    })),
  ).toEqual([
    { id: served.headers['x-request-id'], status: 'ok', httpStatus: 200, errorCode: null, endpoint: 'passthrough' },
    {
      ...{ id: refused.headers['x-request-id'], status: 'error', httpStatus: 429 },
      ...{ errorCode: 'rate_limit_exceeded', endpoint: 'passthrough' },
    },
  ]);
});

test('a call refused over WebSocket is told the limits of its key', async () => {
  const relay = await relayWith({ requestsPerMinute: 1 });
  const socket = await relay.connect();
  const ended = () =>
    new Promise<{ type: string; status?: number; headers?: object }>((resolve) => {
      socket.on('message', (data) => {
        const event = JSON.parse(String(data));
        if (event.type === 'response.completed' || event.type === 'error') resolve(event);
      });
    });
  socket.send(create);
  await ended();
  socket.removeAllListeners('message');
  socket.send(create);
  const { type, status, headers } = await ended();
  socket.terminate();
  expect({ type, status, headers }).toMatchObject({
    type: 'error',
    status: 429,
    headers: { 'x-ratelimit-limit-requests': '1', 'x-ratelimit-remaining-requests': '0' },
  });
});
