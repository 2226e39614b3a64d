import type { Clock } from '../../src-shared/domain/clock.ts';

export interface ManualClock extends Clock {
  advance(ms: number): void;
  /** The wall clock is put forward or back; no time passes. */
  jump(ms: number): void;
}

/** Time that passes only when a test says so. */
export function createManualClock(startAt: number): ManualClock {
  let passed = 0;
  let jumped = 0;
  return {
    now: () => startAt + passed + jumped,
    monotonic: () => passed,
    advance(ms) {
      passed += ms;
    },
    jump(ms) {
      jumped += ms;
    },
  };
}
