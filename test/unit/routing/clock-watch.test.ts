import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createClockWatch } from '../../../src-main/routing/clock-watch.ts';
import { createManualClock } from '../../support/manual-clock.ts';

const DAY = 86_400_000;

test('a clock that is put back is told once, and its correction too; time that passes and small steps are not', () => {
  const clock = createManualClock(Date.UTC(2026, 10, 23));
  const watch = createClockWatch(clock);
  const told: number[] = [];
  for (const step of [0, -DAY, 500, -500, DAY, DAY, -3_000]) {
    clock.jump(step);
    clock.advance(60_000);
    told.push(watch());
  }
  expect(told).toEqual([0, DAY, 0, 0, -DAY, 0, 3_000]);
});

test('whatever the clock does, an end that is moved with it never comes later than it would have, nor much earlier but for jumps ahead', () => {
  const jump = fc.integer({ min: -3 * DAY, max: 3 * DAY });
  fc.assert(
    fc.property(fc.array(jump, { maxLength: 20 }), (jumps) => {
      const clock = createManualClock(Date.UTC(2026, 10, 23));
      const watch = createClockWatch(clock);
      let until = clock.now() + 10 * DAY;
      for (const ms of jumps) {
        clock.jump(ms);
        until -= watch();
        expect(until - clock.now()).toBeLessThanOrEqual(10 * DAY + jumps.length * 2_000);
      }
    }),
  );
});
