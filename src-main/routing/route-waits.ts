import type { Clock } from '../../src-shared/domain/clock.ts';
import type { Timers } from '../../src-shared/domain/timers.ts';
import type { Holds } from './holds.ts';
import { noteHeld, type Progress } from './progress.ts';

/** Why a call waits between two attempts. */
export type WaitReason = 'held' | 'linger' | 'backoff';

export interface RouteWaitsPorts {
  readonly holds: Holds;
  readonly timers: Timers;
  readonly clock: Clock;
}

/** The waits of one call, one at a time. */
export interface RouteWaits {
  /** How long it waited for accounts to come back (ms); `null` where it did not. */
  heldMs: number | null;
  /** All its waits (ms). */
  totalMs: number;
  start(ms: number, why: WaitReason, then: () => void): void;
  /** Ends the wait that runs, if one does; nothing follows. */
  end(): void;
}

export function createRouteWaits({ holds, timers, clock }: RouteWaitsPorts, progress: Progress): RouteWaits {
  let running: (() => void) | null = null;
  const waits: RouteWaits = {
    heldMs: null,
    totalMs: 0,
    start(ms, why, then) {
      const isHeld = why !== 'backoff';
      const beganAt = clock.monotonic();
      if (isHeld) holds.enter();
      const end = (): void => {
        running = null;
        cancel();
        const passed = clock.monotonic() - beganAt;
        waits.totalMs += passed;
        if (!isHeld) return;
        holds.leave();
        waits.heldMs = (waits.heldMs ?? 0) + passed;
        noteHeld(progress, passed, why === 'linger');
      };
      running = end;
      const cancel = timers.set(isHeld ? holds.pauseMs(ms) : ms, () => {
        end();
        then();
      });
    },
    end: () => running?.(),
  };
  return waits;
}
