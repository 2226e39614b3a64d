import type { Timers } from '../../src-shared/domain/timers.ts';

/** The system's timers; none of them keeps the process alive. */
export const unheldTimers: Timers = {
  set(delayMs, run) {
    const handle = setTimeout(run, delayMs).unref();
    return () => clearTimeout(handle);
  },
};
