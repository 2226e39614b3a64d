import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, expect, test } from 'vitest';
import { processFigures } from '../support/process-figures.ts';
import { rawCall } from '../support/raw-call.ts';
import type { RelayScene } from '../support/relay-scene.ts';
import { amount, figure, inLanes, percentile } from './proving.ts';
import { startScene } from './relay-scene.ts';

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
      const { resident, bytesRead } = processFigures(scene.pid);
      const before = { mib: resident() / 2 ** 20, bytes: bytesRead() };
      const input = `sim:tokens ${readers === 1 ? 100_000 : 10_000}`;
      const sockets = await Promise.all(Array.from({ length: readers }, () => openSocket(requestText(input))));
      let seen = -1;
      // Until Relay takes no more from upstream.
      for (let still = 0; still < 4; still = bytesRead() === seen ? still + 1 : 0) {
        seen = bytesRead();
        await wait(500);
      }
      const after = { mib: resident() / 2 ** 20, bytes: bytesRead() };
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

test.skipIf(process.platform !== 'linux')(
  'C-17: clients that read 1 KiB a second get their streams whole',
  async () => {
    const many = amount('RELAY_SLOW_READERS', 20);
    const seconds = amount('RELAY_SLOW_SECONDS', 300);
    scene = await startScene({ accounts: [{ name: 'a', kind: 'openai' }] });
    const { resident, peak, forgetPeak, bytesRead, bytesWritten } = processFigures(scene.pid);
    const words = 250_000;
    const tails = Array.from({ length: many }, () => '');
    const open = async (index: number): Promise<Socket> => {
      const socket = await openSocket(requestText(`sim:tokens ${words}`));
      socket.on('data', (chunk) => {
        tails[index] = `${tails[index]}${chunk}`.slice(-1_000);
      });
      return socket.pause();
    };
    const [before, heldBefore] = [resident(), bytesRead() - bytesWritten()];
    forgetPeak();
    const sockets = await Promise.all(tails.map((_, index) => open(index)));
    let held = 0;
    for (let second = 0; second < seconds; second += 1) {
      for (const socket of sockets) socket.read(Math.min(1_024, socket.readableLength));
      held = Math.max(held, bytesRead() - bytesWritten() - heldBefore);
      await wait(1_000);
    }
    const grown = peak() - before;
    for (const socket of sockets) socket.resume();
    await expect
      .poll(() => tails.filter((tail) => tail.endsWith('\r\n0\r\n\r\n')).length, { timeout: 120_000 })
      .toBe(many);
    const whole = tails.filter((tail) => /"output_tokens":2500\d\d,/.test(tail)).length;
    const each = (bytes: number): string => (bytes / many / 2 ** 20).toFixed(2);
    figure(
      'C-17',
      'clients that read 1 KiB/s for 5 min, 20 of them: streams whole, at most 2 MiB of memory each',
      `${whole} of ${many} whole after ${seconds} s; ${each(held)} MiB of an answer held for each, RSS +${each(grown)} MiB each`,
    );
    expect([whole, held / many < 2 * 2 ** 20]).toEqual([many, true]);
  },
);

/** What Relay's own clock of its event loop said since the last question (ms). */
async function loopDelay(): Promise<{ readonly p99: number; readonly worst: number }> {
  const { text } = await rawCall(scene.url, { method: 'GET', path: '/metrics' });
  const of = (name: string) =>
    1_000 * Number(new RegExp(`^nodejs_eventloop_lag_${name}_seconds (\\S+)$`, 'm').exec(text)?.[1]);
  return { p99: of('p99'), worst: of('max') };
}

test('C-08, C-23: how long the event loop stands still for bodies of very many parts, and for 300 connections at once', async () => {
  const many = amount('RELAY_CROWD', 300);
  scene = await startScene({ accounts: [{ name: 'a', kind: 'openai' }] });
  const ask = (body: string) =>
    rawCall(scene.url, {
      path: '/v1/responses',
      headers: { authorization: `Bearer ${scene.key}`, 'content-type': 'application/json' },
      body,
    });
  const keys = Array.from({ length: 10_000 }, (_, n) => `"k${n}":0`).join();
  const bodies = {
    'depth 129': `{"a":${'['.repeat(128)}1${']'.repeat(128)}}`,
    '10,000 keys': `{"model":"gpt-5.5",${keys}}`,
    '1e6 elements': `{"model":"gpt-5.5","input":[${'0,'.repeat(999_999)}0]}`,
  };
  const rounds = async (count: number, body: string): Promise<number[]> => {
    const statuses: number[] = [];
    for (let round = 0; round < count; round += 1) statuses.push((await ask(body)).status);
    return statuses;
  };
  await rounds(50, JSON.stringify({ model: 'gpt-5.5', input: 'sim:say hello' }));
  for (const [name, body] of Object.entries(bodies)) {
    await loopDelay();
    expect(new Set(await rounds(20, body))).toEqual(new Set([400]));
    const { worst } = await loopDelay();
    figure(
      'C-08',
      `${name}: refused, other streams pause at most 50 ms`,
      `longest pause ${worst.toFixed(0)} ms in 20 requests`,
    );
  }
  await loopDelay();
  const body = JSON.stringify({ model: 'gpt-5.5', input: 'sim:say hello' });
  const statuses = (await Promise.all(Array.from({ length: many }, () => ask(body)))).map(({ status }) => status);
  const { p99, worst } = await loopDelay();
  const served = statuses.filter((status) => status === 200).length;
  figure(
    'C-23',
    '300 connections at once: all answered or 503; event loop p99 at most 50 ms',
    `${served} of ${many} answered, ${statuses.length - served} told to come again; event loop p99 ${p99.toFixed(0)} ms, worst ${worst.toFixed(0)} ms`,
  );
  expect(statuses.filter((status) => status !== 200 && status !== 503)).toEqual([]);
});
