import fc from 'fast-check';
import { describe, expect, onTestFinished, test } from 'vitest';
import { formatClockTime } from '../../../src-shared/format/clock-time.ts';
import { formatDay } from '../../../src-shared/format/day.ts';
import { formatDuration } from '../../../src-shared/format/duration.ts';
import { formatMoment } from '../../../src-shared/format/moment.ts';
import { formatMoney } from '../../../src-shared/format/money.ts';
import { formatPercent } from '../../../src-shared/format/percent.ts';
import { personZone } from '../../../src-shared/format/person-zone.ts';
import { formatRelativeTime } from '../../../src-shared/format/relative-time.ts';
import { formatTokens } from '../../../src-shared/format/tokens.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

describe('tokens', () => {
  test.each([
    [null, 'unknown'],
    [0, '0'],
    [842, '842'],
    [999, '999'],
    [1_000, '1k'],
    [12_345, '12.3k'],
    [999_949, '999.9k'],
    [999_950, '1M'],
    [1_234_567, '1.2M'],
    [999_950_000, '1B'],
  ])('%j are %s', (tokens, text) => {
    expect(formatTokens(tokens)).toBe(text);
  });
});

describe('money', () => {
  test.each([
    [null, 'unknown'],
    [0, '$0.00'],
    [1, '< $0.0001'],
    [99, '< $0.0001'],
    [100, '$0.0001'],
    [4_200, '$0.0042'],
    [10_000, '$0.01'],
    [12_345_678, '$12.35'],
    [999_999_999, '$1,000.00'],
    [1_234_567_890_000, '$1,234,567.89'],
    [-2_500_000, '-$2.50'],
  ])('%j micro-dollars are %s', (microUsd, text) => {
    expect(formatMoney(microUsd)).toBe(text);
  });
});

describe('durations', () => {
  test.each([
    [null, 'unknown'],
    [0, '0 ms'],
    [0.42, '0.4 ms'],
    [9.96, '10 ms'],
    [350, '350 ms'],
    [999.6, '1 s'],
    [1_234, '1.2 s'],
    [59_949, '59.9 s'],
    [59_950, '1 min'],
    [6 * MINUTE, '6 min'],
    [6 * MINUTE + 5_000, '6 min 5 s'],
    [HOUR - 1, '1 h'],
    [HOUR + 2 * MINUTE + 3_000, '1 h 2 min'],
    [DAY - 1, '1 d'],
    [3 * DAY + 4 * HOUR, '3 d 4 h'],
    [-1_500, '-1.5 s'],
  ])('%j ms are %s', (ms, text) => {
    expect(formatDuration(ms)).toBe(text);
  });

  test('never show sixty of a unit', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 40 * DAY, noNaN: true }), (ms) => {
        expect(formatDuration(ms)).not.toMatch(/\b60 (s|min)|\b24 h|\b1000 ms/);
      }),
      { numRuns: 2_000 },
    );
  });
});

describe('shares', () => {
  test.each([
    [null, 'unknown'],
    [0, '0 %'],
    [0.0001, '< 0.1 %'],
    [0.004, '0.4 %'],
    [0.0094, '0.9 %'],
    [0.0096, '1 %'],
    [0.124, '12 %'],
    [0.9951, '99.5 %'],
    [0.99999, '99.9 %'],
    [1, '100 %'],
    [1.5, '150 %'],
  ])('%j is %s', (share, text) => {
    expect(formatPercent(share)).toBe(text);
  });
});

describe('moments', () => {
  const now = 1_000 * DAY;
  test.each([
    [null, 'never'],
    [now, 'just now'],
    [now - 4_999, 'just now'],
    [now + 4_999, 'just now'],
    [now - 59_999, '59 s ago'],
    [now - 5 * MINUTE - 59_000, '5 min ago'],
    [now + 2 * HOUR, 'in 2 h'],
    [now - 3 * DAY - 23 * HOUR, '3 d ago'],
  ])('%j is %s', (at, text) => {
    expect(formatRelativeTime(at, now)).toBe(text);
  });
});

describe('the clock', () => {
  // A Tuesday, on the clock of this machine.
  const at = (day: number, hour: number, minute: number, second = 0) =>
    new Date(2026, 10, day, hour, minute, second).getTime();
  const now = at(24, 12, 5);
  test.each([
    ['today', at(24, 14, 10, 30), '14:10'],
    ['within two minutes', at(24, 12, 5, 7), '12:05:07'],
    ['today, early', at(24, 0, 0), '00:00'],
    ['tomorrow', at(25, 9, 3), 'Wednesday 09:03'],
    ['the day before', at(23, 23, 59), 'Monday 23:59'],
    ['almost a week away', at(30, 12, 4), 'Monday 12:04'],
    ['a week away', at(31, 12, 5), '1 December 12:05'],
  ])('%s', (_, moment, text) => {
    expect(formatClockTime(moment, now)).toBe(text);
  });

  test.each([
    ['Asia/Tokyo', ['Wednesday 00:30', 'Wed']],
    ['Asia/Kathmandu', ['21:15', 'Wed']],
    ['America/New_York', ['10:30', 'Wed']],
  ])('is that of the person, wherever the machine stands: %s', (zone, texts) => {
    personZone.read = () => zone;
    onTestFinished(() => {
      personZone.read = () => undefined;
    });
    const noon = Date.UTC(2026, 10, 24, 12);
    const told = formatClockTime(noon + 3.5 * HOUR, noon);
    expect([told, formatMoment(noon + 25 * HOUR, noon)]).toEqual(texts);
  });
});

describe('the day of a moment to come', () => {
  // A Saturday, just before midnight in Berlin; the night in which summer time ends there.
  const now = Date.UTC(2026, 9, 24, 21, 50);
  test.each([
    ['today', now + 5 * MINUTE],
    ['tomorrow', now + 15 * MINUTE],
    ['tomorrow', now + 24.5 * HOUR],
    ['on Monday', now + 26 * HOUR],
    ['on Friday', now + 6 * DAY],
    ['on 31 October', now + 7 * DAY],
    ['on 20 September', now - 34 * DAY],
  ])('is %s', (text, at) => {
    expect(formatDay(at, now, 'Europe/Berlin')).toBe(text);
  });

  test('is that of the reader', () => {
    expect([formatDay(now + 15 * MINUTE, now, 'UTC'), formatDay(now + 15 * MINUTE, now, 'Asia/Tokyo')]).toEqual([
      'today',
      'today',
    ]);
  });
});
