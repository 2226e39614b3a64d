import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  filled,
  fullAfter,
  fullBucket,
  remaining,
  resized,
  returned,
  type TokenBucket,
  taken,
  waitFor,
} from '../../../src-main/keys/token-bucket.ts';

describe('a bucket of 5 per minute', () => {
  const empty = taken(fullBucket(5, 0), 5);

  test('gives 5 at once and the next one after 12 s', () => {
    expect([
      waitFor(fullBucket(5, 0), 5),
      waitFor(empty, 1),
      waitFor(filled(empty, 11_999), 1),
      waitFor(filled(empty, 12_000), 1),
    ]).toEqual([0, 12_000, 1, 0]);
  });

  test('never gives what it cannot hold', () => {
    expect(waitFor(fullBucket(5, 0), 6)).toBeNull();
  });

  test('pays back a debt before it gives again, and shows none', () => {
    const debt = taken(empty, 5);
    expect([remaining(debt), waitFor(debt, 1), fullAfter(debt)]).toEqual([0, 72_000, 120_000]);
  });

  test('keeps what was used when the limit changes', () => {
    const used3 = taken(fullBucket(5, 0), 3);
    expect([
      remaining(resized(used3, 10, 0)),
      remaining(resized(used3, 2, 0)),
      waitFor(resized(used3, 2, 0), 1),
    ]).toEqual([7, 0, 60_000]);
  });

  test('does not fill up because the clock went back', () => {
    expect(filled({ capacity: 5, level: 60_000, at: 1_000 }, 0)).toEqual({ capacity: 5, level: 60_000, at: 1_000 });
  });
});

type Step = { readonly wait: number; readonly amount: number; readonly back: number };

test('whatever is taken when, no minute ever gives more than twice the limit, nor any longer time more than its rate and one bucket', () => {
  const step = fc.record({
    wait: fc.integer({ min: 0, max: 40_000 }),
    amount: fc.integer({ min: 1, max: 12 }),
    back: fc.integer({ min: 0, max: 3 }),
  });
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 10 }), fc.array(step, { maxLength: 60 }), (capacity, steps: Step[]) => {
      let bucket: TokenBucket = fullBucket(capacity, 0);
      let now = 0;
      let given = 0;
      for (const { wait, amount, back } of steps) {
        now += wait;
        bucket = filled(bucket, now);
        expect(remaining(bucket)).toBeLessThanOrEqual(capacity);
        const after = waitFor(bucket, amount);
        if (after === 0) {
          bucket = taken(bucket, amount);
          given += amount;
          const kept = Math.min(back, amount);
          bucket = returned(bucket, kept);
          given -= kept;
        } else if (after !== null) {
          // The time that a client is told is exact: then, and not a millisecond earlier.
          expect([
            waitFor(filled(bucket, now + after), amount),
            (waitFor(filled(bucket, now + after - 1), amount) ?? 1) > 0,
          ]).toEqual([0, true]);
        }
        expect(given).toBeLessThanOrEqual(capacity + (now * capacity) / 60_000 + 1e-6);
      }
    }),
  );
});
