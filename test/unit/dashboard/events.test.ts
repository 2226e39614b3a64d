import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { createParser } from 'eventsource-parser';
import { describe, expect, it } from 'vitest';
import { startDashboard } from './dashboard-under-test.ts';
import { account, call, signIn, status } from './samples.ts';

interface Seen {
  id: string | undefined;
  event: string | undefined;
  data: unknown;
}

/** Reads a live stream event by event. */
function readEvents(stream: IncomingMessage) {
  const seen: Seen[] = [];
  const comments: string[] = [];
  const waiting: (() => void)[] = [];
  const parser = createParser({
    onEvent: ({ id, event, data }) => void seen.push({ id, event, data: JSON.parse(data) }),
    onComment: (comment) => void comments.push(comment),
  });
  stream.setEncoding('utf8').on('data', (text: string) => {
    parser.feed(text);
    for (const wake of waiting.splice(0)) wake();
  });
  const until = async (ready: () => boolean): Promise<void> => {
    while (!ready()) await new Promise<void>((wake) => waiting.push(wake));
  };
  return {
    async next(count: number): Promise<Seen[]> {
      await until(() => seen.length >= count);
      return seen.splice(0, count);
    },
    async comment(): Promise<string> {
      await until(() => comments.length > 0);
      return comments.shift() ?? '';
    },
    waiting: () => seen.length,
  };
}

async function connect(room: Awaited<ReturnType<typeof startDashboard>>, lastEventId?: string) {
  const headers = { ...room.script, ...(lastEventId === undefined ? {} : { 'last-event-id': lastEventId }) };
  const stream = await room.open('/api/events', { headers });
  return { stream, events: readEvents(stream) };
}

/** The first random bytes of the room name its run. */
const run = '010101010101';
const id = (sequence: number): string => `${run}-${sequence}`;

