import { expect, it } from 'vitest';
import { figuresOf } from '../../../src-main/ledger/usage/figures.ts';
import { type SumName, sumNames } from '../../../src-main/ledger/usage/measures.ts';
import { noTally } from '../../../src-main/ledger/usage/tally.ts';

function figures(sums: Partial<Record<SumName, number>>) {
  const tally = noTally();
  for (const [index, name] of sumNames.entries()) tally.sums[index] = sums[name] ?? 0;
  return figuresOf(tally);
}

it('shares, speeds and what was saved follow from the sums', () => {
  const { errorRate, cacheShare, savedMicroUsd, tokensPerSecond } = figures({
    ...{ calls: 8, errors: 2, inputTokens: 1_000, cachedTokens: 250 },
    ...{ costMicroUsd: 500, spentMicroUsd: 120, streamedTokens: 300, streamedMs: 2_000 },
  });
  expect({ errorRate, cacheShare, savedMicroUsd, tokensPerSecond }).toEqual({
    errorRate: 0.25,
    cacheShare: 0.25,
    savedMicroUsd: 380,
    tokensPerSecond: 150,
  });
});

it('a share of nothing and the speed of no stream are unknown, and no share is more than all', () => {
  const unknown = { p50: null, p90: null, p99: null };
  expect(figures({ streamedTokens: 5 })).toMatchObject({
    errorRate: null,
    cacheShare: null,
    tokensPerSecond: null,
    ttftMs: unknown,
    durationMs: unknown,
  });
  expect(figures({ inputTokens: 10, cachedTokens: 11 }).cacheShare).toBe(1);
});
