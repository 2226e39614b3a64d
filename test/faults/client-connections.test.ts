import { once } from 'node:events';
import { Agent, request } from 'node:http';
import type { Socket } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { openBody } from '../../src-main/gateway/request-body.ts';
import type { CallList } from '../../src-shared/contract/call.ts';
import { type Settings, settingsSchema } from '../../src-shared/contract/settings.ts';
import { processFigures } from '../support/process-figures.ts';
import { expectRefusal } from './support/contract.ts';
import { type HeadlessRelay, startHeadlessRelay } from './support/headless-relay.ts';
import { socketAnswer } from './support/socket-answer.ts';
import { socketClient } from './support/socket-client.ts';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const MIB = 1024 * 1024;
let relay: HeadlessRelay;
let client: ReturnType<typeof socketClient>;
beforeAll(async () => {
  const preload = new URL('./support/listener-count.mjs', import.meta.url).href;
  relay = await startHeadlessRelay({
    accounts: ['a', 'b'].map((name) => ({ name, kind: 'chatgpt' as const })),
    settings: { 'routing.strategy': 'fill-first' },
    variables: { NODE_OPTIONS: `--import ${preload}` },
  });
  client = socketClient(relay);
});
afterAll(() => relay.stop());
beforeEach(() => relay.simulator.clearJournal());

const responses = '/v1/responses';
const bodyOf = (input: string, more: object = {}) => JSON.stringify({ model: 'gpt-5.5', input, ...more });
const streamOf = (words: number) => client.post(bodyOf(`sim:tokens ${words}`, { stream: true, store: false }));
const lastCall = async () => (await relay.api<CallList>('GET', '/calls?limit=1')).calls[0];
/** Runs with other settings, and then puts back what they are by default. */
async function having(changes: Partial<Settings>, run: () => Promise<void>): Promise<void> {
  const usual: Record<string, unknown> = settingsSchema.parse({});
  await relay.api('PATCH', '/settings', changes);
  try {
    await run();
  } finally {
    const before = Object.fromEntries(Object.keys(changes).map((name) => [name, usual[name]]));
    await relay.api('PATCH', '/settings', before);
  }
}

describe('C-08: bodies of very many parts', () => {
  const keys = (count: number) => Array.from({ length: count }, (_, n) => `"k${n}":0`).join();
  const bodies: readonly [string, string][] = [
    ['nesting of 129', `{"a":${'['.repeat(128)}1${']'.repeat(128)}}`],
    ['nesting without an end', `{"a":${'['.repeat(1_000_000)}`],
    ['10,000 keys', `{"model":"gpt-5.5",${keys(10_000)}}`],
    ['10,000 keys inside', `{"model":"gpt-5.5","input":"x","metadata":{${keys(10_000)}}}`],
    ['a million elements', `{"model":"gpt-5.5","input":[${'0,'.repeat(999_999)}0]}`],
  ];

  test.each(bodies)('C-08: %s: refused by contract, while a stream beside it goes on', async (_name, body) => {
    const account = relay.simulator.account('a');
    account.latency = { perEventMs: 5 };
    const stream = relay.ask({ input: 'sim:tokens 60', stream: true });
    await expect.poll(() => relay.simulator.modelRequests().length).toBe(1);
    const answer = await relay.send({ path: responses, body });
    expectRefusal(answer, { status: 400, type: 'invalid_request_error', code: 'invalid_json' });
    expect((await stream).text).toContain('event: response.completed');
    account.latency = null;
    expect(relay.simulator.modelRequests()).toHaveLength(1);
  });

  test.each(bodies)('C-08: %s: refused at the limit, before anything is built of it', async (_name, body) => {
    const bytes = Buffer.from(body);
    // What is read behind the limit would be seen: nothing there can be read.
    const behind = Buffer.concat([bytes, Buffer.alloc(MIB, '\u0001')]);
    const parse = vi.spyOn(JSON, 'parse');
    const refused = await openBody(behind, 128).catch((error: Error) => error.message);
    const built = parse.mock.calls.filter(([text]) => text.length > 100);
    parse.mockRestore();
    expect([refused, built]).toEqual([expect.stringMatching(/deeper than 128|more than (1000|5000|100000)/), []]);
  });

  test.each([
    ['256 KiB of text', Array.from({ length: 4_000 }, () => 'x'.repeat(1_000)), 4_000_000 / (256 * 1024)],
    ['8,000 small values', Array.from({ length: 9 }, () => Array.from({ length: 10_000 }, () => 0)), 180_000 / 16_384],
  ])('C-08: a large body that is in order gives others their turn after each %s', async (_name, input, leastTurns) => {
    const body = Buffer.from(JSON.stringify({ input }));
    let turns = 0;
    let open = true;
    const count = (): void => {
      turns += 1;
      if (open) setImmediate(count);
    };
    setImmediate(count);
    await openBody(body, 128);
    open = false;
    expect(turns).toBeGreaterThanOrEqual(Math.floor(leastTurns) - 1);
  });
});

