import { expect, test } from 'vitest';
import { lostUsages } from '../../../../src-main/protocol/splice/lost-usage.ts';
import { unknownUsage } from '../../../../src-shared/domain/usage.ts';

const served = { inputTokens: 1_110, cachedTokens: 512, cacheWriteTokens: null, outputTokens: 40, reasoningTokens: 8 };

test('each attempt that broke off was asked the same, and is charged what it sent', () => {
  const lost = [
    { sentCharacters: 0, reasoningDeltas: 6 },
    { sentCharacters: 401, reasoningDeltas: 6 },
    { sentCharacters: 440, reasoningDeltas: 9 },
  ];
  const none = { cachedTokens: 0, cacheWriteTokens: 0 };
  expect(lostUsages(lost, served)).toEqual([
    { ...none, inputTokens: 1_000, outputTokens: 6, reasoningTokens: 6 },
    { ...none, inputTokens: 1_000, outputTokens: 101, reasoningTokens: 0 },
    { ...none, inputTokens: 1_101, outputTokens: 13, reasoningTokens: 3 },
  ]);
});

test('what the last attempt was asked is unknown of all where it is unknown of it', () => {
  expect(lostUsages([{ sentCharacters: 8, reasoningDeltas: 0 }], unknownUsage)).toEqual([
    { inputTokens: null, cachedTokens: 0, cacheWriteTokens: 0, outputTokens: 2, reasoningTokens: 0 },
  ]);
});
