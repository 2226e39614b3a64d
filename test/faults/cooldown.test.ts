import { afterEach, expect, test } from 'vitest';
import type { ScriptEntry } from '../../src-main/simulator/fault.ts';
import type { Settings } from '../../src-shared/contract/settings.ts';
import { idOf } from '../support/account-asks.ts';
import { askForm, askRaw } from '../support/ask-forms.ts';
import { createManualTime } from '../support/manual-timers.ts';
import { type RunningRelay, type RunningRelayOptions, startRelay } from '../support/running-relay.ts';

const DAY = 86_400_000;
const NOON = new Date(2026, 10, 23, 12).getTime();

let running: RunningRelay | null = null;
afterEach(async () => {
  await running?.stop();
  running = null;
});

/** Two logins, of which `a` is always tried first; time stands still until it is moved. */
async function pool(more: Partial<RunningRelayOptions> = {}, settings: Partial<Settings> = {}) {
  const { time = createManualTime(NOON) } = more;
  const relay = await startRelay({
    accounts: [
      { name: 'a', kind: 'chatgpt', models: ['gpt-5.5', 'gpt-5.4'] },
      { name: 'b', kind: 'chatgpt', models: ['gpt-5.5', 'gpt-5.4'] },
    ],
    simulator: { clock: time.clock },
    settings: { 'routing.strategy': 'fill-first', ...settings },
    ...more,
    time,
  });
  running = relay;
  return { time, relay, callsTo: (name: string) => relay.simulator.modelRequests(name).length };
}

const limit = (more: { headers?: Record<string, string>; message?: string; code?: string } = {}): ScriptEntry => ({
  kind: 'status',
  status: 429,
  headers: more.headers ?? {},
  body: { error: { message: more.message ?? 'slow down', type: 'x', code: more.code ?? 'rate_limit_exceeded' } },
});

/** How long `a` is left alone after this refusal, to the millisecond. */
async function restAfter(fault: ScriptEntry): Promise<number> {
  const { relay } = await pool();
  relay.simulator.account('a').script(fault);
  expect(await askForm(relay, 'responses')).toBe('one two three four');
  const untils = [...relay.relay.accounts.get(idOf(relay, 'a'))!.rests.values()].map(({ until }) => until);
  return Math.max(...untils) - NOON;
}

test('U-01: a limit with Retry-After is kept to exactly: no call before its end, and the next one after it', async () => {
  const { relay, time, callsTo } = await pool();
  relay.simulator.account('a').script(limit({ headers: { 'retry-after': '7' } }));
  const counts: number[] = [];
  for (const ms of [0, 1, 6_998, 1]) {
    time.advance(ms);
    await askForm(relay, 'responses');
    counts.push(callsTo('a'));
  }
  const [first] = await relay.calls();
  expect([counts, first?.attempts.map(({ accountLabel, outcome }) => [accountLabel, outcome])]).toEqual([
    [1, 1, 1, 2],
    [
      ['a', 'failed'],
      ['b', 'served'],
    ],
  ]);
});

test.each([
  ['try again in 6m0s', 360_000],
  ['try again in 1h2m3s', 3_723_000],
  ['try again in 350ms', 350],
  ['Please try again in 1.2s.', 1_200],
])('U-04: a limit that says "%s" is a rest of that time', async (message, ms) => {
  expect(await restAfter(limit({ message }))).toBe(ms);
});

