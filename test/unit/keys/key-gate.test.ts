import { expect, test } from 'vitest';
import { createBudgets } from '../../../src-main/keys/budgets.ts';
import { createKeyGate } from '../../../src-main/keys/key-gate.ts';
import { createKeyLimits, type RateLimits } from '../../../src-main/keys/key-limits.ts';
import type { KeyIdentity } from '../../../src-main/keys/keys.ts';
import { createCountingBytes } from '../../support/counting-bytes.ts';
import { createManualTime } from '../../support/manual-timers.ts';
import { createMemoryDatabase } from '../../support/memory-database.ts';

const DOLLAR = 1_000_000;
const unlimited: RateLimits = { requestsPerMinute: null, tokensPerMinute: null, concurrency: null };

/** A gate in front of one place, for a key with a budget of a dollar. */
async function room(limits: Partial<RateLimits>, places = 1) {
  const { clock, timers, advance } = createManualTime(Date.UTC(2026, 10, 25, 12));
  const budgets = await createBudgets({
    ...{ database: createMemoryDatabase(), clock, randomBytes: createCountingBytes(), timeZone: () => 'UTC' },
    ...{ onMark: () => undefined, written: async () => undefined },
  });
  await budgets.create({ scope: 'key', subject: 'key_1', unit: 'cost', period: 'day', limit: DOLLAR });
  const queueMs = () => 1_000;
  const gate = createKeyGate({
    ...{ limits: createKeyLimits({ clock, timers, queueMs, past: [] }), budgets, timers },
    ...{ places: () => places, queueMs },
  });
  const identity = { id: 'key_1', member: null, project: null, limits: { ...unlimited, ...limits } } as KeyIdentity;
  const estimate = () => ({ tokens: 10, amounts: { cost: DOLLAR / 10, spent: 0, tokens: 10 } });
  const enter = async (signal = new AbortController().signal) => gate.enter(identity, estimate, () => signal);
  const held = () => budgets.list().map(({ used, reserved }) => ({ used, reserved }))[0];
  return { enter, held, advance };
}

const used = { id: 'call_1', startedAt: Date.UTC(2026, 10, 25, 12), gaveOutput: true };
const refusalOf = (call: Promise<unknown>): Promise<unknown> => call.then(() => 'let in').catch(({ code }) => code);

test('what a call holds of a budget is what it used when it leaves', async () => {
  const { enter, held } = await room({});
  const call = await enter();
  const running = held();
  call.leave({ ...used, amounts: { cost: 5, spent: 0, tokens: 7 } });
  expect([running, held()]).toEqual([
    { used: 0, reserved: DOLLAR / 10 },
    { used: 5, reserved: 0 },
  ]);
});

test('a call that its key’s limits refuse at once holds nothing of its budget', async () => {
  const { enter, held } = await room({ requestsPerMinute: 1 }, 10);
  await enter();
  expect([await refusalOf(enter()), held()]).toEqual(['rate_limit_exceeded', { used: 0, reserved: DOLLAR / 10 }]);
});

test('a call that waited for its turn in vain holds nothing, neither of its budget nor of its limits', async () => {
  const { enter, held, advance } = await room({ requestsPerMinute: 100 });
  await enter();
  const waiting = refusalOf(enter());
  await Promise.resolve();
  advance(1_000);
  expect([await waiting, held()]).toEqual(['too_many_calls', { used: 0, reserved: DOLLAR / 10 }]);
});

test('a client that leaves while it waits gives back what it held', async () => {
  const { enter, held } = await room({ concurrency: 1 });
  await enter();
  const leaving = new AbortController();
  const waiting = refusalOf(enter(leaving.signal));
  await Promise.resolve();
  leaving.abort();
  expect([await waiting, held()]).toEqual(['rate_limit_exceeded', { used: 0, reserved: DOLLAR / 10 }]);
});
