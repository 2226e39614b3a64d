import type { Clock } from '../../src-shared/domain/clock.ts';
import { RelayError } from '../../src-shared/domain/relay-error.ts';
import type { Log } from '../log/log.ts';
import { createRefusalTally } from '../log/refusal-tally.ts';
import { filled, fullBucket, taken, waitFor } from './token-bucket.ts';

/** Secrets at one door that open nothing: a line of log a minute, and past a rate an answer without any work (FAULTS B-17). */
export interface WrongKeys {
  /** The next one is one too many: what cannot be right by its looks need not be looked up. */
  flooded(): boolean;
  /** Counts one. Throws `rate_limit_exceeded` where it is one too many. */
  count(): void;
}

/** As many at once, and then as many in a minute, are told what is wrong with them. */
const PER_MINUTE = 300;

export function createWrongKeys(
  ports: { readonly clock: Pick<Clock, 'monotonic'>; readonly log: Pick<Log, 'warn'> },
  sentence: string,
): WrongKeys {
  const { clock } = ports;
  const refused = createRefusalTally(ports, sentence);
  let bucket = fullBucket(PER_MINUTE, clock.monotonic());
  const waitMs = (): number => {
    bucket = filled(bucket, clock.monotonic());
    return waitFor(bucket, 1) ?? 0;
  };
  return {
    flooded: () => waitMs() > 0,
    count() {
      refused();
      const retryAfterMs = waitMs();
      if (retryAfterMs > 0) {
        throw new RelayError('rate_limit_exceeded', {
          message: 'Too many requests come with a key that is not valid. Correct the key, then try again.',
          retryAfterMs,
        });
      }
      bucket = taken(bucket, 1);
    },
  };
}
