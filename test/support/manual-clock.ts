import type { Clock } from '../../src-shared/domain/clock.ts';

export interface ManualClock extends Clock {
  advance(ms: number): void;
}

/** Time that passes only when a test says so. */
export function createManualClock(startAt: number): ManualClock {
  let passed = 0;
  return {
    now: () => startAt + passed,
    monotonic: () => passed,
    advance(ms) {
      passed += ms;
    },
  };
}
