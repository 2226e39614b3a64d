import { afterEach, expect, test } from 'vitest';
import type { ScriptEntry } from '../../src-main/simulator/fault.ts';
import type { Settings } from '../../src-shared/contract/settings.ts';
import { api, idOf, viewOf } from '../support/account-asks.ts';
import { askForm, askRaw, forms } from '../support/ask-forms.ts';
import { type GapFront, startGapFront } from '../support/gap-front.ts';
import { createManualTime } from '../support/manual-timers.ts';
import { type RunningRelay, type RunningRelayOptions, startRelay } from '../support/running-relay.ts';
import { expectRefusal } from './support/contract.ts';

const NOON = new Date(2026, 10, 23, 12).getTime();
const OPEN_MS = 30_000;

let running: RunningRelay | null = null;
let front: GapFront | null = null;
afterEach(async () => {
  await running?.stop();
  await front?.stop();
  running = null;
  front = null;
});

/** Logins in the order in which they are tried; time stands still until it is moved, and waits are over at once. */
async function pool(
  names: readonly string[],
  settings: Partial<Settings> = {},
  more: Partial<RunningRelayOptions> = {},
) {
  const time = createManualTime(NOON);
  const relay = await startRelay({
    accounts: names.map((name) => ({ name, kind: 'chatgpt' as const })),
    simulator: { clock: time.clock },
    settings: { 'routing.strategy': 'fill-first', 'breaker.openMs': OPEN_MS, ...settings },
    time: { ...time, timers: { set: (ms, run) => (ms <= 5_000 ? soon(run) : time.timers.set(ms, run)) } },
    ...more,
  });
  running = relay;
  const callsTo = (name: string): number => relay.simulator.modelRequests(name).length;
  return { time, relay, callsTo, ask: (text?: string) => askForm(relay, 'responses', text) };
}

function soon(run: () => void): () => void {
  const timer = setTimeout(run, 0);
  return () => clearTimeout(timer);
}

const broken: ScriptEntry = { kind: 'status', status: 500, body: { error: { message: 'boom' } } };
const healthOf = (relay: RunningRelay, label: string): string => viewOf(relay, label).health.state;

test('R-03: five failures in a row open an account for 30 s times the number of openings, with one probe at a time', async () => {
  const { relay, time, callsTo, ask } = await pool(['a', 'b']);
  relay.simulator.account('a').always(broken);
  const counts: number[] = [];
  const texts = new Set<string>();
  const several = async (count: number): Promise<void> => {
    for (const text of await Promise.all(Array.from({ length: count }, () => ask()))) texts.add(text);
    counts.push(callsTo('a'));
  };
  for (let call = 0; call < 5; call += 1) texts.add(await ask());
  counts.push(callsTo('a'));
  const health = healthOf(relay, 'a');
  await several(5);
  time.advance(OPEN_MS - 1);
  await several(5);
  time.advance(1);
  await several(5);
  time.advance(2 * OPEN_MS - 1);
  await several(5);
  time.advance(1);
  await several(5);
  time.advance(3 * OPEN_MS);
  relay.simulator.account('a').always(null);
  await ask();
  await ask();
  expect({ counts, last: callsTo('a'), texts: [...texts], health, open: viewOf(relay, 'a').health.until }).toEqual({
    counts: [5, 5, 5, 6, 6, 7],
    last: 9,
    texts: ['one two three four'],
    health: 'degraded',
    open: null,
  });
});

test('an open breaker stays open through a restart', async () => {
  const { relay, time, ask } = await pool(['a', 'b'], {}, { secrets: 'file' });
  relay.simulator.account('a').always(broken);
  for (let call = 0; call < 5; call += 1) await ask();
  running = await relay.restart();
  relay.simulator.clearJournal();
  const text = await askForm(running, 'responses');
  const closed = relay.simulator.modelRequests('a').length;
  time.advance(OPEN_MS);
  await askForm(running, 'responses');
  expect([text, closed, relay.simulator.modelRequests('a').length]).toEqual(['one two three four', 0, 1]);
});

