/** Waiting as a port, so that a test moves time on by hand instead of sleeping. */
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
