import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { forecastPool, type PoolMember } from '../../../src-shared/domain/pool-forecast.ts';
import { forecastSentence } from '../../../src-shared/format/forecast-sentence.ts';

const NOW = Date.UTC(2026, 10, 23, 12);
const HOUR = 3_600_000;
const FIVE = 5 * HOUR;

/** `resetsIn` in hours; `pace` in percent per hour. */
const member = (
  usedPercent: number,
  resetsIn: number | null,
  pace: number | null,
  unused: number | null = null,
): PoolMember => ({
  family: 'codex',
  lengthMs: FIVE,
  usedPercent,
  resetsAt: resetsIn === null ? null : NOW + resetsIn * HOUR,
  readAt: NOW,
  source: 'headers',
  forecast: pace === null ? null : { burnPercentPerHour: pace, unusedPercent: unused },
});

const told = (members: readonly PoolMember[]): string => {
  const forecast = forecastPool(members, NOW);
  return forecastSentence(forecast, forecast.nextResetAt, NOW, { of: 'pool' });
};

describe('the forecast of a pool', () => {
  test('spends what is left of all at the pace of all', () => {
    const members = [member(80, 4, 30), member(60, 5, 0)];
    expect(forecastPool(members, NOW)).toEqual({
      verdict: 'runs-out',
      burnPercentPerHour: 15,
      runsOutAt: NOW + 2 * HOUR,
      unusedPercent: 0,
      nextResetAt: NOW + 4 * HOUR,
    });
    expect(told(members)).toBe('Runs out in 2 h, 2 h before the next reset.');
  });

  test('gets the used share of an account back at its reset', () => {
    // 30 of 100 are left and 15 an hour are spent; the first reset gives 40 back after an hour.
    const members = [member(80, 1, 30), member(60, 5, 0)];
    expect(forecastPool(members, NOW)).toMatchObject({
      verdict: 'runs-out',
      runsOutAt: Math.ceil(NOW + (70 / 15) * HOUR),
      nextResetAt: NOW + 5 * HOUR,
    });
    expect(forecastPool([member(80, 1, 30), member(60, 4, 0)], NOW)).toMatchObject({ verdict: 'on-pace' });
  });

  test('is on pace with what its accounts will leave, unless one of them is not known', () => {
    expect(forecastPool([member(10, 2, 5, 80), member(20, 3, 0, 80)], NOW)).toEqual({
      verdict: 'on-pace',
      burnPercentPerHour: 2.5,
      runsOutAt: null,
      unusedPercent: 80,
      nextResetAt: NOW + 2 * HOUR,
    });
    expect(forecastPool([member(10, 2, 5, 80), member(20, 3, null)], NOW)).toMatchObject({ unusedPercent: null });
  });

  test('is used up, or not known', () => {
    expect(told([member(100, 2, 5), member(100, 1, 5)])).toBe('Used up; resets in 1 h.');
    expect(forecastPool([member(10, 2, null)], NOW)).toEqual({
      verdict: 'unknown',
      burnPercentPerHour: null,
      runsOutAt: null,
      unusedPercent: null,
      nextResetAt: NOW + 2 * HOUR,
    });
  });

  test('never lies in the past, and an account more never makes the pool run out sooner', () => {
    const percent = fc.integer({ min: 0, max: 100 });
    const hours = fc.double({ min: -1, max: 5, noNaN: true });
    const members = fc.array(
      fc
        .tuple(percent, fc.option(hours), fc.option(percent))
        .map(([used, resetsIn, pace]) => member(used, resetsIn, pace)),
      { minLength: 1, maxLength: 8 },
    );
    fc.assert(
      fc.property(members, percent, fc.double({ min: 0.1, max: 5, noNaN: true }), (given, used, resetsIn) => {
        const [one, two] = [forecastPool(given, NOW), forecastPool([...given, member(used, resetsIn, 0)], NOW)];
        if (one.runsOutAt !== null) expect(one.runsOutAt).toBeGreaterThanOrEqual(NOW);
        if (one.nextResetAt !== null) expect(one.nextResetAt).toBeGreaterThanOrEqual(one.runsOutAt ?? NOW);
        if (one.verdict === 'unknown' || one.verdict === 'used-up') return;
        const end = ({ runsOutAt }: typeof one): number => runsOutAt ?? Number.POSITIVE_INFINITY;
        // The walk ends at the last reset, so a later one only lets it be seen how far the pool really goes.
        if (one.runsOutAt !== null) expect(end(two)).toBeGreaterThanOrEqual(end(one) - 1);
      }),
      { numRuns: 500 },
    );
  });
});