test('R-04: a probe that hangs gives its place back by the clock, and the others are served meanwhile', async () => {
  const { relay, time, callsTo, ask } = await pool(['a', 'b']);
  relay.simulator.account('a').always(broken);
  for (let call = 0; call < 5; call += 1) await ask();
  time.advance(OPEN_MS);
  relay.simulator.account('a').always({ kind: 'silence', at: 'before-headers' });
  const gone = new AbortController();
  const hanging = askRaw(relay, 'responses', undefined, { signal: gone.signal }).catch(() => null);
  await expect.poll(() => callsTo('a')).toBe(6);
  const meanwhile = await ask();
  const whileHanging = callsTo('a');
  time.advance(OPEN_MS);
  relay.simulator.account('a').always(null);
  await ask();
  const afterwards = callsTo('a');
  gone.abort();
  await hanging;
  expect({ meanwhile, whileHanging, afterwards }).toEqual({
    meanwhile: 'one two three four',
    whileHanging: 6,
    afterwards: 7,
  });
});

test('R-05: the only account is tried although its breaker is open; several that all fail are tried once a second', async () => {
  const alone = await pool(['a']);
  alone.relay.simulator.account('a').always(broken);
  const refused: string[] = [];
  for (let call = 0; call < 4; call += 1) refused.push(await alone.ask());
  const before = alone.callsTo('a');
  alone.relay.simulator.account('a').always(null);
  const back = await alone.ask();
  await alone.relay.stop();
  running = null;
  expect([refused, before, back]).toEqual([
    ['502 upstream_error', '502 upstream_error', '502 upstream_error', '502 upstream_error'],
    7,
    'one two three four',
  ]);

  const both = await pool(['a', 'b']);
  for (const name of ['a', 'b']) both.relay.simulator.account(name).always(broken);
  for (let call = 0; call < 6; call += 1) await both.ask();
  const attempts = both.relay.simulator.modelRequests().length;
  const answer = await askRaw(both.relay, 'responses');
  const refusedAtOnce = both.relay.simulator.modelRequests().length - attempts;
  for (const name of ['a', 'b']) both.relay.simulator.account(name).always(null);
  both.time.advance(1_000);
  expectRefusal(answer, {
    status: 503,
    type: 'server_error',
    code: 'upstream_unavailable',
    headers: { 'retry-after': '1' },
  });
  expect([refusedAtOnce, await both.ask(), await both.ask()]).toEqual([0, 'one two three four', 'one two three four']);
});

test.each<[string, ScriptEntry]>([
  [
    'U-07: overloaded as status',
    { kind: 'status', status: 503, body: { error: { code: 'server_is_overloaded', message: 'over' } } },
  ],
  ['U-07: slow down', { kind: 'status', status: 503, body: { error: { code: 'slow_down', message: 'slow' } } }],
  ['U-07: overloaded in the stream', { kind: 'failed', code: 'overloaded_error', message: 'over' }],
])('%s is no limit and no failure of the account: it is asked again every time', async (_name, fault) => {
  const { relay, callsTo, ask } = await pool(['a', 'b']);
  relay.simulator.account('a').always(fault);
  const texts = new Set<string>();
  for (let call = 0; call < 8; call += 1) texts.add(await ask());
  expect([[...texts], callsTo('a'), viewOf(relay, 'a').restingFamilies]).toEqual([['one two three four'], 8, []]);
});

test.each<[string, ScriptEntry]>([
  ['U-15: reset before the headers', { kind: 'cut', at: 'before-headers', how: 'reset' }],
  ['U-15: headers and no body', { kind: 'cut', at: 'headers', how: 'fin' }],
  ['U-15: reset during the upload', { kind: 'cut', at: 'upload' }],
  ['U-16: a clean end right after created', { kind: 'cut', at: 'created', how: 'clean' }],
  ['a 502 page', { kind: 'status', status: 502, body: '<html>bad gateway</html>' }],
  ['an empty 200', { kind: 'empty-200' }],
  ['silence', { kind: 'silence', at: 'created' }],
])('%s counts against the path: five in a row open it, and every call is served', async (name, fault) => {
  const { relay, callsTo, ask } = await pool(['a', 'b'], name === 'silence' ? { 'timeouts.firstOutputMs': 600 } : {});
  relay.simulator.account('a').always(fault);
  const texts = new Set<string>();
  for (let call = 0; call < 8; call += 1) texts.add(await ask());
  expect([[...texts], healthOf(relay, 'a'), callsTo('a')]).toEqual([['one two three four'], 'degraded', 5]);
});

