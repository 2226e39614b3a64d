import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createPace } from '../../../src-renderer/api/pace.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test('the first is done at once, what follows together at the end of the pause', () => {
  const work = vi.fn();
  const soon = createPace(250, work);
  soon();
  expect(work).toHaveBeenCalledTimes(1);
  for (let asked = 0; asked < 10; asked += 1) soon();
  vi.advanceTimersByTime(249);
  expect(work).toHaveBeenCalledTimes(1);
  vi.advanceTimersByTime(1);
  expect(work).toHaveBeenCalledTimes(2);
  vi.advanceTimersByTime(1_000);
  soon();
  expect(work).toHaveBeenCalledTimes(3);
});
