/** The calls that wait for an account to come back: bounded, and not all of them go at the same moment. */
export interface Holds {
  /** So many wait that no further call is held. */
  isFull(): boolean;
  enter(): void;
  leave(): void;
  /** How long to wait before looking again (ms), for something that is over in `ms`. */
  pauseMs(ms: number): number;
}

const MOST = 64;
/** A rest may end early, or its account be joined by another: so it is looked at again this often. */
const LOOK_AGAIN_MS = 1_000;
/** How far apart calls go that waited for the same moment, for each of them. */
const SPREAD_MS = 50;

/** `random` is 0 to 1. */
export function createHolds(random: () => number): Holds {
  let held = 0;
  return {
    isFull: () => held >= MOST,
    enter() {
      held += 1;
    },
    leave() {
      held -= 1;
    },
    pauseMs: (ms) => Math.ceil(Math.min(LOOK_AGAIN_MS, Math.max(0, ms)) + random() * SPREAD_MS * Math.max(1, held)),
  };
}
