import { createParser } from 'eventsource-parser';
import fc from 'fast-check';
import { afterEach, expect, test } from 'vitest';
import { rawCall } from '../support/raw-call.ts';
import { type RunningRelay, startRelay } from '../support/running-relay.ts';
import { startDashboard } from '../unit/dashboard/dashboard-under-test.ts';
import { call } from '../unit/dashboard/samples.ts';

let running: RunningRelay | null = null;
afterEach(async () => {
  await running?.stop();
  running = null;
});

interface Seen {
  readonly id: string;
  readonly event: string;
  readonly data: { readonly id?: string };
}

/** The first random bytes of the room name its run. */
const run = '010101010101';
/** Where a reader is that has seen no change yet. */
const firstId = `${run}-0`;

/** A reader as browsers are: it keeps the id of the last event it has seen whole, and sends it when it comes back. */
function createReader(origin: () => string, token: () => string, lastId = '') {
  const seen: Seen[] = [];
  let leave: AbortController | null = null;
  let over: Promise<unknown> = Promise.resolve();
  return {
    seen,
    async come(): Promise<void> {
      leave = new AbortController();
      const response = await fetch(`${origin()}/api/events`, {
        headers: { authorization: `Bearer ${token()}`, ...(lastId === '' ? {} : { 'last-event-id': lastId }) },
        signal: leave.signal,
      });
      const parser = createParser({
        onEvent({ id = '', event = '', data }) {
          lastId = id;
          seen.push({ id, event, data: JSON.parse(data) });
        },
      });
      const text = response.body!.pipeThrough(new TextDecoderStream());
      over = (async () => {
        for await (const chunk of text) parser.feed(chunk);
      })().catch(() => {});
    },
    /** In the middle of whatever comes. */
    async cut(): Promise<void> {
      leave?.abort();
      await over;
    },
    /** Resolves when the other side has ended it. */
    ended: () => over,
    calls: () => seen.filter(({ event }) => event === 'call'),
    resets: () => seen.filter(({ event }) => event === 'reset').length,
  };
}

test('a reader that is cut off at random moments sees each event once, in order, and is never told to begin anew', async () => {
  const room = await startDashboard();
  const reader = createReader(
    () => room.origin,
    () => room.script.authorization.slice('Bearer '.length),
  );
  await reader.come();
  let made = 0;
  const burst = fc.record({
    changes: fc.integer({ min: 0, max: 60 }),
    cut: fc.boolean(),
    late: fc.integer({ min: 0, max: 20 }),
  });
  const change = (count: number): void => {
    for (let at = 0; at < count; at += 1) {
      made += 1;
      room.change({ ...call, id: `call_${made}`, userAgent: 'x'.repeat(2_000) });
    }
    room.timers.advance(50);
  };
  await fc.assert(
    fc.asyncProperty(fc.array(burst, { minLength: 1, maxLength: 8 }), async (bursts) => {
      for (const { changes, cut, late } of bursts) {
        change(changes);
        if (!cut) continue;
        await reader.cut();
        change(late);
        await reader.come();
      }
      change(1);
      await expect.poll(() => reader.calls().length, { interval: 5 }).toBe(made);
    }),
    { numRuns: 25 },
  );
  expect(reader.calls().map(({ data }) => data.id)).toEqual(Array.from({ length: made }, (_, at) => `call_${at + 1}`));
  expect(reader.resets()).toBe(0);
  await reader.cut();
});

test('a reader that does not read is cut off, and told to begin anew where it comes back too late', async () => {
  const room = await startDashboard();
  const stalled = await room.open('/api/events', { headers: room.script });
  stalled.on('error', () => {});
  stalled.pause();
  const closed = new Promise((resolve) => stalled.once('close', resolve));
  // 30 MB, of which the system's own buffers hold some; a client that does not read learns only then that it was cut off.
  const made = 600;
  for (let at = 1; at <= made; at += 1) {
    room.change({ ...call, id: `call_${at}`, userAgent: 'x'.repeat(50_000) });
    if (at % 20 === 0) room.timers.advance(50);
  }
  const ids: string[] = [];
  const parser = createParser({ onEvent: ({ id = '', event }) => void (event === 'call' && ids.push(id)) });
  stalled.setEncoding('utf8').on('data', (text: string) => parser.feed(text));
  stalled.resume();
  await closed;
  expect(ids.length).toBeLessThan(made);
  const reader = createReader(
    () => room.origin,
    () => room.script.authorization.slice('Bearer '.length),
    ids.at(-1) ?? firstId,
  );
  await reader.come();
  room.change(call);
  room.timers.advance(50);
  await expect.poll(() => reader.calls().length).toBe(1);
  expect([reader.seen[0]?.event, reader.resets(), reader.calls()[0]?.id]).toEqual(['reset', 1, `${run}-${made + 1}`]);
  await reader.cut();
});

test('after a restart a reader is told once to begin anew, and sees what comes then', async () => {
  running = await startRelay({ secrets: 'file' });
  let relay = running;
  const reader = createReader(
    () => relay.url,
    () => relay.apiToken,
  );
  const ask = () =>
    rawCall(relay.url, {
      path: '/v1/responses',
      headers: { authorization: `Bearer ${relay.key}`, 'content-type': 'application/json' },
      body: JSON.stringify({ model: 'gpt-5.5', input: 'sim:say hello' }),
    });
  await reader.come();
  await ask();
  await expect.poll(() => reader.calls().at(-1)?.data).toMatchObject({ status: 'ok' });
  const before = reader.calls().length;
  running = await running.restart();
  relay = running;
  await reader.ended();
  await reader.come();
  await ask();
  await expect
    .poll(() => reader.calls().length > before && reader.calls().at(-1)?.data)
    .toMatchObject({ status: 'ok' });
  expect(reader.resets()).toBe(1);
  await reader.cut();
});
