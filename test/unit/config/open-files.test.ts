import { expect, test } from 'vitest';
import { openFileLimit, socketRoom } from '../../../src-main/config/open-files.ts';

test.each([
  ['Max open files            1024                 4096                 files     \n', 1_024],
  ['Max open files            unlimited            unlimited            files     \n', null],
  ['Max processes             127\n', null],
])('%o says that %s files may be open', (text, limit) => {
  expect(openFileLimit(() => `Limit  Soft  Hard  Units\n${text}`)).toBe(limit);
});

test('where the system does not say it, no limit is known', () => {
  const unread = (): string => {
    throw new Error('ENOENT');
  };
  expect([openFileLimit(unread), socketRoom(null)]).toEqual([null, null]);
});

test.each([16, 64, 128, 1_024, 1_048_576])('of %i files all parts together leave some to Relay itself', (limit) => {
  const { calls, connections, refused } = socketRoom(limit)!;
  expect(Math.min(calls, connections - calls, refused)).toBeGreaterThan(0);
  // With fewer than sixty it has too few whatever it does.
  if (limit > 60) expect(limit - calls - connections - refused).toBe(48);
});
