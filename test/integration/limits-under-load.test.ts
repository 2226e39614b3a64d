import { once } from 'node:events';
import { afterEach, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { unheldTimers } from '../../src-main/config/unheld-timers.ts';
import { createSimulator } from '../../src-main/simulator/simulator.ts';
import type { KeyCreate } from '../../src-shared/contract/key.ts';
import { systemClock } from '../../src-shared/domain/clock.ts';
import { createManualTime } from '../support/manual-timers.ts';
import { type RawAnswer, rawCall } from '../support/raw-call.ts';
import { makeRelayHome, runRelay, startRelayProcess } from '../support/relay-process.ts';
import { type RunningRelay, type RunningRelayOptions, startRelay } from '../support/running-relay.ts';

const CLIENTS = 200;

let running: RunningRelay | null = null;
afterEach(async () => {
  await running?.stop();
  running = null;
});

async function relayWith(key: Omit<KeyCreate, 'name'>, options: RunningRelayOptions = {}) {
  running = await startRelay({ ...options, settings: { 'limits.queueMs': 0, ...options.settings } });
  const { key: made, secret } = await running.relay.keys.create({ name: 'limited', ...key });
  return { ...running, made, secret };
}

const headersOf = (secret: string) => ({ authorization: `Bearer ${secret}`, 'content-type': 'application/json' });
const say = { model: 'gpt-5.5', input: 'sim:say hello' };

const post = (relay: RunningRelay, secret: string, body: object = say, signal?: AbortSignal): Promise<RawAnswer> =>
  rawCall(relay.url, {
    path: '/v1/responses',
    headers: headersOf(secret),
    body: JSON.stringify(body),
    ...(signal === undefined ? {} : { signal }),
  });

/** One answer over a WebSocket of its own: 200, or the status of its refusal. */
async function overSocket(relay: RunningRelay, secret: string): Promise<number> {
  const socket = new WebSocket(`${relay.url.replace('http', 'ws')}/v1/responses`, { headers: headersOf(secret) });
  const input = [{ type: 'message', role: 'user', content: [{ type: 'input_text', text: 'sim:say hello' }] }];
  await once(socket, 'open');
  const ended = new Promise<number>((resolve) => {
    socket.on('message', (data) => {
      const event = JSON.parse(String(data)) as { type: string; status?: number };
      if (event.type === 'error') resolve(event.status ?? 0);
      if (event.type === 'response.completed') resolve(200);
    });
  });
  socket.send(JSON.stringify({ type: 'response.create', model: 'gpt-5.5', input }));
  const status = await ended;
  socket.terminate();
  return status;
}

const countOf = (statuses: readonly number[], status: number): number =>
  statuses.filter((each) => each === status).length;

test('L-01: of 200 clients at once, over HTTP, streams and sockets, exactly as many get in as the key allows', async () => {
  // A clock that stands still: no request comes back while the test runs.
  const time = { ...createManualTime(Date.now()), timers: unheldTimers };
  const relay = await relayWith({ requestsPerMinute: 50 }, { time });
  const statuses = await Promise.all(
    Array.from({ length: CLIENTS }, async (_, at) => {
      if (at % 4 === 0) return overSocket(relay, relay.secret);
      return (await post(relay, relay.secret, { ...say, stream: at % 2 === 0 })).status;
    }),
  );
  expect([countOf(statuses, 200), countOf(statuses, 429), relay.simulator.modelRequests().length]).toEqual([
    50, 150, 50,
  ]);
});

test('L-03: of 200 clients at once exactly as many run as the key allows, and their places come back', async () => {
  const relay = await relayWith({ concurrency: 7 });
  relay.simulator
    .account('a')
    .faults.add(Array.from({ length: 7 }, () => ({ kind: 'silence', at: 'created', ms: 600_000 }) as const));
  const leaving = new AbortController();
  const statuses: number[] = [];
  const asked = Array.from({ length: CLIENTS }, () =>
    post(relay, relay.secret, { ...say, stream: true }, leaving.signal).then(
      ({ status }) => statuses.push(status),
      () => statuses.push(0),
    ),
  );
  await expect.poll(() => statuses.length).toBe(CLIENTS - 7);
  const refused = countOf(statuses, 429);
  leaving.abort();
  await Promise.all(asked);
  await expect.poll(async () => (await relay.calls()).filter(({ status }) => status === 'inflight').length).toBe(0);
  const after = await Promise.all(Array.from({ length: 7 }, () => post(relay, relay.secret)));
  expect([refused, after.map(({ status }) => status)]).toEqual([CLIENTS - 7, Array.from({ length: 7 }, () => 200)]);
});

test('L-05: 200 clients at once do not take a budget beyond its limit by more than one call', async () => {
  const relay = await relayWith({});
  await post(relay, relay.secret);
  const cost = (await relay.calls())[0]?.costMicroUsd ?? 0;
  await relay.relay.budgets.create({
    scope: 'key',
    subject: relay.made.id,
    unit: 'cost',
    period: 'total',
    limit: cost * 6,
  });
  const statuses = (await Promise.all(Array.from({ length: CLIENTS }, () => post(relay, relay.secret)))).map(
    ({ status }) => status,
  );
  // Estimates are higher than what a call comes to: what they held is free again, and used up one by one.
  for (let status = 200; status === 200; ) status = (await post(relay, relay.secret)).status;
  const calls = await relay.calls();
  const rows = calls.reduce((sum, call) => sum + (call.costMicroUsd ?? 0), 0);
  const dearest = Math.max(...calls.map((call) => call.costMicroUsd ?? 0));
  const [budget] = relay.relay.budgets.list();
  expect([
    cost > 0,
    statuses.includes(429),
    budget?.used,
    budget?.reserved,
    rows >= cost * 6,
    rows < cost * 6 + dearest,
  ]).toEqual([true, true, rows, 0, true, true]);
});

test('rotation fails none of 200 requests that are in flight, and none that comes with either secret', async () => {
  const relay = await relayWith({});
  relay.simulator
    .account('a')
    .faults.add(Array.from({ length: CLIENTS }, () => ({ kind: 'silence', at: 'created', ms: 500 }) as const));
  const inFlight = Array.from({ length: CLIENTS }, () => post(relay, relay.secret));
  await expect.poll(() => relay.simulator.modelRequests().length).toBe(CLIENTS);
  const { secret } = await relay.relay.keys.rotate(relay.made.id, 3_600_000);
  const both = [relay.secret, secret].flatMap((given) => Array.from({ length: 20 }, () => post(relay, given)));
  const answers = await Promise.all([...inFlight, ...both]);
  expect(answers.filter(({ status }) => status !== 200)).toEqual([]);
});

test('L-08: what a key has used is kept to the request over kill -9, with calls that had not ended', {
  timeout: 120_000,
}, async () => {
  const simulator = createSimulator({ clock: systemClock, accounts: [{ name: 'k', kind: 'openai' }] });
  const { openaiBaseUrl } = await simulator.start();
  const home = makeRelayHome({ RELAY_OPENAI_BASE_URL: openaiBaseUrl });
  try {
    const started = Date.now();
    await runRelay(home, ['accounts', 'add', '--api-key', '-'], simulator.account('k').apiKey);
    const created = await runRelay(home, ['keys', 'create', '--name', 'killed', '--rpm', '10']);
    const headers = headersOf(created.stdout.trim());
    const ask = (url: string, more = {}) =>
      rawCall(url, { path: '/v1/responses', headers, body: JSON.stringify({ ...say, ...more }) }).then(
        ({ status }) => status,
        () => 0,
      );
    const relay = await startRelayProcess(home, ['serve', '--set', 'limits.queueMs=0']);
    const done = [await ask(relay.announcement.url), await ask(relay.announcement.url)];
    simulator
      .account('k')
      .faults.add(Array.from({ length: 3 }, () => ({ kind: 'silence', at: 'created', ms: 600_000 }) as const));
    const open = Array.from({ length: 3 }, () => ask(relay.announcement.url, { stream: true }));
    await expect.poll(() => simulator.modelRequests().length).toBe(5);
    relay.kill('SIGKILL');
    await relay.ended;
    await Promise.all(open);
    const again = await startRelayProcess(home, ['serve', '--set', 'limits.queueMs=0']);
    const statuses = await Promise.all(Array.from({ length: 20 }, () => ask(again.announcement.url)));
    // A limit of ten a minute gives one back every six seconds.
    const back = Math.ceil((Date.now() - started) / 6_000);
    again.kill('SIGTERM');
    await again.ended;
    const letIn = countOf(statuses, 200);
    expect([done, letIn >= 5, letIn <= Math.min(10, 5 + back)]).toEqual([[200, 200], true, true]);
  } finally {
    await simulator.stop();
    home.remove();
  }
});