describe('C-14: one connection for very many requests', () => {
  /** Calls that are answered, refused, or not even JSON, in turns; what each answer says of which request it is for. */
  const asked = (n: number): readonly [string, RegExp] =>
    n % 10 === 0
      ? [bodyOf(`sim:say number-${n}.`), new RegExp(`^200 .*number-${n}\\.`, 's')]
      : n % 2 === 0
        ? [`{"model":"none-${n}.","input":"x"}`, new RegExp(`^404 .*none-${n}\\.`, 's')]
        : [`{"broken-${n}":`, /^400 .*invalid_json/s];
  const requests = Array.from({ length: 1_000 }, (_, n) => asked(n));
  const wrong = (answers: readonly string[]) =>
    answers.flatMap((answer, n) => (requests[n]?.[1].test(answer) === true ? [] : [[n, answer.slice(0, 300)]]));

  test('C-14: 1,000 requests that are sent at once are answered in order', async () => {
    const sent = requests.map(([body], n) => client.post(body, n === 999 ? { Connection: 'close' } : {}));
    const received = await client.exchange(sent.join(''));
    const answers = received.split(/HTTP\/1\.1 (?=\d)/).slice(1);
    expect([answers.length, wrong(answers)]).toEqual([1_000, []]);
  });

  test('C-14: 1,000 requests one after the other, errors among them, use one connection, and no listener is left on it', async () => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const { hostname, port } = new URL(relay.url);
    const headers = { authorization: `Bearer ${relay.key}`, 'content-type': 'application/json' };
    const sockets = new Set<Socket>();
    const listeners: number[] = [];
    const answers: string[] = [];
    for (const [body] of requests) {
      const call = request({ agent, hostname, port, path: responses, method: 'POST', headers }).end(body);
      const [response] = await once(call, 'response');
      sockets.add(response.socket);
      listeners.push(Number(response.headers['x-listeners']));
      let text = '';
      for await (const chunk of response) text += String(chunk);
      answers.push(`${response.statusCode} ${text}`);
    }
    agent.destroy();
    expect([answers.length, wrong(answers), sockets.size]).toEqual([1_000, [], 1]);
    expect([listeners[1]! > 0, Math.max(...listeners)]).toEqual([true, listeners[1]]);
    expect(relay.process.stderr()).not.toContain('MaxListeners');
  });
});

/** One that asked for a stream of so many words and reads only what it is told to. */
async function reader(words: number) {
  const socket = await client.open();
  socket.write(streamOf(words));
  let last = '';
  const keep = (chunk: Buffer | null): number => {
    if (chunk !== null) last = `${last}${chunk}`.slice(-600);
    return chunk?.length ?? 0;
  };
  return {
    socket,
    sip: (bytes: number) => keep(socket.read(Math.min(bytes, socket.readableLength)) as Buffer | null),
    /** Reads on to the terminal event. */
    async finish(): Promise<string> {
      socket.on('data', keep).resume();
      await expect.poll(() => last, { timeout: 50_000 }).toMatch(/"output_tokens":.*\r\n0\r\n\r\n$/s);
      socket.destroy();
      return last;
    },
  };
}

test.skipIf(process.platform !== 'linux')(
  'C-17: clients that read slowly get their streams whole, and Relay holds next to nothing for them',
  async () => {
    // Twenty of them for five minutes: npm run prove -- readers.
    const [many, words] = [2, 400_000];
    const figures = processFigures(relay.process.announcement.pid);
    const heldBefore = figures.bytesRead() - figures.bytesWritten();
    const readers = await Promise.all(Array.from({ length: many }, () => reader(words)));
    const held: number[] = [];
    let sips = 0;
    const read = (): number => {
      for (const { sip } of readers) if (sip(1_024) > 0) sips += 1;
      held.push(figures.bytesRead() - figures.bytesWritten() - heldBefore);
      return sips;
    };
    await expect.poll(read, { timeout: 50_000 }).toBeGreaterThan(many * 40);
    // They are held back: how much the system takes for a reader differs, but not all that is sent.
    const outcomes = relay.simulator.modelRequests().map(({ outcome }) => outcome);
    expect(outcomes).toContain('pending');
    // What was read from upstreams and is not yet with the system, which alone has what its clients do not read.
    expect(Math.max(...held) / many).toBeLessThan(2 * MIB);
    const ends = await Promise.all(readers.map(({ finish }) => finish()));
    expect(ends.filter((end) => !end.includes(`"output_tokens":${words + 16},`))).toEqual([]);
    expect((await relay.api<CallList>('GET', `/calls?limit=${many}`)).calls.map(({ status }) => status)).toEqual(
      readers.map(() => 'ok'),
    );
  },
);