test('U-08: a refusal about the request never counts, however often it comes', async () => {
  const { relay, callsTo, ask } = await pool(['a', 'b']);
  relay.simulator.account('a').always({ kind: 'status', status: 400, body: { error: { message: 'no', code: 'bad' } } });
  for (let call = 0; call < 8; call += 1) expect(await ask()).toBe('400 bad');
  expect([callsTo('a'), healthOf(relay, 'a')]).toEqual([8, 'ready']);
});

test('P-08, U-17: a lost network blames no account, is one piece of news, and the first call after it is served', async () => {
  const { relay, ask } = await pool(
    ['a', 'b', 'c'],
    { 'routing.strategy': 'balanced' },
    {
      through: async (origin) => {
        front = await startGapFront(origin);
        return front.origin;
      },
    },
  );
  for (let call = 0; call < 3; call += 1) await ask();
  await front?.cut();
  const refused = new Set<string>();
  for (let call = 0; call < 12; call += 1) refused.add(await ask());
  const states = ['a', 'b', 'c'].map((name) => healthOf(relay, name));
  await front?.mend();
  const first = await ask();
  expect({
    refused: [...refused].sort(),
    states,
    first,
    now: ['a', 'b', 'c'].map((name) => viewOf(relay, name).health.until),
    news: relay.logged.filter((line) => /reached/.test(line)),
  }).toEqual({
    refused: ['502 upstream_connection_error'],
    states: ['unreachable', 'unreachable', 'unreachable'],
    first: 'one two three four',
    now: [null, null, null],
    news: ['No upstream can be reached: the network seems to be down.', 'Upstreams can be reached again.'],
  });
});

test('U-17: a dead address of one account opens that account only, and every form of client is served by the other', async () => {
  const { relay, callsTo } = await pool([], {}, { accounts: [{ name: 'b', kind: 'openai' }] });
  const dead = { apiKey: 'sk-dead', wire: 'responses', label: 'dead', baseUrl: 'http://127.0.0.1:9/v1' } as const;
  const { id } = await relay.relay.accounts.as('api').addApiKey({ ...dead, unchecked: true });
  await relay.relay.accounts.as('api').order([id, idOf(relay, 'b')]);
  const served: unknown[] = [];
  for (let call = 0; call < 2; call += 1) {
    for (const form of forms) served.push(await askForm(relay, form, undefined, { model: 'gpt-5.5' }));
  }
  const attempts = (await relay.calls()).map((call) => call.attempts.length).sort();
  expect({
    served,
    attempts,
    b: callsTo('b'),
    states: [healthOf(relay, 'dead'), healthOf(relay, 'b')],
    news: relay.logged,
  }).toEqual({
    served: served.map(() => 'one two three four'),
    attempts: [1, 1, 1, 1, 1, 2, 2, 2, 2, 2],
    b: 10,
    states: ['unreachable', 'ready'],
    news: [],
  });
});

test('U-17: without another account every form of client is told in one sentence, after as many attempts as are allowed', async () => {
  const { relay } = await pool([], { 'timeouts.connectMs': 500 }, { accounts: [] });
  const dead = { apiKey: 'sk-dead', wire: 'responses', label: 'dead', baseUrl: 'http://127.0.0.1:9/v1' } as const;
  await relay.relay.accounts.as('api').addApiKey({ ...dead, unchecked: true });
  for (const form of forms.slice(0, 3)) expect(await askForm(relay, form)).toBe('502 upstream_connection_error');
  const calls = await relay.calls();
  expect([calls.map(({ attempts }) => attempts.length), calls[0]?.reason]).toEqual([
    [3, 3, 3],
    '127.0.0.1:9 could not be reached: the connection was refused.',
  ]);
});

test('a person who says "try again now", and a machine that wakes up, close no path for longer than that (P-06)', async () => {
  const { relay, callsTo, ask } = await pool(['a', 'b']);
  relay.simulator.account('a').always(broken);
  for (let call = 0; call < 6; call += 1) await ask();
  expect(callsTo('a')).toBe(5);
  await api(relay, 'POST', `/accounts/${idOf(relay, 'a')}/wake`);
  await ask();
  await ask();
  expect(callsTo('a')).toBe(6);
  relay.simulator.account('a').always(null);
  relay.relay.woke();
  await ask();
  expect(callsTo('a')).toBe(7);
});
