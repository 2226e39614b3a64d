import type { Clock } from '../../src-shared/domain/clock.ts';

/** How far the clock of the sign-in service is ahead of this machine's, in ms: somewhere between the two. */
export interface SkewBounds {
  readonly lowMs: number;
  readonly highMs: number;
}

/**
 * What one answer says: its `Date`, in whole seconds that were rounded down, was written between sending and receiving
 * (both ms since the epoch by this machine). `null` without a date.
 */
export function readSkew(date: string | null, sentAt: number, receivedAt: number): SkewBounds | null {
  const at = Date.parse(date ?? '');
  return Number.isNaN(at) ? null : { lowMs: at - receivedAt, highMs: at + 1_000 - sentAt };
}

/** What both say. Where they contradict each other a clock was set since, and only the newer one counts. */
export function narrowSkew(known: SkewBounds | null, seen: SkewBounds): SkewBounds {
  if (known === null) return seen;
  const both = { lowMs: Math.max(known.lowMs, seen.lowMs), highMs: Math.min(known.highMs, seen.highMs) };
  return both.lowMs <= both.highMs ? both : seen;
}

/** The smallest skew that explains what was seen: no clock is called wrong without proof. */
export const leastSkew = ({ lowMs, highMs }: SkewBounds): number => Math.max(lowMs, Math.min(0, highMs));

/** The clock by which tokens are judged. */
export interface ServiceClock {
  /** Learns from the `date` header of an answer that took this long. */
  observe(date: string | null, tookMs: number): void;
  /** Now, ms since the epoch, by the service's clock; by this machine's until an answer was seen. */
  now(): number;
  /** How far the service is ahead (ms), where that is worth telling; else `null`. */
  skewMs(): number | null;
}

const WORTH_TELLING_MS = 60_000;

export function createServiceClock(clock: Clock): ServiceClock {
  let bounds: SkewBounds | null = null;
  const skew = (): number => (bounds === null ? 0 : leastSkew(bounds));
  return {
    observe(date, tookMs) {
      const receivedAt = clock.now();
      const seen = readSkew(date, receivedAt - tookMs, receivedAt);
      if (seen !== null) bounds = narrowSkew(bounds, seen);
    },
    now: () => clock.now() + skew(),
    skewMs: () => (Math.abs(skew()) > WORTH_TELLING_MS ? skew() : null),
  };
}
