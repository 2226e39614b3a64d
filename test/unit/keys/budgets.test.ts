import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type BudgetPorts, createBudgets } from '../../../src-main/keys/budgets.ts';
import { callParams, upsertCall } from '../../../src-main/ledger/call-row.ts';
import type { Database } from '../../../src-main/ledger/database.ts';
import type { CallRecord } from '../../../src-shared/contract/call.ts';
import { RelayError } from '../../../src-shared/domain/relay-error.ts';
import { createCountingBytes } from '../../support/counting-bytes.ts';
import { createManualClock } from '../../support/manual-clock.ts';
import { createMemoryDatabase } from '../../support/memory-database.ts';
import { served } from '../ledger/sample-call.ts';

/** A Wednesday. */
const NOW = Date.UTC(2026, 10, 25, 12);
const DAY = 86_400_000;
const laptop = { id: 'key_1', member: 'ada', project: 'site' };
const dollar = 1_000_000;
const estimateOf = (cost: number) => ({ cost, spent: 0, tokens: 1_000 });
const callOf = (cost: number | null, startedAt = NOW, id = 'call_of_a_test') => ({
  id,
  startedAt,
  amounts: { cost, spent: 0, tokens: 1_000 },
  gaveOutput: true,
});

async function room(changes: Partial<BudgetPorts> = {}) {
  const database = createMemoryDatabase();
  const clock = createManualClock(NOW);
  const told: string[] = [];
  const ports: BudgetPorts = {
    database,
    clock,
    randomBytes: createCountingBytes(),
    timeZone: () => 'Europe/Berlin',
    onMark: ({ scope, subject, unit }, mark) => told.push(`${scope} ${subject} ${unit} ${mark}`),
    written: async () => undefined,
    ...changes,
  };
  const log = (call: CallRecord) => database.run([{ sql: upsertCall, params: callParams(call) }]);
  return { budgets: await createBudgets(ports), database, clock, told, log, again: () => createBudgets(ports) };
}

const refusal = (work: () => unknown): unknown => {
  try {
    work();
    return 'let in';
  } catch (error) {
    return error instanceof RelayError ? [error.code, error.message, error.retryAfterMs] : error;
  }
};

