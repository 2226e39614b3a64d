import type { UsageFigures } from '../../../src-shared/contract/usage.ts';
import { type LatencyBins, percentile } from '../../../src-shared/domain/latency-bins.ts';
import type { Measures } from './measures.ts';

export function figuresOf({ sums, ttft, duration }: Measures): UsageFigures {
  const { streamedTokens, streamedMs, ...counts } = sums;
  return {
    ...counts,
    errorRate: ratio(counts.errors, counts.calls),
    cacheShare: ratio(counts.cachedTokens, counts.inputTokens),
    savedMicroUsd: counts.costMicroUsd - counts.spentMicroUsd,
    ttftMs: percentiles(ttft),
    durationMs: percentiles(duration),
    tokensPerSecond: streamedMs === 0 ? null : (streamedTokens * 1_000) / streamedMs,
  };
}

const ratio = (part: number, whole: number): number | null => (whole === 0 ? null : Math.min(1, part / whole));

const percentiles = (bins: LatencyBins) => ({
  p50: percentile(bins, 0.5),
  p90: percentile(bins, 0.9),
  p99: percentile(bins, 0.99),
});
