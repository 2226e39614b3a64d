import { expect, onTestFinished, test } from 'vitest';
import { callParams, upsertCall, upsertDecisions } from '../../../src-main/ledger/call-row.ts';
import type { Choosing } from '../../../src-main/routing/candidate.ts';
import { decide } from '../../../src-main/routing/decide.ts';
import { packDecision } from '../../../src-main/routing/decision-record.ts';
import type { RoutedAccount } from '../../../src-main/routing/ports.ts';
import { createReplay, type ReplayPorts, type ReplayQuestion } from '../../../src-main/routing/replay.ts';
import type { CallRecord } from '../../../src-shared/contract/call.ts';
import type { ReplayReport } from '../../../src-shared/contract/routing.ts';
import type { StrategyName } from '../../../src-shared/domain/decision.ts';
import { createMemoryDatabase } from '../../support/memory-database.ts';
import { served } from '../ledger/sample-call.ts';
import { account, by, candidate, choosing, HOUR, NOW, quota, windows } from './candidates.ts';

const MINUTE = 60_000;

interface Logged {
  readonly conversation?: string;
  readonly owner?: Choosing['owner'];
  readonly strategy?: StrategyName;
  /** Who answered; default: who was chosen. */
  readonly by?: string;
  readonly failedAt?: readonly string[];
  readonly record?: Partial<CallRecord>;
}

/** A log of decided calls, a minute apart, the last one a minute ago. */
async function logOf(accounts: readonly RoutedAccount[], calls: readonly Logged[]) {
  const database = createMemoryDatabase();
  onTestFinished(() => database.close());
  const last = new Map<string, number>();
  for (const [turn, call] of calls.entries()) {
    const startedAt = NOW - (calls.length - turn) * MINUTE;
    const pool = accounts.map((of) => {
      const at = last.get(of.id);
      return candidate(of, { turnsSince: at === undefined ? null : turn - at - 1 });
    });
    const owner = call.owner ?? null;
    const decision = decide(pool, choosing({ owner }), by(call.strategy ?? 'fill-first'), startedAt, () => 0);
    const chosen = accounts[decision.chosen]!.id;
    last.set(chosen, turn);
    const id = `call_${turn}`;
    const record = served(id, {
      startedAt,
      conversationId: call.conversation ?? id,
      accountId: call.by ?? chosen,
      accountLabel: call.by ?? chosen,
      attempts: (call.failedAt ?? []).map((accountId) => ({
        ...served('').attempts[0]!,
        accountId,
        outcome: 'failed',
      })),
      inputTokens: 100_000,
      cachedTokens: 0,
      costMicroUsd: 500_000,
      spentMicroUsd: 0,
      ...call.record,
    });
    await database.run([
      { sql: upsertCall, params: callParams(record) },
      { sql: upsertDecisions, params: [id, `[${packDecision(decision)}]`] },
    ]);
  }
  return database;
}

const replayOf = (database: ReplayPorts['database'], more: Partial<ReplayPorts> = {}) =>
  createReplay({
    database,
    uncachedNanoUsd: () => 4_500,
    isMetered: (id) => id === 'key',
    clock: { now: () => NOW, monotonic: () => 0 },
    pause: async () => undefined,
    ...more,
  });

const question = (strategy: StrategyName, without: readonly string[] = []): ReplayQuestion => ({
  since: NOW - HOUR,
  scoring: by(strategy),
  current: by('fill-first'),
  without: without.map((id) => ({ accountId: id, accountLabel: id })),
});

/** What of a report the tests look at; `calls` as [account, actual, replayed]. */
const short = ({ accounts, ...report }: ReplayReport) => ({
  ...report,
  accounts: accounts.map(({ accountLabel, calls }) => [accountLabel, calls.actual, calls.replayed]),
});

const a = account('a', { position: 0, ...windows(quota(60, 2 * HOUR)) });
const b = account('b', { position: 1, ...windows(quota(10, 2 * HOUR)) });

test('a replay that changes nothing finds every call where it was', async () => {
  const database = await logOf(
    [a, b],
    [{}, { conversation: 'x' }, { conversation: 'x', owner: { accountId: 'a', cachedTokens: 9 } }, {}],
  );
  const report = await replayOf(database).run(question('fill-first'));
  expect(short(report)).toEqual({
    since: NOW - HOUR,
    until: NOW,
    strategy: 'fill-first',
    weights: by('fill-first').weights,
    without: [],
    calls: 4,
    skipped: 0,
    truncated: false,
    reproduced: 1,
    changed: 0,
    unserved: 0,
    accounts: [['a', 4, 4]],
    moves: { actual: 0, replayed: 0 },
    cachedTokens: { actual: 0, replayed: 0 },
    costMicroUsd: { actual: 2_000_000, replayed: 2_000_000 },
    spentMicroUsd: { actual: 0, replayed: 0 },
    examples: [],
    limits: expect.arrayContaining([expect.stringContaining('as they were recorded')]),
  });
});

