import { RelayError } from '../../src-shared/domain/relay-error.ts';

/** What all request bodies together may take that have begun and not ended: clients that hold back their ends fill no memory. */
export interface BodyRoom {
  /** The part of one body. */
  enter(): BodyShare;
}

export interface BodyShare {
  /** Holds one more piece. Throws `too_many_calls` where it does not fit any more. */
  hold(bytes: number): void;
  /** Gives back what this body holds. */
  leave(): void;
}

/** How many bodies of the largest size fit. */
const LARGEST_BODIES = 4;
/** What a piece takes besides its bytes: a body can come in very many. */
const PIECE_BYTES = 128;

export function createBodyRoom(largestBody: () => number): BodyRoom {
  let held = 0;
  return {
    enter() {
      let own = 0;
      return {
        hold(bytes) {
          const more = bytes + PIECE_BYTES;
          if (held + more > LARGEST_BODIES * largestBody()) {
            throw new RelayError('too_many_calls', {
              message: 'Relay waits for the ends of too many request bodies. Try again in a moment.',
              retryAfterMs: 1_000,
              close: true,
            });
          }
          held += more;
          own += more;
        },
        leave() {
          held -= own;
          own = 0;
        },
      };
    },
  };
}
