import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Breaker, OPENS_AFTER, type Probe } from '../../../src-main/routing/breaker.ts';

const OPEN = 30_000;

const opened = (now = 0): Breaker => {
  const breaker = new Breaker();
  for (let count = 0; count < OPENS_AFTER; count += 1) breaker.failed(null, now, OPEN);
  return breaker;
};

describe('a breaker', () => {
  test('opens with the fifth failure in a row, and a success in between starts the count again', () => {
    const breaker = new Breaker();
    const told = [1, 2, 3, 4].map(() => breaker.failed(null, 0, OPEN));
    breaker.served(null, 0);
    told.push(...[1, 2, 3, 4, 5].map(() => breaker.failed(null, 0, OPEN)));
    expect([told, breaker.state(0), breaker.waitMs(0)]).toEqual([
      [false, false, false, false, false, false, false, false, true],
      'open',
      OPEN,
    ]);
  });

  test('is open 30 s, then 60 s, and so on up to five minutes, while its probes fail', () => {
    const breaker = opened();
    const waits: number[] = [];
    let now = 0;
    for (let round = 0; round < 12; round += 1) {
      waits.push(breaker.waitMs(now));
      now += breaker.waitMs(now);
      breaker.failed(breaker.enter(now, OPEN), now, OPEN);
    }
    expect(waits.map((ms) => ms / 1_000)).toEqual([30, 60, 90, 120, 150, 180, 210, 240, 270, 300, 300, 300]);
  });

  test('lets one probe in at a time when it is half-open, and the probe that hangs gives its place back', () => {
    const breaker = opened();
    const hanging = breaker.enter(OPEN, OPEN);
    expect([breaker.state(OPEN), breaker.waitMs(OPEN), breaker.waitMs(OPEN + 10_000)]).toEqual([
      'half-open',
      OPEN,
      20_000,
    ]);
    expect(breaker.waitMs(2 * OPEN)).toBe(0);
    const second = breaker.enter(2 * OPEN, OPEN);
    breaker.failed(hanging, 2 * OPEN, OPEN);
    expect(breaker.state(2 * OPEN)).toBe('half-open');
    breaker.answered(second);
    expect(breaker.state(2 * OPEN)).toBe('closed');
  });

  test('lets calls in when the probe answers, and closes when it went well; until then one failure opens it again', () => {
    const flapping = opened();
    flapping.answered(flapping.enter(OPEN, OPEN));
    const reopened = flapping.failed(null, OPEN, OPEN);
    expect([reopened, flapping.memory]).toEqual([true, { failures: 5, opens: 2, openUntil: 3 * OPEN }]);

    const well = opened();
    const probe = well.enter(OPEN, OPEN);
    well.answered(probe);
    well.served(probe, OPEN);
    expect(well.memory).toEqual({ failures: 0, opens: 0, openUntil: 0 });
  });

  test('does not go by calls that were under way when it opened', () => {
    const breaker = opened();
    breaker.served(null, 10);
    const told = breaker.failed(null, 10, OPEN);
    expect([told, breaker.waitMs(10), breaker.memory.opens]).toEqual([false, OPEN - 10, 1]);
  });

  test('a probe whose client left says nothing and gives its place back', () => {
    const breaker = opened();
    breaker.released(breaker.enter(OPEN, OPEN));
    expect([breaker.state(OPEN), breaker.waitMs(OPEN)]).toEqual(['half-open', 0]);
  });

  test('the last path is tried every second while it is open, which does not lengthen its period', () => {
    const breaker = opened();
    expect([breaker.lastResortWaitMs(0), breaker.lastResortWaitMs(1_000)]).toEqual([1_000, 0]);
    breaker.failed(breaker.enter(1_000, OPEN), 1_050, OPEN);
    expect([breaker.lastResortWaitMs(1_050), breaker.lastResortWaitMs(2_000), breaker.waitMs(1_050)]).toEqual([
      950,
      0,
      OPEN - 1_050,
    ]);
    const probe = breaker.enter(2_000, OPEN);
    expect([probe, breaker.lastResortWaitMs(2_100)]).toEqual([{ until: 32_000, early: true }, 4_900]);
    breaker.served(probe, 2_500);
    expect(breaker.state(2_500)).toBe('closed');
  });

  test('never has two live probes, never waits longer than five minutes, and never for ever', () => {
    const step = fc.oneof(
      fc.record({ do: fc.constant('advance' as const), ms: fc.integer({ min: 1, max: 400_000 }) }),
      fc.record({ do: fc.constantFrom('enter', 'force', 'fail', 'serve', 'answer', 'release'), pick: fc.nat() }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 80 }), fc.integer({ min: 10, max: 60_000 }), (steps, openMs) => {
        const breaker = opened();
        const running: (Probe | null)[] = [];
        let now = 0;
        let enteredAt = -5_000;
        for (const each of steps) {
          if ('ms' in each) now += each.ms;
          else if (each.do === 'enter' || each.do === 'force') {
            const wait = each.do === 'enter' ? breaker.waitMs(now) : breaker.lastResortWaitMs(now);
            if (wait > 0) continue;
            const live = running.filter((probe) => probe !== null && probe.until > now);
            const patient = each.do === 'enter' || now - enteredAt < 5_000;
            if (patient && breaker.state(now) !== 'closed') expect(live).toEqual([]);
            running.push(breaker.enter(now, openMs));
            enteredAt = now;
          } else if (running.length > 0) {
            const [probe] = running.splice(each.pick % running.length, 1);
            if (each.do === 'fail') breaker.failed(probe ?? null, now, openMs);
            if (each.do === 'serve') breaker.served(probe ?? null, now);
            if (each.do === 'answer') breaker.answered(probe ?? null);
            if (each.do === 'release') breaker.released(probe ?? null);
          }
          const wait = breaker.waitMs(now);
          expect(wait).toBeGreaterThanOrEqual(0);
          expect(wait).toBeLessThanOrEqual(300_000);
          expect(breaker.waitMs(now + wait)).toBe(0);
          expect(breaker.lastResortWaitMs(now)).toBeLessThanOrEqual(5_000);
        }
      }),
    );
  });
});
