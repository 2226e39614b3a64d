import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, expect, test } from 'vitest';
import { rawCall } from '../support/raw-call.ts';
import type { RelayScene } from '../support/relay-scene.ts';
import { amount, figure, inLanes, percentile } from './proving.ts';
import { residentMiB, startScene } from './relay-scene.ts';

let scene: RelayScene;
afterEach(() => scene.stop());

/** A connection on which this text was sent, and from which nothing is read. */
async function openSocket(text: string): Promise<Socket> {
  const { hostname, port } = new URL(scene.url);
  const socket = connect(Number(port), hostname);
  socket.on('error', () => undefined).pause();
  await once(socket, 'connect');
  socket.write(text);
  return socket;
}

function requestText(input: string): string {
  const body = JSON.stringify({ model: 'gpt-5.5', input, stream: true, store: false });
  const head = [
    'POST /v1/responses HTTP/1.1',
    `host: ${new URL(scene.url).host}`,
    `authorization: Bearer ${scene.key}`,
  ];
  return [...head, 'content-type: application/json', `content-length: ${body.length}`, '', body].join('\r\n');
}

const bytesRead = (): number => Number(/^rchar: (\d+)$/m.exec(readFileSync(`/proc/${scene.pid}/io`, 'utf8'))?.[1]);

test.skipIf(process.platform !== 'linux')(
  'G8: a client that stops reading is given no memory to speak of',
  async () => {
    const many = amount('RELAY_STALLED_READERS', 100);
    scene = await startScene({ accounts: [{ name: 'a', kind: 'openai' }] });
    await rawCall(scene.url, {
      path: '/v1/responses',
      headers: { authorization: `Bearer ${scene.key}`, 'content-type': 'application/json' },
      body: JSON.stringify({ model: 'gpt-5.5', input: 'sim:tokens 2000' }),
    });
    const measure = async (readers: number): Promise<{ acceptedMiB: number; grownMiB: number }> => {
      const before = { mib: residentMiB(scene.pid), bytes: bytesRead() };
      const input = `sim:tokens ${readers === 1 ? 100_000 : 10_000}`;
      const sockets = await Promise.all(Array.from({ length: readers }, () => openSocket(requestText(input))));
      let seen = -1;
      // Until Relay takes no more from upstream.
      for (let still = 0; still < 4; still = bytesRead() === seen ? still + 1 : 0) {
        seen = bytesRead();
        await wait(500);
      }
      const after = { mib: residentMiB(scene.pid), bytes: bytesRead() };
      for (const socket of sockets) socket.destroy();
      return { acceptedMiB: (after.bytes - before.bytes) / 2 ** 20, grownMiB: after.mib - before.mib };
    };
    const one = await measure(1);
    const all = await measure(many);
    figure(
      'G8',
      'a stalled reader: at most 16 MiB accepted, 32 MiB RSS; 100 of them at most 256 MiB together',
      `one: ${one.acceptedMiB.toFixed(1)} MiB accepted, RSS +${one.grownMiB.toFixed(0)} MiB; ${many}: ${all.acceptedMiB.toFixed(0)} MiB accepted, RSS +${all.grownMiB.toFixed(0)} MiB`,
    );
    expect(one.acceptedMiB).toBeGreaterThan(0);
  },
);

test('G12: 500 half-open clients hold up nobody, and are sent away', async () => {
  const many = amount('RELAY_HALF_OPEN', 500);
  const limitMs = 2_000;
  scene = await startScene({
    accounts: [{ name: 'a', kind: 'openai' }],
    settings: { 'timeouts.clientHeadersMs': limitMs, 'timeouts.clientBodyMs': limitMs },
  });
  const openedAt = performance.now();
  const closed: number[] = [];
  const sockets = await Promise.all(
    Array.from({ length: many }, (_, index) =>
      openSocket(
        index % 2 === 0 ? 'POST /v1/responses HTTP/1.1\r\nhost: 127.0' : requestText('sim:say x').slice(0, -5),
      ),
    ),
  );
  const gone = sockets.map(async (socket) => {
    socket.resume();
    await once(socket, 'close');
    closed.push(performance.now() - openedAt);
  });
  const delays: number[] = [];
  await inLanes(
    (index) => index < 200,
    1,
    async () => {
      const startedAt = performance.now();
      const { status } = await rawCall(scene.url, {
        path: '/v1/responses',
        headers: { authorization: `Bearer ${scene.key}`, 'content-type': 'application/json' },
        body: JSON.stringify({ model: 'gpt-5.5', input: 'sim:say hello' }),
      });
      expect(status).toBe(200);
      delays.push(performance.now() - startedAt);
    },
  );
  await Promise.all(gone);
  figure(
    'G12',
    '500 half-open clients: ordinary p95 at most 250 ms, all dropped within the limit + 1 s',
    `ordinary p95 ${percentile(delays, 0.95).toFixed(0)} ms; all ${closed.length} dropped, the last after ${(Math.max(...closed) / 1_000).toFixed(1)} s with a limit of ${limitMs / 1_000} s`,
  );
  expect(closed.length).toBe(many);
});
