import type { Timers } from '../../src-shared/domain/timers.ts';
import { createManualClock, type ManualClock } from './manual-clock.ts';

export interface ManualTime {
  readonly clock: ManualClock;
  readonly timers: Timers;
  /** Moves the clock and runs what falls due on the way, each at its own moment. */
  advance(ms: number): void;
  /** Resolves as soon as something waits for exactly this long. */
  untilSet(delayMs: number): Promise<void>;
  /** What each waiting timer was set for, shortest first. */
  waiting(): number[];
}

/** One clock with its timers; both stand still until the test moves them. */
export function createManualTime(startAt: number): ManualTime {
  const clock = createManualClock(startAt);
  const pending = new Set<{ readonly delayMs: number; readonly dueAt: number; readonly run: () => void }>();
  const watchers = new Set<{ readonly delayMs: number; readonly found: () => void }>();
  return {
    clock,
    timers: {
      set(delayMs, run) {
        const timer = { delayMs, dueAt: clock.monotonic() + delayMs, run };
        pending.add(timer);
        for (const watcher of watchers) {
          if (watcher.delayMs !== delayMs) continue;
          watchers.delete(watcher);
          watcher.found();
        }
        return () => void pending.delete(timer);
      },
    },
    advance(ms) {
      const end = clock.monotonic() + ms;
      for (;;) {
        const due = [...pending].filter(({ dueAt }) => dueAt <= end).sort((a, b) => a.dueAt - b.dueAt)[0];
        if (due === undefined) break;
        pending.delete(due);
        clock.advance(Math.max(0, due.dueAt - clock.monotonic()));
        due.run();
      }
      clock.advance(end - clock.monotonic());
    },
    untilSet(delayMs) {
      if ([...pending].some((timer) => timer.delayMs === delayMs)) return Promise.resolve();
      return new Promise((found) => watchers.add({ delayMs, found }));
    },
    waiting: () => [...pending].map(({ delayMs }) => delayMs).sort((a, b) => a - b),
  };
}
