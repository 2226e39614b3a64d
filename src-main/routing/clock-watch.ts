import type { Clock } from '../../src-shared/domain/clock.ts';

/** Tells how far the wall clock was put back since it was asked last (ms), less than nothing where that was undone; 0 while it runs on. */
export type ClockWatch = () => number;

/** What is less is a clock that is being kept in time. */
const LEAST_JUMP_MS = 2_000;

/**
 * A wall clock that is put back would make every rest longer (FAULTS P-07). Forwards, only what was put back before is told: a
 * machine that slept looks the same as a clock that is put forward, and its rests are over all the sooner.
 */
export function createClockWatch(clock: Clock): ClockWatch {
  let offset = clock.now() - clock.monotonic();
  let putBack = 0;
  return () => {
    const current = clock.now() - clock.monotonic();
    const back = offset - current;
    if (Math.abs(back) < LEAST_JUMP_MS) return 0;
    offset = current;
    const told = Math.max(back, 0 - putBack);
    putBack += told;
    return told;
  };
}
