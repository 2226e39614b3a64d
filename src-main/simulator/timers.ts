import type { Timers } from '../../src-shared/domain/timers.ts';

/** Resolves after `delayMs` (never, for null) or as soon as `signal` aborts. */
export function pause(timers: Timers, delayMs: number | null, signal: AbortSignal): Promise<void> {
  if (signal.aborted || delayMs === 0) return Promise.resolve();
  return new Promise((resolve) => {
    const done = (): void => {
      cancel?.();
      signal.removeEventListener('abort', done);
      resolve();
    };
    const cancel = delayMs === null ? null : timers.set(delayMs, done);
    signal.addEventListener('abort', done);
  });
}
