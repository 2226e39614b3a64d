import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isTimeZone, type Period, periodEnd, periodStart } from '../../../src-shared/domain/period.ts';

const iso = (at: number | null): string | null => (at === null ? null : new Date(at).toISOString());
const span = (at: string, period: Period, zone: string) => {
  const moment = Date.parse(at);
  return [iso(periodStart(moment, period, zone)), iso(periodEnd(moment, period, zone))];
};

describe('a period of the person’s calendar', () => {
  test.each<[string, Period, string, string, string]>([
    ['2026-11-25T10:00:00Z', 'day', 'UTC', '2026-11-25T00:00:00.000Z', '2026-11-26T00:00:00.000Z'],
    ['2026-11-25T23:30:00Z', 'day', 'Europe/Berlin', '2026-11-25T23:00:00.000Z', '2026-11-26T23:00:00.000Z'],
    ['2026-11-25T10:00:00Z', 'week', 'Europe/Berlin', '2026-11-22T23:00:00.000Z', '2026-11-29T23:00:00.000Z'],
    ['2026-12-31T12:00:00Z', 'month', 'America/New_York', '2026-12-01T05:00:00.000Z', '2027-01-01T05:00:00.000Z'],
    ['2026-11-25T10:00:00Z', 'day', 'Asia/Kathmandu', '2026-11-24T18:15:00.000Z', '2026-11-25T18:15:00.000Z'],
    ['2026-11-25T11:30:00Z', 'day', 'Pacific/Kiritimati', '2026-11-25T10:00:00.000Z', '2026-11-26T10:00:00.000Z'],
  ])('at %s, a %s in %s', (at, period, zone, start, end) => {
    expect(span(at, period, zone)).toEqual([start, end]);
  });

  test('has 23 and 25 hours where clocks change, and none is counted twice (FAULTS L-04)', () => {
    const zone = 'Europe/Berlin';
    expect([span('2026-03-29T12:00:00Z', 'day', zone), span('2026-10-25T12:00:00Z', 'day', zone)]).toEqual([
      ['2026-03-28T23:00:00.000Z', '2026-03-29T22:00:00.000Z'],
      ['2026-10-24T22:00:00.000Z', '2026-10-25T23:00:00.000Z'],
    ]);
  });

  test('begins with its first minute where midnight does not exist', () => {
    // Clocks in Chile go from 24:00 to 01:00 on the first Sunday of September.
    expect(span('2026-09-06T12:00:00Z', 'day', 'America/Santiago')).toEqual([
      '2026-09-06T04:00:00.000Z',
      '2026-09-07T03:00:00.000Z',
    ]);
  });

  test('total has a beginning and no end', () => {
    expect(span('2026-11-25T10:00:00Z', 'total', 'UTC')).toEqual(['1970-01-01T00:00:00.000Z', null]);
  });

  test('any moment lies in exactly one period, and the next one begins where it ends', () => {
    const zones = fc.constantFrom(
      ...[
        'UTC',
        'Europe/Berlin',
        'America/New_York',
        'Australia/Lord_Howe',
        'America/Santiago',
        'Asia/Kolkata',
        'Africa/Cairo',
      ],
    );
    const moment = fc.integer({ min: Date.UTC(2024, 0, 1), max: Date.UTC(2032, 0, 1) });
    fc.assert(
      fc.property(moment, fc.constantFrom<Period>('day', 'week', 'month'), zones, (at, period, zone) => {
        const start = periodStart(at, period, zone);
        const end = periodEnd(at, period, zone) ?? 0;
        expect(start <= at && at < end).toBe(true);
        expect([
          periodStart(start, period, zone),
          periodStart(end - 1, period, zone),
          periodStart(end, period, zone),
        ]).toEqual([start, start, end]);
      }),
      { numRuns: 300 },
    );
  });
});

test('a time zone is one that the runtime knows', () => {
  expect(['Europe/Berlin', 'UTC', 'Mars/Olympus', ''].map(isTimeZone)).toEqual([true, true, false, false]);
});
