import { expect, test } from 'vitest';
import { retryHintMs } from '../../../src-main/protocol/retry-hint.ts';

test.each([
  ['Please try again in 6m0s.', 360_000],
  ['try again in 1h2m3s', 3_723_000],
  ['Try again in 350ms', 350],
  ['try again in 1.2s or later', 1_200],
  ['try again in 2d 1h', 176_400_000],
  ['try again in a while', null],
  ['try again later', null],
  [`try again in ${'9'.repeat(400)}s`, null],
])('%s', (text, expected) => {
  expect(retryHintMs(text)).toBe(expected);
});
