import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createServiceClock, leastSkew, narrowSkew, readSkew } from '../../../src-main/accounts/clock-skew.ts';
import { createManualClock } from '../../support/manual-clock.ts';

const NOW = Date.UTC(2026, 10, 23, 12);
const DAY = 86_400_000;
const httpDate = (at: number): string => new Date(at).toUTCString();

describe('how far the clock of the service is ahead', () => {
  test('lies between what an answer’s date allows, whole seconds that were rounded down', () => {
    const date = httpDate(NOW + 90_400);
    expect([date, readSkew(date, NOW - 200, NOW)]).toEqual([
      'Mon, 23 Nov 2026 12:01:30 GMT',
      { lowMs: 90_000, highMs: 91_200 },
    ]);
  });

  test.each([null, '', 'yesterday', 'Mon, 99 Nov 2026 12:00:00 GMT'])('is not learned from %j', (date) => {
    expect(readSkew(date, NOW, NOW)).toBeNull();
  });

  test('is the least that explains what was seen', () => {
    expect([
      leastSkew({ lowMs: -400, highMs: 600 }),
      leastSkew({ lowMs: 90_000, highMs: 91_200 }),
      leastSkew({ lowMs: -91_200, highMs: -90_000 }),
    ]).toEqual([0, 90_000, -90_000]);
  });

  const sample = fc.record({
    at: fc.nat(30 * DAY),
    tookMs: fc.nat(60_000),
    writtenAfter: fc.double({ min: 0, max: 1, noNaN: true }),
  });

  test('stays within its bounds, and they only get narrower, while no clock is set', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: -400 * DAY, max: 400 * DAY }),
        fc.array(sample, { minLength: 1 }),
        (skew, samples) => {
          let bounds = null;
          for (const { at, tookMs, writtenAfter } of samples) {
            const sentAt = NOW + at;
            const date = httpDate(sentAt + tookMs * writtenAfter + skew);
            const before = bounds;
            bounds = narrowSkew(bounds, readSkew(date, sentAt, sentAt + tookMs)!);
            expect(bounds.lowMs).toBeLessThanOrEqual(skew);
            expect(bounds.highMs).toBeGreaterThanOrEqual(skew);
            if (before !== null) expect(bounds.highMs - bounds.lowMs).toBeLessThanOrEqual(before.highMs - before.lowMs);
            const least = leastSkew(bounds);
            expect(Math.abs(least)).toBeLessThanOrEqual(Math.abs(skew));
          }
        },
      ),
    );
  });

  test('is learned anew from one answer after a clock was set, whatever was known', () => {
    fc.assert(
      fc.property(fc.integer({ min: -400 * DAY, max: 400 * DAY }), fc.nat(1_000), (jump, tookMs) => {
        fc.pre(Math.abs(jump) > 5_000);
        const before = readSkew(httpDate(NOW), NOW - tookMs, NOW)!;
        const after = narrowSkew(before, readSkew(httpDate(NOW - jump), NOW - tookMs, NOW)!);
        expect(after.lowMs).toBeLessThanOrEqual(-jump);
        expect(after.highMs).toBeGreaterThanOrEqual(-jump);
      }),
    );
  });
});

describe('the clock of the service', () => {
  test('is this machine’s until an answer was seen, and is shown as wrong only by more than a minute', () => {
    const clock = createManualClock(NOW);
    const service = createServiceClock(clock);
    const before = [service.now(), service.skewMs()];
    service.observe(httpDate(NOW + 59_000), 0);
    const within = [service.now(), service.skewMs()];
    service.observe(httpDate(NOW - DAY), 100);
    clock.advance(5_000);
    expect([before, within, service.now(), service.skewMs()]).toEqual([
      [NOW, null],
      [NOW + 59_000, null],
      NOW + 5_000 - DAY + 1_100,
      -DAY + 1_100,
    ]);
  });

  test('is not moved by an answer without a date', () => {
    const service = createServiceClock(createManualClock(NOW));
    service.observe(httpDate(NOW + DAY), 0);
    service.observe(null, 0);
    expect(service.skewMs()).toBe(DAY);
  });
});
