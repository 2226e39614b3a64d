/** Waiting as a port, so that a test moves a slow answer on by hand instead of sleeping. */
export interface Timers {
  /** Runs `run` once after `delayMs`; the returned function takes it back. */
  set(delayMs: number, run: () => void): () => void;
}

export const systemTimers: Timers = {
  set(delayMs, run) {
    const handle = setTimeout(run, delayMs);
    return () => clearTimeout(handle);
  },
};

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
