import { formatPercent } from '../format/percent.ts';
import { periodEnd, type QuotaWindow } from './window.ts';

/** Headers, events and the usage endpoint round differently; less than this is no fall. */
const FALL_PERCENT = 2;
/** Two sources so far apart within a minute cannot both be right. */
const APART_PERCENT = 15;
const SAME_TIME_MS = 60_000;
/** Resets are told in seconds, by several machines; less than this is the same reset. */
const SAME_RESET_MS = 5 * 60_000;

const sources: Readonly<Record<QuotaWindow['source'], string>> = {
  headers: 'the answer of a call',
  event: 'an event of a stream',
  'usage-endpoint': 'the usage endpoint',
  'limit-error': 'a refusal',
};

/**
 * What speaks against two readings of one window that follow each other, as a sentence; `null` where they agree. The
 * upstream's own figures oscillate at times (CLIENTS 10): that is shown, and it never refuses a call.
 */
export function contradiction(before: QuotaWindow, after: QuotaWindow): string | null {
  if (periodEnd(before) <= after.readAt) return null;
  if (before.usedPercent - after.usedPercent > FALL_PERCENT && !resetsLater(before, after)) {
    return `The used share fell from ${share(before)} to ${share(after)} without a reset.`;
  }
  if (before.usedPercent > 0 && resetsLater(after, before)) return 'The upstream named an earlier reset than before.';
  const apart = Math.abs(after.usedPercent - before.usedPercent) > APART_PERCENT;
  if (apart && before.source !== after.source && after.readAt - before.readAt <= SAME_TIME_MS) {
    return `Within a minute ${sources[before.source]} said ${share(before)} used and ${sources[after.source]} ${share(after)}.`;
  }
  return null;
}

const share = (window: QuotaWindow): string => formatPercent(window.usedPercent / 100);

/** True where `b` belongs to a later period than `a`, by the resets that they name. */
const resetsLater = (a: QuotaWindow, b: QuotaWindow): boolean =>
  a.resetsAt !== null && b.resetsAt !== null && b.resetsAt > a.resetsAt + SAME_RESET_MS;

/** True where `after` is the first reading of a new period: the old one is over, or the upstream reset it early. */
export const beginsPeriod = (before: QuotaWindow, after: QuotaWindow): boolean =>
  periodEnd(before) <= after.readAt ||
  (before.usedPercent - after.usedPercent > FALL_PERCENT && resetsLater(before, after));
