import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createOverflow } from '../../../src-main/routing/overflow.ts';
import type { CostBounds } from '../../../src-shared/catalog/cost-bounds.ts';
import { periodEnd } from '../../../src-shared/domain/period.ts';
import { createManualClock } from '../../support/manual-clock.ts';

const ZONE = 'Europe/Berlin';
const NOON = Date.UTC(2026, 10, 23, 11);
const startOfNextDay = (at: number): number => periodEnd(at, 'day', ZONE)!;
const HOUR = 3_600_000;

const cost = (mostMicroUsd: number): CostBounds => ({ mostMicroUsd, likelyMicroUsd: mostMicroUsd / 10 });

const world = (ceiling: number, spentBefore = 0) => {
  const clock = createManualClock(NOON);
  const overflow = createOverflow({ clock, timeZone: () => ZONE, ceilingMicroUsd: () => ceiling, spentBefore });
  const settled = (id: string, spentMicroUsd: number | null, more = {}) =>
    overflow.settle({ id, startedAt: clock.now(), overflow: true, spentMicroUsd, ttftMs: 10, ...more });
  return { clock, overflow, settled };
};

describe('overflow', () => {
  test('lets calls in together while they fit below the ceiling whatever they cost, and then one at a time', () => {
    const { overflow, settled } = world(1_000);
    const first = overflow.ask(cost(400));
    overflow.reserve('a', cost(400));
    const second = overflow.ask(cost(600));
    overflow.reserve('b', cost(600));
    const third = overflow.ask(cost(1));
    settled('b', 100);
    const fourth = overflow.ask(cost(500));
    settled('a', 50);
    expect([first, second, third, fourth, overflow.ask(cost(9_999)), overflow.spentTodayMicroUsd()]).toEqual([
      'allowed',
      'allowed',
      'busy',
      'allowed',
      'allowed',
      150,
    ]);
  });

  test('counts what calls cost before the start of Relay, and begins anew at midnight here', () => {
    const { overflow, settled, clock } = world(1_000, 1_000);
    const spent = overflow.ask(cost(1));
    clock.advance(startOfNextDay(NOON) - NOON);
    settled('late', 700, { startedAt: NOON });
    expect([spent, overflow.ask(cost(1)), overflow.spentTodayMicroUsd()]).toEqual(['ceiling-reached', 'allowed', 0]);
    settled('new', 1_000);
    expect(overflow.ask(cost(1))).toBe('ceiling-reached');
  });

  test.each([
    ['of 25 hours', Date.UTC(2026, 9, 25, 10), 13],
    ['of 23 hours', Date.UTC(2026, 2, 29, 10), 12],
  ])('L-04: a day %s ends where the budgets’ day ends', (_, at, hours) => {
    const clock = createManualClock(at);
    const overflow = createOverflow({ clock, timeZone: () => ZONE, ceilingMicroUsd: () => 10, spentBefore: 10 });
    const renewsAt = overflow.renewsAt();
    clock.advance(renewsAt - at - 1);
    const before = overflow.ask(cost(1));
    clock.advance(1);
    expect([(renewsAt - at) / HOUR, before, overflow.ask(cost(1))]).toEqual([hours, 'ceiling-reached', 'allowed']);
  });

  test('another time zone moves the end of the day and makes nothing new', () => {
    let zone = ZONE;
    const clock = createManualClock(NOON);
    const overflow = createOverflow({ clock, timeZone: () => zone, ceilingMicroUsd: () => 10, spentBefore: 10 });
    zone = 'Asia/Tokyo';
    const asked = overflow.ask(cost(1));
    expect([asked, overflow.renewsAt()]).toEqual(['ceiling-reached', Date.UTC(2026, 10, 23, 15)]);
    clock.advance(4 * HOUR);
    expect(overflow.ask(cost(1))).toBe('allowed');
  });

  test('a clock that is put back does not make a spent day new', () => {
    const { overflow, clock } = world(1_000, 1_000);
    clock.jump(-30 * HOUR);
    expect(overflow.ask(cost(1))).toBe('ceiling-reached');
  });

  test('a price that is not known is not paid, and a ceiling of nothing allows nothing', () => {
    expect([world(1_000).overflow.ask(null), world(0).overflow.ask(cost(1))]).toEqual([
      'price-unknown',
      'ceiling-reached',
    ]);
  });

  test('guesses where output came and the cost is not known, and counts nothing where no output came', () => {
    const { overflow, settled } = world(1_000);
    for (const id of ['a', 'b', 'c']) overflow.reserve(id, cost(300));
    settled('a', null);
    settled('b', null, { ttftMs: null });
    settled('c', 40, { overflow: false });
    expect(overflow.spentTodayMicroUsd()).toBe(30);
  });

  test('never passes the ceiling by more than one call, however many run at once', () => {
    const call = fc.record({
      most: fc.integer({ min: 1, max: 500 }),
      share: fc.double({ min: 0, max: 1, noNaN: true }),
    });
    const step = fc.oneof(call, fc.record({ settle: fc.nat() }));
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), fc.integer({ min: 1, max: 2_000 }), (steps, ceiling) => {
        const { overflow, settled } = world(ceiling);
        const running: { id: string; cost: number }[] = [];
        let made = 0;
        let dearest = 0;
        for (const each of steps) {
          if ('settle' in each) {
            const [over] = running.splice(each.settle % Math.max(1, running.length), 1);
            if (over !== undefined) settled(over.id, over.cost);
          } else if (overflow.ask(cost(each.most)) === 'allowed') {
            made += 1;
            const real = Math.round(each.most * each.share);
            dearest = Math.max(dearest, real);
            overflow.reserve(`call ${made}`, cost(each.most));
            running.push({ id: `call ${made}`, cost: real });
          }
        }
        for (const { id, cost } of running) settled(id, cost);
        expect(overflow.spentTodayMicroUsd()).toBeLessThan(ceiling + Math.max(1, dearest));
      }),
    );
  });
});