test('another strategy shows how many calls would have gone where, and why', async () => {
  const database = await logOf([a, b], [{}, {}, {}, {}]);
  const robin = short(await replayOf(database).run(question('round-robin')));
  expect(robin).toMatchObject({
    changed: 2,
    reproduced: 1,
    accounts: [
      ['a', 4, 2],
      ['b', 0, 2],
    ],
  });
  const balanced = short(await replayOf(database).run(question('balanced')));
  expect(balanced).toMatchObject({
    changed: 4,
    accounts: [
      ['a', 4, 0],
      ['b', 0, 4],
    ],
  });
  expect(balanced.examples).toHaveLength(4);
  expect(balanced.examples[0]).toEqual({
    callId: 'call_3',
    at: NOW - MINUTE,
    model: 'gpt-5.5',
    from: 'a',
    to: 'b',
    why: 'a lost by 0.07: 5-hour 40 % left, resets 14:00',
  });
});

test('with an account off its conversations move, which costs their caches once', async () => {
  const held = { accountId: 'a', cachedTokens: 90_000 };
  const warm = { conversation: 'x', owner: held, record: { cachedTokens: 90_000, costMicroUsd: 100_000 } };
  const database = await logOf([a, b], [warm, warm, { record: { cachedTokens: null, costMicroUsd: null } }]);
  const report = short(await replayOf(database).run(question('fill-first', ['a'])));
  expect(report).toMatchObject({
    without: [{ accountId: 'a', accountLabel: 'a' }],
    changed: 3,
    unserved: 0,
    accounts: [
      ['a', 3, 0],
      ['b', 0, 3],
    ],
    moves: { actual: 0, replayed: 1 },
    cachedTokens: { actual: 180_000, replayed: 90_000 },
    costMicroUsd: { actual: 200_000, replayed: 200_000 + 90_000 * 4.5 },
  });
  expect(report.examples[0]!.why).toBe('a could not serve: Left out of this question by you.');
});

test('a conversation that was moved about keeps its cache where the replay lets it stay', async () => {
  const moved = { conversation: 'x', by: 'b', record: { cachedTokens: 0 } };
  const database = await logOf(
    [a, b],
    [{ conversation: 'x' }, { ...moved, owner: { accountId: 'a', cachedTokens: 1 } }],
  );
  expect(short(await replayOf(database).run(question('fill-first')))).toMatchObject({
    changed: 1,
    reproduced: 0.5,
    moves: { actual: 1, replayed: 0 },
    cachedTokens: { actual: 0, replayed: 1 },
    accounts: [
      ['a', 1, 2],
      ['b', 1, 0],
    ],
  });
});

test('where a call failed it fails again and moves on; where none is left it is not served', async () => {
  const database = await logOf([a, b], [{ by: 'b', failedAt: ['a'] }, {}]);
  expect(short(await replayOf(database).run(question('fill-first')))).toMatchObject({
    changed: 0,
    accounts: [
      ['b', 1, 1],
      ['a', 1, 1],
    ],
  });
  const report = short(await replayOf(database).run(question('fill-first', ['b'])));
  expect(report).toMatchObject({
    changed: 1,
    unserved: 1,
    accounts: [
      ['b', 1, 0],
      ['a', 1, 1],
    ],
  });
  expect(report.examples[0]).toMatchObject({ from: 'b', to: null });
});

test('what metered keys would have been paid is counted', async () => {
  const key = account('key', { kind: 'openai', position: 2 });
  const database = await logOf([a, key], [{}, {}]);
  expect(await replayOf(database).run(question('fill-first', ['a']))).toMatchObject({
    costMicroUsd: { actual: 1_000_000, replayed: 1_000_000 },
    spentMicroUsd: { actual: 0, replayed: 1_000_000 },
  });
});

test('a log that is too long is cut to its newest calls, and calls without a decision are said to be skipped', async () => {
  const database = await logOf(
    [a, b],
    Array.from({ length: 7 }, () => ({})),
  );
  await database.run([
    { sql: "DELETE FROM decisions WHERE call_id = 'call_5'" },
    { sql: "UPDATE decisions SET body = '[[0]]' WHERE call_id = 'call_4'" },
  ]);
  const report = await replayOf(database, { mostCalls: 4 }).run(question('fill-first'));
  expect(report).toMatchObject({ calls: 2, skipped: 2, truncated: true, since: NOW - 5 * MINUTE + 1 });
  expect(await replayOf(database).run({ ...question('fill-first'), since: NOW - 3 * MINUTE })).toMatchObject({
    calls: 1,
    skipped: 2,
    truncated: false,
  });
});

test('long logs are read page by page, with a pause whenever a slice has taken its time', async () => {
  const database = await logOf(
    [a, b],
    Array.from({ length: 450 }, () => ({ strategy: 'round-robin' })),
  );
  let now = 0;
  let pauses = 0;
  const replay = replayOf(database, {
    // Each look at the clock finds it half a millisecond later.
    clock: { now: () => NOW, monotonic: () => (now += 0.5) },
    pause: async () => {
      pauses += 1;
    },
  });
  const report = await replay.run({ ...question('round-robin'), since: NOW - 10 * HOUR, current: by('round-robin') });
  expect(short(report)).toMatchObject({
    calls: 450,
    accounts: [
      ['a', 225, 225],
      ['b', 225, 225],
    ],
  });
  expect(pauses).toBeGreaterThanOrEqual(100);
});

test('only one replay runs at a time', async () => {
  const replay = replayOf(await logOf([a, b], [{}]));
  const first = replay.run(question('fill-first'));
  await expect(replay.run(question('fill-first'))).rejects.toMatchObject({ code: 'conflict' });
  await first;
  await expect(replay.run(question('fill-first'))).resolves.toMatchObject({ calls: 1 });
});
