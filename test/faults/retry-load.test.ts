import { afterEach, expect, test } from 'vitest';
import type { ScriptEntry } from '../../src-main/simulator/fault.ts';
import type { Settings } from '../../src-shared/contract/settings.ts';
import { askForm, forms } from '../support/ask-forms.ts';
import { createManualTime } from '../support/manual-timers.ts';
import { type RunningRelay, startRelay } from '../support/running-relay.ts';

const NOON = new Date(2026, 10, 23, 12).getTime();

let running: RunningRelay | null = null;
afterEach(async () => {
  await running?.stop();
  running = null;
});

/** Logins on a clock that is moved by hand; waits are over at once. */
async function pool(names: readonly string[], settings: Partial<Settings> = {}) {
  const time = createManualTime(NOON);
  const relay = await startRelay({
    accounts: names.map((name) => ({ name, kind: 'chatgpt' as const })),
    simulator: { clock: time.clock, journalLimit: 10_000 },
    settings,
    time: { ...time, timers: { set: (ms, run) => (ms <= 5_000 ? soon(run) : time.timers.set(ms, run)) } },
  });
  running = relay;
  /** So many calls, a few at once, a tenth of a second apart. */
  const ask = async (count: number, atOnce = 8): Promise<string[]> => {
    const answers: string[] = [];
    for (let asked = 0; asked < count; asked += atOnce) {
      const group = Array.from({ length: Math.min(atOnce, count - asked) }, (_, index) =>
        askForm(relay, forms[(asked + index) % 4]!),
      );
      answers.push(...(await Promise.all(group)));
      time.advance(100 * group.length);
    }
    return answers;
  };
  return { relay, time, ask, attempts: () => relay.simulator.modelRequests().length };
}

function soon(run: () => void): () => void {
  const timer = setTimeout(run, 0);
  return () => clearTimeout(timer);
}

const broken: ScriptEntry = { kind: 'status', status: 500, body: { error: { message: 'boom' } } };
const served = (answers: readonly string[]): number =>
  answers.filter((answer) => answer === 'one two three four').length;

test('G5 at 5 % faults a call makes 1.10 attempts at most, and every call is served', async () => {
  const { relay, ask, attempts } = await pool(['a', 'b', 'c', 'd']);
  for (const [index, name] of ['a', 'b', 'c', 'd'].entries()) {
    // Every twentieth request of an account fails, at another time for each.
    const healthy = (count: number) => Array.from({ length: count }, () => null);
    const round = [...healthy(4 * index + 3), broken, ...healthy(16 - 4 * index)];
    relay.simulator.account(name).script(...Array.from({ length: 10 }, () => round).flat());
  }
  const answers = await ask(200);
  expect([served(answers), attempts() > 200, attempts() <= 220]).toEqual([200, true, true]);
});

test.each([
  ['four accounts', ['a', 'b', 'c', 'd'], broken, {}],
  ['one account', ['a'], broken, {}],
  [
    'four accounts that are silent',
    ['a', 'b', 'c', 'd'],
    { kind: 'silence', at: 'created' },
    { 'timeouts.firstOutputMs': 60 },
  ],
  ['four accounts that cut', ['a', 'b', 'c', 'd'], { kind: 'cut', at: 'before-headers' }, {}],
  [
    'four accounts that are overloaded',
    ['a', 'b', 'c', 'd'],
    { kind: 'status', status: 503, body: { error: { code: 'server_is_overloaded' } } },
    {},
  ],
] satisfies [string, string[], ScriptEntry, Partial<Settings>][])(
  'G5 in a total outage of %s a call makes 1.2 attempts at most',
  async (_name, names, fault, settings) => {
    const { relay, ask, attempts } = await pool(names, settings);
    for (const name of names) relay.simulator.account(name).always(fault);
    const answers = await ask(150);
    expect([served(answers), attempts() <= 180]).toEqual([0, true]);
    expect(answers.filter((answer) => !/^50[234] upstream_/.test(answer))).toEqual([]);
  },
);

test('R-10: when a fifth of the requests of every account fail, 99 % of the calls are served with 1.3 attempts each', async () => {
  const { relay, ask, attempts } = await pool(['a', 'b', 'c']);
  for (const [index, name] of ['a', 'b', 'c'].entries()) {
    const round = [0, 1, 2, 3, 4].map((place) => (place === index ? broken : null));
    relay.simulator.account(name).script(...Array.from({ length: 60 }, () => round).flat());
  }
  const answers = await ask(300);
  expect([served(answers) >= 297, attempts() <= 390]).toEqual([true, true]);
});

test.each<[string, ScriptEntry]>([
  ['500', broken],
  ['429', { kind: 'status', status: 429, body: { error: { code: 'rate_limit_exceeded' } } }],
  ['a usage limit inside a 200 stream', { kind: 'usage-limit', resetsInSeconds: 10_000, as: 'error-event' }],
  ['401', { kind: 'status', status: 401, body: { error: { code: 'token_invalidated' } } }],
  ['403', { kind: 'status', status: 403, body: { error: { type: 'usage_not_included' } } }],
  [
    'a model that it lacks',
    {
      kind: 'status',
      status: 400,
      body: { detail: "The 'gpt-5.5' model is not supported when using Codex with a ChatGPT account." },
    },
  ],
  ['overloaded', { kind: 'status', status: 503, body: { error: { code: 'server_is_overloaded' } } }],
  ['a reset', { kind: 'cut', at: 'before-headers' }],
  ['a cut upload', { kind: 'cut', at: 'upload' }],
  ['an early end', { kind: 'cut', at: 'created', how: 'clean' }],
  ['an empty 200', { kind: 'empty-200' }],
  ['JSON', { kind: 'json-200' }],
  ['silence', { kind: 'silence', at: 'before-headers' }],
])('G4 with one of four accounts dead by %s no call fails', async (name, fault) => {
  // Only silence is ended by that limit; a machine under load may take its time for all others.
  const limit = name === 'silence' ? { 'timeouts.firstOutputMs': 2_000 } : {};
  const { relay, ask } = await pool(['a', 'b', 'c', 'd'], limit);
  relay.simulator.account('b').always(fault);
  const answers = await ask(48, 12);
  expect(answers.filter((answer) => answer !== 'one two three four')).toEqual([]);
});
