/**
 * A limit per minute as a bucket that fills up steadily. Counted in 60,000ths of one request or token and in whole
 * milliseconds, so that what a client is told is exact. The level may fall below zero when a call took more than was thought.
 */
export interface TokenBucket {
  /** Per minute, and what it holds at most. */
  readonly capacity: number;
  readonly level: number;
  /** When `level` was true (monotonic, whole ms). */
  readonly at: number;
}

const ONE = 60_000;

export const fullBucket = (capacity: number, now: number): TokenBucket => ({
  capacity,
  level: capacity * ONE,
  at: Math.floor(now),
});

/** The bucket as it is now. */
export function filled({ capacity, level, at }: TokenBucket, now: number): TokenBucket {
  const passed = Math.max(0, Math.floor(now) - at);
  return { capacity, level: Math.min(capacity * ONE, level + passed * capacity), at: at + passed };
}

/** Another limit from now on: what was used stays used, so that a change gives nobody a free minute (FAULTS L-06). */
export function resized(bucket: TokenBucket, capacity: number, now: number): TokenBucket {
  const { level, capacity: before, at } = filled(bucket, now);
  return { capacity, level: level + (capacity - before) * ONE, at };
}

/** `amount` is whole. */
export const taken = (bucket: TokenBucket, amount: number): TokenBucket => ({
  ...bucket,
  level: bucket.level - amount * ONE,
});

/** Nothing ever makes it fuller than full. */
export const returned = (bucket: TokenBucket, amount: number): TokenBucket => ({
  ...bucket,
  level: Math.min(bucket.capacity * ONE, bucket.level + amount * ONE),
});

/** How long until `amount` can be taken, ms; `null` where it never can, because it is more than the bucket holds. */
export function waitFor({ capacity, level }: TokenBucket, amount: number): number | null {
  if (amount > capacity) return null;
  return level >= amount * ONE ? 0 : Math.ceil((amount * ONE - level) / capacity);
}

/** How long until it is full again, ms. */
export const fullAfter = ({ capacity, level }: TokenBucket): number =>
  level >= capacity * ONE ? 0 : Math.ceil((capacity * ONE - level) / capacity);

/** What can be taken now: whole, and never negative. */
export const remaining = ({ level }: TokenBucket): number => Math.max(0, Math.floor(level / ONE));
