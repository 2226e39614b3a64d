import type { UsageFigures } from '../../../src-shared/contract/usage.ts';
import { percentileOfCounts } from '../../../src-shared/domain/latency-bins.ts';
import { type SumName, sumNames } from './measures.ts';
import { type Tally, timesOf } from './tally.ts';

export function figuresOf(tally: Tally): UsageFigures {
  const sums = Object.fromEntries(sumNames.map((name, index) => [name, tally.sums[index]])) as Record<SumName, number>;
  const { streamedTokens, streamedMs, ...counts } = sums;
  return {
    ...counts,
    errorRate: ratio(counts.errors, counts.calls),
    cacheShare: ratio(counts.cachedTokens, counts.inputTokens),
    savedMicroUsd: counts.costMicroUsd - counts.spentMicroUsd,
    ttftMs: percentiles(timesOf(tally, 'ttft')),
    durationMs: percentiles(timesOf(tally, 'duration')),
    tokensPerSecond: streamedMs === 0 ? null : (streamedTokens * 1_000) / streamedMs,
  };
}

const ratio = (part: number, whole: number): number | null => (whole === 0 ? null : Math.min(1, part / whole));

const percentiles = (counts: Uint32Array) => {
  const [p50 = null, p90 = null, p99 = null] = percentileOfCounts(counts, [0.5, 0.9, 0.99]);
  return { p50, p90, p99 };
};
