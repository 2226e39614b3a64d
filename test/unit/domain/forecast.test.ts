import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { burnRate, type Reading } from '../../../src-shared/domain/burn-rate.ts';
import { forecastWindow } from '../../../src-shared/domain/forecast.ts';
import type { QuotaWindow } from '../../../src-shared/domain/window.ts';
import { forecastSentence } from '../../../src-shared/format/forecast-sentence.ts';

const NOW = Date.UTC(2026, 10, 23, 12); // a Monday
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const FIVE = 5 * HOUR;
const WEEK = 168 * HOUR;

const window = (fields: Partial<QuotaWindow>): QuotaWindow => ({
  family: 'codex',
  lengthMs: FIVE,
  usedPercent: 50,
  resetsAt: NOW + 3 * HOUR,
  readAt: NOW,
  source: 'headers',
  ...fields,
});

/** `percents` one `everyMs` after the other, the last of them now. */
const readings = (everyMs: number, ...percents: readonly number[]): Reading[] =>
  percents.map((usedPercent, index) => ({ at: NOW - (percents.length - 1 - index) * everyMs, usedPercent }));

const perHour = (rate: number | null): number | null => (rate === null ? null : rate * HOUR);

describe('the pace of a window', () => {
  test.each([
    ['two readings', readings(HOUR, 10, 20), null],
    ['three within a minute', readings(20_000, 10, 11, 12), null],
    ['a steady rise', readings(10 * MINUTE, 10, 12, 14, 16, 18, 20, 22), 12],
    ['nothing used', readings(10 * MINUTE, 30, 30, 30, 30), 0],
    ['a share that seems to fall', readings(10 * MINUTE, 40, 38, 36, 34), 0],
    ['one wrong reading among good ones', readings(10 * MINUTE, 10, 12, 14, 90, 18, 20, 22), 12],
    ['a last reading that is wrong', readings(10 * MINUTE, 10, 12, 14, 16, 18, 20, 0), 12],
    ['a burst that is over by now', [...readings(3 * MINUTE, ...Array(21).fill(60))], 0],
  ])('from %s', (_, given, expected) => {
    const rate = perHour(burnRate(given, FIVE));
    expect(rate === null ? null : Math.round(rate * 1_000) / 1_000).toBe(expected);
  });

  test('is that of the last hour of a 5-hour window, and of the last day and a half of a week', () => {
    const idle = (everyMs: number) => readings(everyMs, ...Array(8).fill(10)).map(({ at }) => at);
    const idleThenBusy = (everyMs: number): Reading[] => [
      ...idle(everyMs).map((at) => ({ at: at - 4 * everyMs, usedPercent: 10 })),
      ...readings(everyMs, 15, 20, 25, 30),
    ];
    expect(perHour(burnRate(idleThenBusy(HOUR / 3), FIVE))).toBeCloseTo(15);
    expect(perHour(burnRate(idleThenBusy(11 * HOUR), WEEK))).toBeCloseTo(5 / 11);
    expect(perHour(burnRate(idleThenBusy(5 * HOUR), WEEK))).toBeLessThan(0.8);
  });

  test('takes older readings where the last hour has fewer than three', () => {
    expect(perHour(burnRate(readings(HOUR, 10, 20, 30, 40), FIVE))).toBeCloseTo(10);
  });
});

describe('a forecast', () => {
  const pace = (percentPerHour: number): number => percentPerHour / HOUR;

  test.each([
    [
      'runs out before its reset',
      window({}),
      pace(30),
      { verdict: 'runs-out', runsOutAt: NOW + (5 / 3) * HOUR, unusedPercent: 0 },
      'Runs out in 1 h 40 min, 1 h 20 min before it resets.',
    ],
    [
      'runs out with its reset',
      window({ resetsAt: NOW + HOUR }),
      pace(50),
      { verdict: 'runs-out', runsOutAt: NOW + HOUR, unusedPercent: 0 },
      'Runs out in 1 h, just before it resets.',
    ],
    [
      'runs out at a reset that is not known',
      window({ resetsAt: null }),
      pace(50),
      { verdict: 'runs-out', runsOutAt: NOW + HOUR, unusedPercent: 0 },
      'Runs out in 1 h.',
    ],
    [
      'should have run out already',
      window({ usedPercent: 90, readAt: NOW - HOUR }),
      pace(30),
      { verdict: 'runs-out', runsOutAt: NOW, unusedPercent: 0 },
      'Runs out within a minute, 3 h before it resets.',
    ],
    [
      'ends a week with much unused',
      window({ lengthMs: WEEK, usedPercent: 32, resetsAt: NOW + 75 * HOUR }),
      pace(0.4),
      { verdict: 'expires-unused', runsOutAt: null, unusedPercent: 38 },
      '38 % will expire unused on Thursday.',
    ],
    [
      'ends a week with little unused',
      window({ lengthMs: WEEK, usedPercent: 32, resetsAt: NOW + 75 * HOUR }),
      pace(0.85),
      { verdict: 'on-pace', runsOutAt: null, unusedPercent: 4.25 },
      'On pace.',
    ],
    [
      'ends five hours with much unused, which nobody plans with',
      window({ usedPercent: 10 }),
      pace(0),
      { verdict: 'on-pace', runsOutAt: null, unusedPercent: 90 },
      'On pace.',
    ],
    [
      'is used up',
      window({ usedPercent: 100 }),
      pace(30),
      { verdict: 'used-up', runsOutAt: null, unusedPercent: 0 },
      'Used up; resets in 3 h.',
    ],
    [
      'has too few readings',
      window({}),
      null,
      { verdict: 'unknown', runsOutAt: null, unusedPercent: null },
      'Not enough readings yet.',
    ],
  ])('of a window that %s', (_, given, burn, expected, sentence) => {
    const forecast = forecastWindow(given, burn, NOW);
    const burnPercentPerHour = burn === null ? null : expect.closeTo(burn * HOUR);
    const unusedPercent = expected.unusedPercent === null ? null : expect.closeTo(expected.unusedPercent);
    expect(forecast).toEqual({ ...expected, unusedPercent, burnPercentPerHour });
    expect(forecast === null ? null : forecastSentence(forecast, given.resetsAt, NOW, { timeZone: 'UTC' })).toBe(
      sentence,
    );
  });

  test('is none once the window has reset', () => {
    expect(forecastWindow(window({ resetsAt: NOW }), pace(1), NOW)).toBeNull();
    expect(forecastWindow(window({ resetsAt: null, readAt: NOW - FIVE }), pace(1), NOW)).toBeNull();
  });
});