test('U-03: a usage limit rests until its reset and through a restart; a limit of one model leaves the others alone', async () => {
  const { relay, time, callsTo } = await pool({
    secrets: 'file',
    accounts: [
      {
        name: 'a',
        kind: 'chatgpt',
        models: ['gpt-5.5', 'gpt-5.4'],
        extras: [
          {
            limitId: 'codex_bengalfox',
            limitName: 'Bengal Fox',
            model: 'gpt-5.4',
            lengthMs: 86_400_000,
            usedPercent: 100,
            resetsInMs: 7_200_000,
          },
        ],
      },
      { name: 'b', kind: 'chatgpt', models: ['gpt-5.5', 'gpt-5.4'] },
    ],
  });
  const ask = (model: string) => askForm(running!, 'responses', undefined, { model });
  await ask('gpt-5.4');
  await ask('gpt-5.5');
  const modelOnly = callsTo('a');
  relay.simulator.account('a').windows.fiveHour?.set({ usedPercent: 100, resetsInMs: 10_800_000 });
  await ask('gpt-5.5');
  running = await relay.restart();
  relay.simulator.clearJournal();
  await ask('gpt-5.5');
  const afterRestart = callsTo('a');
  time.advance(7_200_000);
  await ask('gpt-5.4');
  const ownLimitOver = callsTo('a');
  await ask('gpt-5.5');
  time.advance(3_600_000);
  await ask('gpt-5.5');
  expect({ modelOnly, afterRestart, ownLimitOver, planLimitOver: callsTo('a') }).toEqual({
    modelOnly: 2,
    afterRestart: 0,
    ownLimitOver: 1,
    planLimitOver: 2,
  });
});

test('U-02: a limit without an end rests longer each time, through a restart too, and a success starts anew', async () => {
  const { relay, time } = await pool({ secrets: 'file' });
  const rests: number[] = [];
  const meet = async (): Promise<void> => {
    relay.simulator.account('a').script(limit());
    await askForm(running!, 'responses');
    const account = running!.relay.accounts.get(idOf(running!, 'a'))!;
    const ms = Math.max(...[...account.rests.values()].map(({ until }) => until)) - time.clock.now();
    rests.push(ms);
    time.advance(ms);
  };
  for (let round = 0; round < 3; round += 1) await meet();
  running = await relay.restart();
  await meet();
  await meet();
  await askForm(running, 'responses');
  await meet();
  const floors = [5_000, 10_000, 20_000, 40_000, 60_000, 5_000];
  expect(rests.map((ms, round) => ms >= floors[round]! && ms <= Math.min(60_000, floors[round]! * 1.25))).toEqual(
    floors.map(() => true),
  );
});

test('U-02: calls that were under way together meet one limit, not many', async () => {
  const { relay, time } = await pool();
  relay.simulator.account('a').always(limit());
  await Promise.all(Array.from({ length: 8 }, () => askForm(relay, 'responses stream')));
  const account = relay.relay.accounts.get(idOf(relay, 'a'))!;
  const ms = Math.max(...[...account.rests.values()].map(({ until }) => until)) - time.clock.now();
  expect([ms >= 5_000, ms <= 6_250]).toEqual([true, true]);
});

test('R-09: a rate limit that names no family is one of its model: other models still go there', async () => {
  const { relay, callsTo } = await pool();
  relay.simulator.account('a').script(limit({ headers: { 'retry-after': '60' } }));
  const served: unknown[] = [];
  for (const model of ['gpt-5.5', 'gpt-5.5', 'gpt-5.4', 'gpt-5.4']) {
    served.push((await askRaw(relay, 'responses', undefined, { model })).headers['x-relay-account']);
  }
  expect([served, callsTo('a')]).toEqual([['b', 'b', 'a', 'a'], 3]);
});

test('P-07: after a wall clock that is put back, and forward again, nothing rests longer than the time that was left', async () => {
  const time = createManualTime(NOON);
  // The upstream's clock is right all the time.
  const clock = { now: () => NOON + time.clock.monotonic(), monotonic: time.clock.monotonic };
  const { relay, callsTo } = await pool({ time, simulator: { clock } });
  const counts: number[] = [];
  const ask = async (): Promise<void> => {
    await askForm(relay, 'responses');
    counts.push(callsTo('a'));
  };
  const rest = async (): Promise<void> => {
    relay.simulator.account('a').windows.fiveHour?.set({ usedPercent: 100, resetsInMs: 600_000 });
    await ask();
  };
  await rest();
  time.clock.jump(-DAY);
  await ask();
  time.advance(599_000);
  await ask();
  time.advance(61_000);
  await ask();
  // A limit that is met while the clock is wrong.
  await rest();
  time.clock.jump(DAY);
  await ask();
  time.advance(661_000);
  await ask();
  expect(counts).toEqual([1, 1, 1, 2, 3, 3, 4]);
});
