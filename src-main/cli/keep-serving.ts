import { flushCompileCache } from 'node:module';
import type { Log } from '../log/log.ts';
import { uncaughtErrors } from '../log/uncaught-errors.ts';
import { boundHeap } from './bounded-heap.ts';

const FLUSH_AFTER_MS = 1_000;

/**
 * What a process does once Relay has started in it. One broken request must not end the calls of all others: what nobody caught is
 * written down and counted, and Relay goes on (P-10).
 */
export function keepServing(log: Log): void {
  boundHeap();
  // A process that is killed would leave nothing for the next start.
  setTimeout(flushCompileCache, FLUSH_AFTER_MS).unref();
  const noted = (sentence: string) => (err: unknown) => {
    uncaughtErrors.count += 1;
    log.error({ err }, sentence);
  };
  process.on('uncaughtException', noted('Something went wrong that nothing had caught.'));
  process.on('unhandledRejection', noted('Something went wrong that nothing was waiting for.'));
}
