import type { Clock } from '../../src-shared/domain/clock.ts';

/** One look at a time for each id, and none sooner than `intervalMs` after the last, but for those that cannot wait. */
export interface PacedLooks {
  look(id: string, work: () => Promise<void>): Promise<void>;
  /** Looks now, after the one that runs. */
  lookNow(id: string, work: () => Promise<void>): Promise<void>;
  running(id: string): Promise<void>;
  forget(id: string): void;
}

/** `work` never rejects. */
export function createPacedLooks(clock: Clock, intervalMs: number): PacedLooks {
  const looks = new Map<string, { at: number; running: Promise<void> }>();
  const begin = (id: string, running: Promise<void>): Promise<void> => {
    looks.set(id, { at: clock.monotonic(), running });
    return running;
  };
  const running = async (id: string): Promise<void> => looks.get(id)?.running;
  return {
    look(id, work) {
      const last = looks.get(id);
      if (last !== undefined && clock.monotonic() - last.at < intervalMs) return last.running;
      return begin(id, work());
    },
    lookNow: (id, work) => begin(id, running(id).then(work)),
    running,
    forget: (id) => void looks.delete(id),
  };
}