describe('live events', () => {
  it('begin with the accounts and the status as they are', async () => {
    const room = await startDashboard();
    const { stream, events } = await connect(room);
    expect(stream.headers['content-type']).toBe('text/event-stream');
    expect(await events.next(2)).toEqual([
      { id: id(0), event: 'account', data: { accounts: [account] } },
      { id: id(0), event: 'status', data: status },
    ]);
  });

  it('end with the session that opened them, and go on for a script', async () => {
    const room = await startDashboard();
    const script = await connect(room);
    const stream = await room.open('/api/events', { headers: { cookie: await room.signIn() } });
    const page = readEvents(stream);
    await page.next(2);
    await script.events.next(2);
    const week = 7 * 24 * 3_600_000;
    room.timers.advance(week - 15_000);
    room.change(call);
    room.timers.advance(50);
    expect((await page.next(1))[0]).toMatchObject({ event: 'call' });
    room.timers.advance(15_000);
    room.change({ ...call, id: 'call_after' });
    room.timers.advance(50);
    await once(stream, 'end');
    expect([page.waiting(), (await script.events.next(2)).map(({ event }) => event)]).toEqual([0, ['call', 'call']]);
    expect((await room.ask('/api/events', { method: 'HEAD', headers: room.script })).status).toBe(200);
  });

  it('tell of calls in batches of 50 ms, each call once and as it is last', async () => {
    const room = await startDashboard();
    const { events } = await connect(room);
    await events.next(2);
    const other = { ...call, id: 'call_2' };
    room.change({ ...call, status: 'inflight' });
    room.change(other);
    room.change(call);
    room.timers.advance(49);
    expect(events.waiting()).toBe(0);
    room.timers.advance(1);
    expect(await events.next(2)).toEqual([
      { id: id(1), event: 'call', data: call },
      { id: id(2), event: 'call', data: other },
    ]);
  });

  it('tell of accounts and status when they differ, and only then', async () => {
    const room = await startDashboard();
    const { events } = await connect(room);
    await events.next(2);
    room.changeAccounts();
    room.timers.advance(250);
    room.state.accounts = [{ ...account, inFlight: 1 }];
    room.changeAccounts();
    room.timers.advance(250);
    room.state.status = { ...status, callsInFlight: 1 };
    room.changeAccounts();
    await events
      .next(1)
      .then((seen) =>
        expect(seen).toEqual([{ id: id(0), event: 'account', data: { accounts: [{ ...account, inFlight: 1 }] } }]),
      );
    room.timers.advance(250);
    expect(await events.next(1)).toEqual([{ id: id(0), event: 'status', data: { ...status, callsInFlight: 1 } }]);
  });

  it('tell of sign-ins whenever one changes, and at the beginning where there are any', async () => {
    const room = await startDashboard();
    const { events } = await connect(room);
    await events.next(2);
    // What the connection itself asked for is over.
    room.timers.advance(250);
    room.changeSignIns([signIn]);
    room.timers.advance(250);
    expect(await events.next(1)).toEqual([{ id: id(0), event: 'sign-in', data: { signIns: [signIn] } }]);
    const later = await connect(room);
    expect((await later.events.next(3)).map(({ event }) => event)).toEqual(['account', 'status', 'sign-in']);
    room.timers.advance(250);
    const over = { ...signIn, state: 'done' as const, url: null };
    room.changeSignIns([over]);
    room.timers.advance(250);
    expect(await events.next(1)).toEqual([{ id: id(0), event: 'sign-in', data: { signIns: [over] } }]);
  });

  it('resume after the last event that was seen', async () => {
    const room = await startDashboard();
    for (const callId of ['call_1', 'call_2', 'call_3']) room.change({ ...call, id: callId });
    room.timers.advance(50);
    const { events } = await connect(room, id(1));
    expect((await events.next(4)).map((event) => [event.id, event.event])).toEqual([
      [id(2), 'call'],
      [id(3), 'call'],
      [id(3), 'account'],
      [id(3), 'status'],
    ]);
  });

  it('resume with nothing where nothing was missed', async () => {
    const room = await startDashboard();
    room.change(call);
    room.timers.advance(50);
    const { events } = await connect(room, id(1));
    expect((await events.next(2)).map((event) => event.event)).toEqual(['account', 'status']);
  });

  it.each(['another-run-1', `${run}-9`, `${run}-x`, 'nonsense', `${run}--1`])(
    'say that they cannot be resumed after "%s"',
    async (lastEventId) => {
      const room = await startDashboard();
      room.change(call);
      room.timers.advance(50);
      const { events } = await connect(room, lastEventId);
      expect((await events.next(1))[0]).toEqual({ id: id(1), event: 'reset', data: {} });
    },
  );

  it('say so too when the gap is larger than what is kept', async () => {
    const room = await startDashboard();
    for (let n = 0; n < 2_001; n += 1) room.change({ ...call, id: `call_${n}` });
    room.timers.advance(50);
    const late = await connect(room, id(0));
    expect((await late.events.next(1))[0]?.event).toBe('reset');
    const inTime = await connect(room, id(1));
    expect((await inTime.events.next(2_000)).at(-1)?.id).toBe(id(2_001));
  });

  it('keep the connection alive with comments', async () => {
    const room = await startDashboard();
    const { events } = await connect(room);
    await events.next(2);
    room.timers.advance(15_000);
    expect(await events.comment()).toBe('keep-alive');
  });

  it('end for good when the reader leaves', async () => {
    const room = await startDashboard();
    const first = await connect(room);
    await first.events.next(2);
    first.stream.destroy();
    const second = await connect(room);
    await second.events.next(2);
    room.change(call);
    room.timers.advance(50);
    expect((await second.events.next(1))[0]?.id).toBe(id(1));
  });

  it('need a session or the API token', async () => {
    const room = await startDashboard();
    const answer = await room.ask('/api/events');
    expect(answer.status).toBe(401);
  });

  it('answer HEAD at once', async () => {
    const room = await startDashboard();
    const answer = await room.ask('/api/events', { method: 'HEAD', headers: room.script });
    expect([answer.status, answer.text]).toEqual([200, '']);
  });
});
