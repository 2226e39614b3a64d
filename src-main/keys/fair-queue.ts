import type { Timers } from '../../src-shared/domain/timers.ts';

/** One of a limited number of places. */
export interface Slot {
  /** Gives the place to whoever waits; more than once changes nothing. */
  release(): void;
}

export interface FairQueuePorts {
  /** How many places there are; `null` for no limit. Read anew every time, so that a change counts at once. */
  readonly capacity: () => number | null;
  readonly timers: Timers;
}

export interface FairQueue {
  inUse(): number;
  waiting(): number;
  /** A place at once, or `null` where there is none or others of the same lane wait already. */
  take(lane: string): Slot | null;
  /**
   * A place within `waitMs`; `null` when it did not come in time or `signal` aborted. Lanes take turns, and within one the
   * first come is first served, so that one runaway job waits for itself and not the others for it.
   */
  wait(lane: string, waitMs: number, signal: AbortSignal): Promise<Slot | null>;
  /** Hands out places after the capacity has grown. */
  serve(): void;
}

type Waiter = (slot: Slot | null) => void;

export function createFairQueue({ capacity, timers }: FairQueuePorts): FairQueue {
  /** In the order of their next turn; only lanes in which somebody waits. */
  const lanes = new Map<string, Set<Waiter>>();
  let inUse = 0;
  let waiting = 0;

  const isFree = (): boolean => inUse < (capacity() ?? Number.POSITIVE_INFINITY);

  const slot = (): Slot => {
    inUse += 1;
    let held = true;
    return {
      release() {
        if (!held) return;
        held = false;
        inUse -= 1;
        serve();
      },
    };
  };

  const serve = (): void => {
    while (waiting > 0 && isFree()) {
      const [lane, waiters] = lanes.entries().next().value!;
      const [first] = waiters;
      leave(lane, first!);
      const rest = lanes.get(lane);
      if (rest !== undefined) {
        // The lane has had its turn.
        lanes.delete(lane);
        lanes.set(lane, rest);
      }
      first!(slot());
    }
  };

  const leave = (lane: string, waiter: Waiter): void => {
    const waiters = lanes.get(lane);
    if (waiters?.delete(waiter) !== true) return;
    waiting -= 1;
    if (waiters.size === 0) lanes.delete(lane);
  };

  return {
    inUse: () => inUse,
    waiting: () => waiting,
    take: (lane) => (isFree() && !lanes.has(lane) ? slot() : null),
    wait(lane, waitMs, signal) {
      if (signal.aborted || waitMs <= 0) return Promise.resolve(null);
      return new Promise((resolve) => {
        const done: Waiter = (given) => {
          cancel();
          signal.removeEventListener('abort', giveUp);
          resolve(given);
        };
        const giveUp = (): void => {
          leave(lane, done);
          done(null);
        };
        const waiters = lanes.get(lane) ?? new Set();
        waiters.add(done);
        lanes.set(lane, waiters);
        waiting += 1;
        const cancel = timers.set(waitMs, giveUp);
        signal.addEventListener('abort', giveUp, { once: true });
        serve();
      });
    },
    serve,
  };
}