describe('for any readings', () => {
  const anyLength = fc.constantFrom(FIVE, WEEK, 720 * HOUR);
  const scene = fc
    .record({
      lengthMs: anyLength,
      steps: fc.array(
        fc.record({ gap: fc.double({ min: 0.001, max: 0.1, noNaN: true }), rise: fc.integer({ min: -5, max: 8 }) }),
        {
          minLength: 2,
          maxLength: 40,
        },
      ),
      start: fc.integer({ min: 0, max: 60 }),
      resetIn: fc.option(fc.double({ min: 0.001, max: 1, noNaN: true })),
      age: fc.double({ min: 0, max: 0.2, noNaN: true }),
      more: fc.integer({ min: 0, max: 40 }),
    })
    .map(({ lengthMs, steps, start, resetIn, age, more }) => {
      let at = NOW;
      let used = start;
      const history = steps.map(({ gap, rise }) => {
        at += Math.round(gap * lengthMs);
        used = Math.min(100, Math.max(0, used + rise));
        return { at, usedPercent: used };
      });
      const now = at + Math.round(age * lengthMs);
      const resetsAt = resetIn === null ? null : now + Math.ceil(resetIn * lengthMs);
      return { lengthMs, history, now, resetsAt, more };
    });
  const forecast = (
    history: readonly Reading[],
    { lengthMs, resetsAt, now }: { lengthMs: number; resetsAt: number | null; now: number },
  ) => {
    const newest = history.at(-1)!;
    const given = window({ lengthMs, resetsAt, usedPercent: newest.usedPercent, readAt: newest.at });
    return forecastWindow(given, burnRate(history, lengthMs), now);
  };

  test('a forecast lies in the future, before the reset, and its shares between 0 and what is left', () => {
    fc.assert(
      fc.property(scene, ({ history, ...rest }) => {
        const { lengthMs, resetsAt, now } = rest;
        const found = forecast(history, rest);
        if (found === null) return;
        const { at, usedPercent } = history.at(-1)!;
        const { runsOutAt, unusedPercent, burnPercentPerHour } = found;
        expect(burnPercentPerHour ?? 0).toBeGreaterThanOrEqual(0);
        if (runsOutAt !== null) {
          expect(runsOutAt).toBeGreaterThanOrEqual(now);
          expect(runsOutAt).toBeLessThanOrEqual(resetsAt ?? at + lengthMs);
          expect(Number.isInteger(runsOutAt)).toBe(true);
        }
        if (unusedPercent !== null) {
          expect(unusedPercent).toBeGreaterThanOrEqual(0);
          expect(unusedPercent).toBeLessThanOrEqual(100 - usedPercent);
        }
        expect(forecastSentence(found, resetsAt, now, { timeZone: 'UTC' })).not.toMatch(/-\d|NaN|undefined|unknown/);
      }),
      { numRuns: 500 },
    );
  });

  test('a last reading with more used never runs out later and never leaves more', () => {
    fc.assert(
      fc.property(scene, ({ history, more, ...rest }) => {
        const newest = history.at(-1)!;
        const higher = [...history.slice(0, -1), { ...newest, usedPercent: Math.min(100, newest.usedPercent + more) }];
        const [one, two] = [forecast(history, rest), forecast(higher, rest)];
        if (one === null || two === null || one.verdict === 'unknown') return;
        const end = (found: NonNullable<typeof one>): number =>
          found.verdict === 'used-up' ? rest.now : (found.runsOutAt ?? Number.POSITIVE_INFINITY);
        expect(end(two)).toBeLessThanOrEqual(end(one));
        expect(two.unusedPercent ?? 0).toBeLessThanOrEqual((one.unusedPercent ?? 100) + 1e-9);
      }),
      { numRuns: 500 },
    );
  });
});
