import type { Clock } from '../../src-shared/domain/clock.ts';
import type { Log } from './log.ts';

const SUMMARY_EVERY_MS = 60_000;

export interface RefusalTallyPorts {
  readonly clock: Pick<Clock, 'monotonic'>;
  readonly log: Pick<Log, 'warn'>;
}

/** Counts what is refused, and writes one line a minute, however much that is (FAULTS B-17). */
export function createRefusalTally({ clock, log }: RefusalTallyPorts, sentence: string): () => void {
  let refused = 0;
  let summaryAt = Number.NEGATIVE_INFINITY;
  return () => {
    refused += 1;
    if (clock.monotonic() - summaryAt < SUMMARY_EVERY_MS) return;
    log.warn({ refused }, sentence);
    refused = 0;
    summaryAt = clock.monotonic();
  };
}
