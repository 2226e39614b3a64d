import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cooldownMs, retryWaitMs } from '../../../src-main/routing/backoff.ts';
import { createRetryBudget, RETRY_COST, TIMEOUT_RETRY_COST } from '../../../src-main/routing/retry-budget.ts';
import { createManualClock } from '../../support/manual-clock.ts';

describe('the retry budget', () => {
  test('pays ten retries, or five after silence, when nothing goes well', () => {
    const count = (cost: number): number => {
      const budget = createRetryBudget(createManualClock(0));
      let paid = 0;
      while (budget.spend(cost)) paid += 1;
      return paid;
    };
    expect([count(RETRY_COST), count(TIMEOUT_RETRY_COST)]).toEqual([10, 5]);
  });

  test('a retry that went well costs nothing', () => {
    const budget = createRetryBudget(createManualClock(0));
    for (let retry = 0; retry < 1_000; retry += 1) {
      expect(budget.spend(RETRY_COST)).toBe(true);
      budget.refund(RETRY_COST);
    }
  });

  test('fills again with time, up to what a pool without traffic has', () => {
    const clock = createManualClock(0);
    const budget = createRetryBudget(clock);
    while (budget.spend(RETRY_COST));
    clock.advance(5_000);
    expect([budget.spend(RETRY_COST), budget.spend(RETRY_COST)]).toEqual([true, false]);
    clock.advance(3_600_000);
    let paid = 0;
    while (budget.spend(RETRY_COST)) paid += 1;
    expect(paid).toBe(10);
  });

  test('never pays more than the reserve, a tenth of what went well, and what time gave back', () => {
    const step = fc.constantFrom('retry', 'timeout', 'served', 'second');
    fc.assert(
      fc.property(fc.array(step, { maxLength: 400 }), (steps) => {
        const clock = createManualClock(0);
        const budget = createRetryBudget(clock);
        let spent = 0;
        let served = 0;
        for (const each of steps) {
          if (each === 'second') clock.advance(1_000);
          else if (each === 'served') {
            served += 1;
            budget.earn();
          } else {
            const cost = each === 'retry' ? RETRY_COST : TIMEOUT_RETRY_COST;
            if (budget.spend(cost)) spent += cost;
          }
        }
        expect(spent).toBeLessThanOrEqual(10 + served * 0.1 + clock.monotonic() * 0.000_2 + 1e-6);
      }),
    );
  });
});

describe('waits', () => {
  test('before a retry are anywhere below a bound that doubles up to 5 s', () => {
    expect([1, 2, 3, 4, 5, 6, 7].map((retry) => [retryWaitMs(retry, 0), retryWaitMs(retry, 1)])).toEqual([
      [0, 250],
      [0, 500],
      [0, 1_000],
      [0, 2_000],
      [0, 4_000],
      [0, 5_000],
      [0, 5_000],
    ]);
  });

  test('U-02 after a limit without an end grow from 5 s to 60 s, with some chance in them', () => {
    expect([1, 2, 3, 4, 5, 40].map((streak) => [cooldownMs(streak, 5_000, 0), cooldownMs(streak, 5_000, 1)])).toEqual([
      [5_000, 6_250],
      [10_000, 12_500],
      [20_000, 25_000],
      [40_000, 50_000],
      [60_000, 60_000],
      [60_000, 60_000],
    ]);
  });

  test('a floor above a minute is kept to', () => {
    expect([cooldownMs(1, 120_000, 0.5), cooldownMs(9, 0, 1)]).toEqual([120_000, 0]);
  });
});