describe('a budget', () => {
  test('L-05: of 20 calls at once at 0.10 each, 1.00 lets in ten, and the spent figure is their sum', async () => {
    const { budgets } = await room();
    await budgets.create({ scope: 'key', subject: 'key_1', unit: 'cost', period: 'day', limit: dollar });
    const outcomes = Array.from({ length: 20 }, () => {
      try {
        return budgets.reserve(laptop, estimateOf(dollar / 10));
      } catch {
        return null;
      }
    });
    const held = budgets.list().map(({ used, reserved }) => ({ used, reserved }));
    for (const reservation of outcomes) reservation?.settle(callOf(dollar / 10));
    expect([
      outcomes.filter((one) => one !== null).length,
      held,
      budgets.list().map(({ used, reserved, state }) => ({ used, reserved, state })),
    ]).toEqual([10, [{ used: 0, reserved: dollar }], [{ used: dollar, reserved: 0, state: 'spent' }]]);
  });

  test('L-04: says in words what is spent and when it begins anew, at local midnight over a change of clocks', async () => {
    const { budgets, clock } = await room();
    clock.advance(Date.UTC(2027, 2, 27, 12) - NOW);
    await budgets.create({ scope: 'project', subject: 'site', unit: 'cost', period: 'day', limit: dollar });
    budgets.reserve(laptop, estimateOf(0)).settle(callOf(2 * dollar, clock.now()));
    const first = refusal(() => budgets.reserve(laptop, estimateOf(0)));
    clock.advance(11 * 3_600_000);
    const onTheDayOfTheChange = refusal(() => budgets.reserve(laptop, estimateOf(0)));
    expect([first, onTheDayOfTheChange, budgets.list()[0]?.resetsAt]).toEqual([
      [
        'insufficient_quota',
        'The daily cost budget of the project site ($1.00) is spent. It begins anew at 2027-03-27T23:00:00.000Z.',
        11 * 3_600_000,
      ],
      'let in',
      Date.UTC(2027, 2, 28, 22),
    ]);
  });

  test('counts for everything that its key, member or project does, and for nothing else', async () => {
    const { budgets } = await room();
    const limits = { unit: 'tokens', period: 'total', limit: 1_000 } as const;
    await budgets.create({ scope: 'member', subject: 'ada', ...limits });
    budgets.reserve({ id: 'key_2', member: 'ada', project: null }, estimateOf(0)).settle(callOf(0));
    expect([
      refusal(() => budgets.reserve(laptop, estimateOf(0))),
      refusal(() => budgets.reserve({ ...laptop, member: 'bob' }, estimateOf(0))),
      refusal(() => budgets.reserve({ ...laptop, member: null }, estimateOf(0))),
    ]).toEqual([
      ['insufficient_quota', 'The total token budget of the member ada (1k tokens) is spent. Raise it to go on.', null],
      'let in',
      'let in',
    ]);
  });

  test('a refused call holds nothing, also where another of its budgets had room', async () => {
    const { budgets } = await room();
    await budgets.create({ scope: 'key', subject: 'key_1', unit: 'cost', period: 'day', limit: dollar });
    await budgets.create({ scope: 'member', subject: 'ada', unit: 'tokens', period: 'day', limit: 500 });
    budgets.reserve({ ...laptop, id: 'key_2' }, estimateOf(0));
    const refused = refusal(() => budgets.reserve(laptop, estimateOf(5)));
    expect([refused, budgets.list().map(({ reserved }) => reserved)]).toEqual([
      [
        'insufficient_quota',
        'The daily token budget of the member ada (500 tokens) is held by calls that run. It begins anew at 2026-11-25T23:00:00.000Z.',
        11 * 3_600_000,
      ],
      [0, 1_000],
    ]);
  });

  test('a change counts at once, and keeps what was used', async () => {
    const { budgets } = await room();
    const { id } = await budgets.create({ scope: 'key', subject: 'key_1', unit: 'cost', period: 'week', limit: 100 });
    budgets.reserve(laptop, estimateOf(0)).settle(callOf(100));
    const before = refusal(() => budgets.reserve(laptop, estimateOf(0)));
    const raised = await budgets.change(id, { limit: 200 });
    const after = refusal(() => budgets.reserve(laptop, estimateOf(0)));
    await budgets.remove(id);
    expect([Array.isArray(before), raised, after, budgets.any()]).toMatchObject([
      true,
      { limit: 200, marks: [0.5, 0.8], used: 100, state: 'warning' },
      'let in',
      false,
    ]);
  });

  test('a new period begins with nothing used, and a call that began before it belongs to the old one', async () => {
    const { budgets, clock } = await room();
    await budgets.create({ scope: 'key', subject: 'key_1', unit: 'cost', period: 'week', limit: 100 });
    const long = budgets.reserve(laptop, estimateOf(30));
    clock.advance(5 * DAY);
    const turned = budgets.list();
    long.settle(callOf(40, NOW));
    expect([turned, budgets.list()]).toMatchObject([
      [{ used: 0, reserved: 30, periodBeganAt: Date.UTC(2026, 10, 29, 23), resetsAt: Date.UTC(2026, 11, 6, 23) }],
      [{ used: 0, reserved: 0 }],
    ]);
  });

  test('tells each mark once in a period, and again in the next', async () => {
    const { budgets, clock, told } = await room();
    await budgets.create({ scope: 'key', subject: 'key_1', unit: 'cost', period: 'day', limit: 100 });
    for (const cost of [40, 20, 10, 50]) budgets.reserve(laptop, estimateOf(0)).settle(callOf(cost));
    clock.advance(DAY);
    budgets.reserve(laptop, estimateOf(0)).settle(callOf(60, clock.now()));
    expect(told).toEqual(['key key_1 cost 0.5', 'key key_1 cost 0.8', 'key key_1 cost 1', 'key key_1 cost 0.5']);
  });

  test('an unknown amount is counted apart, and never as 0', async () => {
    const { budgets } = await room();
    await budgets.create({ scope: 'key', subject: 'key_1', unit: 'cost', period: 'day', limit: 100 });
    for (const gaveOutput of [true, false, true]) {
      budgets.reserve(laptop, estimateOf(0)).settle({ ...callOf(null), gaveOutput });
    }
    expect(budgets.list()).toMatchObject([{ used: 0, unknownCalls: 2 }]);
  });

  test('counts what the ledger has of its period when it is made, and after a restart', async () => {
    const { budgets, log, again, told } = await room();
    const call = { project: 'site', costMicroUsd: 30, startedAt: NOW - 3_600_000 };
    await log(served('call_1', call));
    await log(served('call_2', { ...call, startedAt: NOW - DAY }));
    await log(served('call_3', { ...call, costMicroUsd: null }));
    await log(served('call_4', { ...call, project: 'other' }));
    const made = await budgets.create({ scope: 'project', subject: 'site', unit: 'cost', period: 'day', limit: 50 });
    await log(served('call_5', call));
    const restarted = (await again()).list();
    expect([made, restarted, told]).toMatchObject([
      { used: 30, unknownCalls: 1, state: 'warning' },
      [{ used: 60, unknownCalls: 1, state: 'spent' }],
      [],
    ]);
  });

  test('counts each call once that ends around its making: before, on the way to the database, or later', async () => {
    const call = { keyId: 'key_1', costMicroUsd: 30, startedAt: NOW };
    const onTheWay: (() => Promise<void>)[] = [];
    const { budgets, log } = await room({
      written: async () => {
        for (const write of onTheWay.splice(0)) await write();
      },
    });
    const meanwhile = budgets.reserve(laptop, estimateOf(0));
    const later = budgets.reserve(laptop, estimateOf(0));
    onTheWay.push(
      () => log(served('call_before', call)),
      async () => {
        meanwhile.settle(callOf(30, NOW, 'call_meanwhile'));
        await log(served('call_meanwhile', call));
      },
    );
    const made = await budgets.create({ scope: 'key', subject: 'key_1', unit: 'cost', period: 'day', limit: 500 });
    later.settle(callOf(30, NOW, 'call_later'));
    expect([made.used, budgets.list().map(({ used, reserved }) => ({ used, reserved }))]).toEqual([
      60,
      [{ used: 90, reserved: 0 }],
    ]);
  });

  test('is not there where what was used cannot be read or its rule cannot be kept', async () => {
    const { budgets } = await room({ written: async () => Promise.reject(new RelayError('storage_error')) });
    const outcome = await budgets
      .create({ scope: 'key', subject: 'key_1', unit: 'cost', period: 'day', limit: 500 })
      .catch((error: RelayError) => error.code);
    expect([outcome, budgets.list()]).toEqual(['storage_error', []]);
  });

  test('is refused where it makes no sense, or is there already', async () => {
    const { budgets } = await room();
    const good = { scope: 'key', subject: 'key_1', unit: 'cost', period: 'day', limit: 100 } as const;
    await budgets.create(good);
    const problem = async (work: Promise<unknown>) =>
      work.then(
        () => 'done',
        (error: RelayError) => [error.code, error.param],
      );
    expect([
      await problem(budgets.create({ ...good, limit: 0 })),
      await problem(budgets.create({ ...good, subject: '' })),
      await problem(budgets.create({ ...good, marks: [1.5] })),
      await problem(budgets.create({ ...good, limit: 5 })),
      await problem(budgets.create(null as never)),
      await problem(budgets.change('bud_none', { limit: 5 })),
      await problem(budgets.remove('bud_none')),
    ]).toEqual([
      ['invalid_value', 'limit'],
      ['invalid_value', 'subject'],
      ['invalid_value', 'marks'],
      ['conflict', null],
      ['invalid_value', 'budget'],
      ['not_found', null],
      ['not_found', null],
    ]);
  });

  test('reads past calls once where none ends meanwhile', async () => {
    const database = createMemoryDatabase();
    const asked: string[] = [];
    const all: Database['all'] = (sql, params) => {
      asked.push(sql);
      return database.all(sql, params);
    };
    const { budgets } = await room({ database: { ...database, all } });
    const before = asked.length;
    await budgets.create({ scope: 'key', subject: 'key_1', unit: 'cost', period: 'day', limit: 500 });
    expect(asked.length - before).toBe(1);
  });

  test('is taken over by what it limits: one that is there is changed, one that is not is added, the rest stays', async () => {
    const { budgets, log, database, again } = await room();
    const key = { scope: 'key', subject: 'key_1', unit: 'cost', period: 'day' } as const;
    const limited = await budgets.create({ ...key, limit: 100, marks: [0.5] });
    const marked = await budgets.create({ ...key, unit: 'tokens', limit: 100, marks: [0.5] });
    const same = await budgets.create({ ...key, period: 'week', limit: 100, marks: [0.5] });
    await log(served('call_1', { keyId: 'key_1', project: 'site', costMicroUsd: 30, startedAt: NOW }));
    const staged = budgets.stage([
      { ...key, limit: 200, marks: [0.5] },
      { ...key, unit: 'tokens', limit: 100, marks: [0.9] },
      { ...key, period: 'week', limit: 100, marks: [0.5] },
      { ...key, scope: 'project', subject: 'site', limit: 50, marks: [] },
    ]);
    const before = budgets.list();
    await database.run(staged.statements);
    await staged.apply();
    const rules = budgets.list().map(({ id, scope, limit, marks, used }) => ({ id, scope, limit, marks, used }));
    expect({ counts: [staged.added, staged.changed, staged.statements.length], before, rules }).toEqual({
      counts: [1, 2, 3],
      before: [limited, marked, same],
      rules: [
        { id: limited.id, scope: 'key', limit: 200, marks: [0.5], used: 0 },
        { id: marked.id, scope: 'key', limit: 100, marks: [0.9], used: 0 },
        { id: same.id, scope: 'key', limit: 100, marks: [0.5], used: 0 },
        { id: expect.stringMatching(/^bud_/), scope: 'project', limit: 50, marks: [], used: 30 },
      ],
    });
    const restarted = (await again()).list().map(({ id, limit, marks }) => ({ id, limit, marks }));
    const byId = (list: { readonly id: string }[]) => list.toSorted((a, b) => a.id.localeCompare(b.id));
    expect(byId(restarted)).toEqual(byId(rules.map(({ id, limit, marks }) => ({ id, limit, marks }))));
  });

  test('is never overshot by more than the calls that were let in for the last part of it', async () => {
    const step = fc.record({ act: fc.constantFrom('begin', 'begin', 'end'), cost: fc.integer({ min: 1, max: 40 }) });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 80 }), async (steps) => {
        const { budgets } = await room();
        await budgets.create({ scope: 'key', subject: 'key_1', unit: 'cost', period: 'day', limit: 200 });
        const running: { cost: number; settle: () => void }[] = [];
        for (const { act, cost } of steps) {
          if (act === 'end') {
            running.shift()?.settle();
            continue;
          }
          try {
            const reservation = budgets.reserve(laptop, estimateOf(cost));
            running.push({ cost, settle: () => reservation.settle(callOf(cost)) });
          } catch {
            expect(running.length > 0 || (budgets.list()[0]?.used ?? 0) >= 200).toBe(true);
          }
        }
        for (const call of running) call.settle();
        const [budget] = budgets.list();
        // Where every estimate is right, only the last call that was let in may go beyond the limit.
        expect((budget?.used ?? 0) < 200 + 40).toBe(true);
        expect(budget?.reserved).toBe(0);
      }),
      { numRuns: 60 },
    );
  });
});