test('C-18: a client that stops reading for ever is let go after the limit, and its upstream too', async () => {
  const settings = await relay.api<Settings>('GET', '/settings');
  expect(settings['timeouts.clientDrainMs']).toBe(120_000);
  await having({ 'timeouts.clientDrainMs': 300 }, async () => {
    // More than the system's own buffers take.
    const { socket } = await reader(400_000);
    await expect.poll(async () => (await lastCall())?.reason).toBe('client_stalled');
    expect(await lastCall()).toMatchObject({
      status: 'cancelled',
      httpStatus: 200,
      attempts: [{ outcome: 'cancelled' }],
    });
    await expect.poll(() => relay.simulator.modelRequests()[0]?.outcome).toBe('client-closed');
    // What the system still had for it comes, and then the end, without that of the answer.
    let rest = '';
    const closed = once(socket, 'close');
    socket.on('data', (chunk) => {
      rest = `${rest}${chunk}`.slice(-2_000);
    });
    socket.resume();
    await closed;
    expect(rest).not.toContain('response.completed');
    await expect
      .poll(
        async () => (await relay.api<{ accounts: { inFlight: number }[] }>('GET', '/accounts')).accounts[0]?.inFlight,
      )
      .toBe(0);
  });
});

test('C-21: signs of life bind to no account: one that stays silent is left for another, and the text comes once', async () => {
  await having({ 'timeouts.keepAliveMs': 50, 'timeouts.firstOutputMs': 1_000 }, async () => {
    relay.simulator.account('a').script({ kind: 'silence', at: 'created' });
    const answer = await relay.ask({ input: 'sim:say late', stream: true });
    const { status, attempts } = await relay.rowOf(answer);
    const firstOutput = answer.text.indexOf('response.output_text.delta');
    expect({
      alive: /^: |^event: (keep|ping)/m.test(answer.text.slice(0, firstOutput)),
      deltas: answer.text.match(/^event: response\.output_text\.delta/gm)?.length,
      completed: answer.text.match(/^event: response\.completed/gm)?.length,
      row: [status, attempts.map(({ errorCode }) => errorCode)],
    }).toEqual({ alive: true, deltas: 1, completed: 1, row: ['ok', ['upstream_timeout', null]] });
  });
});

test('C-23: 300 connections that are open at once are each answered, or told when to come again', async () => {
  const sockets = await Promise.all(Array.from({ length: 300 }, () => client.open()));
  const body = bodyOf('sim:say hello');
  // None sends before all are there, and none goes before all have asked.
  for (const socket of sockets) socket.write(client.post(body, { Connection: 'close' }));
  const answers = await Promise.all(
    sockets.map(async (socket) => {
      let text = '';
      for await (const chunk of socket) text += String(chunk);
      return socketAnswer(text);
    }),
  );
  const served = answers.filter(({ status, text }) => status === 200 && text.includes('hello'));
  const later = answers.filter(({ status, headers }) => status === 503 && Number(headers['retry-after']) > 0);
  expect([served.length + later.length, served.length > 0]).toEqual([300, true]);
  for (const answer of later) expectRefusal(answer, { status: 503, type: 'server_error', code: 'too_many_calls' });
});

test('X-44: bodies that are held back fill no memory: what does not fit is told to come again, what is whole is let in', async () => {
  const limit = 100_000;
  await having({ 'limits.bodyBytes': limit }, async () => {
    const body = bodyOf(`sim:say hello ${'x'.repeat(limit)}`)
      .slice(0, 0.9 * limit)
      .concat('"}');
    const most = body.slice(0, -10);
    const halfSent = async () => {
      const socket = await client.open();
      socket.write(client.postHead(body.length, { Connection: 'close' }) + most);
      return socket;
    };
    const answerOf = async (socket: Socket) => {
      let text = '';
      for await (const chunk of socket) text += String(chunk);
      return socketAnswer(text);
    };
    const figures = processFigures(relay.process.announcement.pid);
    const before = process.platform === 'linux' ? figures.bytesRead() : 0;
    const held = await Promise.all(Array.from({ length: 4 }, halfSent));
    if (process.platform === 'linux')
      await expect.poll(() => figures.bytesRead() - before).toBeGreaterThan(4 * most.length);
    expectRefusal(await answerOf(await halfSent()), {
      ...{ status: 503, type: 'server_error', code: 'too_many_calls' },
      headers: { 'retry-after': '1', connection: 'close' },
    });
    expect((await relay.ask({ input: 'sim:say small' })).status).toBe(200);
    for (const socket of held) socket.write(body.slice(-10));
    expect((await Promise.all(held.map(answerOf))).map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    // Their room is free again.
    const late = await halfSent();
    late.write(body.slice(-10));
    expect((await answerOf(late)).status).toBe(200);
    expect(relay.simulator.modelRequests().length).toBe(6);
  });
});
