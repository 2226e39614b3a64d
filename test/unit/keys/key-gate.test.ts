import { expect, test } from 'vitest';
import { unlimitedCaller } from '../../../src-main/gateway/unlimited-caller.ts';
import { type BudgetSubject, createBudgets } from '../../../src-main/keys/budgets.ts';
import { createKeyGate, type EnteredCall } from '../../../src-main/keys/key-gate.ts';
import { createKeyLimits, type RateLimits } from '../../../src-main/keys/key-limits.ts';
import type { KeyIdentity } from '../../../src-main/keys/keys.ts';
import { RelayError } from '../../../src-shared/domain/relay-error.ts';
import { createCountingBytes } from '../../support/counting-bytes.ts';
import { createManualTime } from '../../support/manual-timers.ts';
import { createMemoryDatabase } from '../../support/memory-database.ts';

const NOW = Date.UTC(2026, 10, 25, 12);
const unlimited: RateLimits = { requestsPerMinute: null, tokensPerMinute: null, concurrency: null };
const never = new AbortController().signal;

const key = (id: string, limits: Partial<RateLimits> = {}): KeyIdentity => ({
  ...unlimitedCaller(id, id),
  limits: { ...unlimited, ...limits },
});

async function scene({ places = 10, queueMs = 0 } = {}) {
  const time = createManualTime(NOW);
  const limits = createKeyLimits({ clock: time.clock, timers: time.timers, queueMs: () => queueMs, past: [] });
  const budgets = await createBudgets({
    database: createMemoryDatabase(),
    clock: time.clock,
    randomBytes: createCountingBytes(),
    timeZone: () => 'UTC',
    onMark: () => undefined,
    written: async () => undefined,
  });
  const gate = createKeyGate({ limits, budgets, timers: time.timers, places: () => places, queueMs: () => queueMs });
  let estimates = 0;
  const enter = (identity: KeyIdentity, tokens = 100) =>
    gate.enter(
      identity,
      () => {
        estimates += 1;
        return { tokens, amounts: { cost: 0, spent: 0, tokens } };
      },
      () => never,
    );
  return { time, limits, budgets, gate, enter, estimates: () => estimates };
}

const used = (tokens: number | null, gaveOutput = true) => ({
  id: 'call_1',
  startedAt: NOW,
  amounts: { cost: 0, spent: 0, tokens },
  gaveOutput,
});

const isIn = (call: EnteredCall | Promise<EnteredCall>): call is EnteredCall => !(call instanceof Promise);

async function refusal(work: () => unknown): Promise<string> {
  try {
    await work();
    return 'let in';
  } catch (error) {
    return error instanceof RelayError ? error.code : String(error);
  }
}

test('a key without limits or budgets enters at once, and nobody asks what its call may need', async () => {
  const { gate, enter, estimates } = await scene();
  const call = enter(key('a'));
  expect([isIn(call) && call.headers(), gate.headers(key('a')), estimates()]).toEqual([{}, {}, 0]);
});

test.each<[string, Partial<RateLimits>]>([
  ['rate_limit_exceeded', { requestsPerMinute: 1 }],
  ['tokens_exceeded', { tokensPerMinute: 150 }],
  ['rate_limit_exceeded', { concurrency: 1 }],
])('the second call of a key is refused by any one of its limits: %s by %j', async (code, limits) => {
  const { enter } = await scene();
  const first = enter(key('a', limits));
  expect([
    isIn(first),
    await refusal(() => enter(key('a', limits))),
    await refusal(() => enter(key('b', limits))),
  ]).toEqual([true, code, 'let in']);
});

test('what a call really used takes the place of its estimate; with output of unknown size the estimate stays', async () => {
  const left = async (tokens: number | null, gaveOutput: boolean) => {
    const { gate, enter } = await scene();
    const limited = key('a', { tokensPerMinute: 1_000 });
    const call = await enter(limited);
    call.leave(used(tokens, gaveOutput));
    return gate.headers(limited)['x-ratelimit-remaining-tokens'];
  };
  expect([await left(40, true), await left(null, true), await left(null, false)]).toEqual(['960', '900', '1000']);
});

test('a call that its limits refuse holds nothing of its budgets', async () => {
  const { budgets, enter } = await scene();
  const limited = key('a', { requestsPerMinute: 1 });
  await budgets.create({ scope: 'key', subject: 'a', unit: 'tokens', period: 'day', limit: 1_000 });
  const reserved = () => budgets.list().map(({ reserved: held, used: taken }) => [held, taken]);
  const call = await enter(limited);
  const running = reserved();
  const second = await refusal(() => enter(limited));
  const refused = reserved();
  call.leave(used(40));
  expect([running, second, refused, reserved()]).toEqual([[[100, 0]], 'rate_limit_exceeded', [[100, 0]], [[0, 40]]]);
});

test('where all places are taken a call waits for one, and without a place gives back what it held', async () => {
  const { time, limits, budgets, enter } = await scene({ places: 1, queueMs: 1_000 });
  const limited = key('b', { concurrency: 5, tokensPerMinute: 1_000 });
  await budgets.create({ scope: 'key', subject: 'b', unit: 'tokens', period: 'day', limit: 1_000 });
  const first = await enter(key('a'));
  const late = refusal(() => enter(limited));
  await time.untilSet(1_000);
  time.advance(1_000);
  const outcome = await late;
  const held = [limits.use('b', limited.limits).inFlight, budgets.list()[0]?.reserved];
  const waiting = enter(limited);
  first.leave(used(0));
  const second = await waiting;
  expect([outcome, held, isIn(waiting), limits.use('b', limited.limits).inFlight, second.headers()]).toEqual([
    'too_many_calls',
    [0, 0],
    false,
    1,
    expect.objectContaining({ 'x-ratelimit-remaining-tokens': '900' }),
  ]);
});

const subjectOf = ({ id, member, project }: KeyIdentity): BudgetSubject => ({ id, member, project });

test('a spent budget refuses before any limit is used up', async () => {
  const { gate, budgets, enter } = await scene();
  const limited = key('a', { requestsPerMinute: 5 });
  await budgets.create({ scope: 'key', subject: 'a', unit: 'tokens', period: 'day', limit: 10 });
  budgets.reserve(subjectOf(limited), { cost: 0, spent: 0, tokens: 0 }).settle(used(10));
  expect([await refusal(() => enter(limited)), gate.headers(limited)['x-ratelimit-remaining-requests']]).toEqual([
    'insufficient_quota',
    '5',
  ]);
});
