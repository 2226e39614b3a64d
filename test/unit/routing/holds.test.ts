import { expect, test } from 'vitest';
import { createHolds } from '../../../src-main/routing/holds.ts';

test('a held call looks again after a second at the latest, later by its share of 50 ms for each that waits', () => {
  let random = 0.5;
  const holds = createHolds(() => random);
  const pauses = (): number[] => [-5, 0, 400, 60_000].map(holds.pauseMs);
  expect(pauses()).toEqual([25, 25, 425, 1_025]);
  for (let call = 0; call < 3; call += 1) holds.enter();
  expect(pauses()).toEqual([75, 75, 475, 1_075]);
  holds.leave();
  random = 0.333;
  // Never before the moment: up, not down.
  expect(pauses()).toEqual([34, 34, 434, 1_034]);
});

test('64 calls are held, and the next one when one of them goes', () => {
  const holds = createHolds(() => 0);
  for (let call = 0; call < 63; call += 1) holds.enter();
  const seen = [holds.isFull()];
  holds.enter();
  seen.push(holds.isFull());
  holds.leave();
  expect([...seen, holds.isFull()]).toEqual([false, true, false]);
});
