import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { budgetForecast, burnDown } from '../../../src-renderer/features/projects/burn-down.ts';
import type { BudgetView } from '../../../src-shared/contract/budget.ts';
import { budget as sample } from '../dashboard/samples.ts';
import { usageFigures } from '../dashboard/usage-samples.ts';

const day = 86_400_000;
const began = Date.UTC(2026, 10, 1);
const budget: BudgetView = {
  ...sample,
  unit: 'cost',
  period: 'month',
  limit: 100,
  used: 30,
  periodBeganAt: began,
  resetsAt: began + 10 * day,
};
const points = (costs: readonly number[]) =>
  costs.map((costMicroUsd, index) => ({ at: began + index * day, figures: { ...usageFigures, costMicroUsd } }));

describe('a budget over its period', () => {
  it('ends where the budget stands, with an even pace and the rate so far beside it', () => {
    const shown = burnDown(budget, points([10, 20, 0, 0, 0, 0, 0, 0, 0, 0]), began + 10 * day, began + 1.5 * day);
    expect(shown).toEqual({
      left: [90, 70, ...Array(8).fill(null)],
      pace: [90, 80, 70, 60, 50, 40, 30, 20, 10, 0],
      ahead: [null, 60, 40, 20, 0, 0, 0, 0, 0, 0],
    });
  });

  it('never shows more used than the budget says, whatever was counted before its steps', () => {
    const costs = fc.array(fc.nat(50), { minLength: 1, maxLength: 10 });
    fc.assert(
      fc.property(costs, fc.nat(500), (given, earlier) => {
        const used = given.reduce((sum, cost) => sum + cost, earlier);
        const { left } = burnDown({ ...budget, limit: 5_000, used }, points(given), began + 10 * day, began + 10 * day);
        expect(left.at(-1)).toBe(5_000 - used);
        expect(left[0]).toBe(5_000 - earlier - (given[0] ?? 0));
      }),
    );
  });

  it('is used up before its end, or leaves something; nothing is said of one without a period', () => {
    const now = began + 2 * day;
    expect(
      [budget, { ...budget, used: 10 }, { ...budget, used: 0 }, { ...budget, resetsAt: null }].map((one) =>
        budgetForecast(one, now),
      ),
    ).toEqual([
      { runsOutAt: now + (70 / 15) * day, leftAtEnd: 0 },
      { runsOutAt: null, leftAtEnd: 50 },
      { runsOutAt: null, leftAtEnd: 100 },
      { runsOutAt: null, leftAtEnd: null },
    ]);
  });
});
