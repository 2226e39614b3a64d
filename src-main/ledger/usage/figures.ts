import type { UsageFigures } from '../../../src-shared/contract/usage.ts';
import { percentileOfCounts } from '../../../src-shared/domain/latency-bins.ts';
import { type SumName, sumNames } from './measures.ts';
import { type Tally, timesOf } from './tally.ts';

const places = Object.fromEntries(sumNames.map((name, index) => [name, index])) as Record<SumName, number>;

/** Written out, because a long window has thousands of them. */
export function figuresOf(tally: Tally): UsageFigures {
  const sum = (name: SumName): number => tally.sums[places[name]]!;
  const calls = sum('calls');
  const errors = sum('errors');
  const inputTokens = sum('inputTokens');
  const cachedTokens = sum('cachedTokens');
  const costMicroUsd = sum('costMicroUsd');
  const spentMicroUsd = sum('spentMicroUsd');
  const streamedMs = sum('streamedMs');
  return {
    calls,
    errors,
    errorRate: ratio(errors, calls),
    attempts: sum('attempts'),
    unknownUsage: sum('unknownUsage'),
    unknownCost: sum('unknownCost'),
    inputTokens,
    cachedTokens,
    cacheShare: ratio(cachedTokens, inputTokens),
    outputTokens: sum('outputTokens'),
    reasoningTokens: sum('reasoningTokens'),
    costMicroUsd,
    spentMicroUsd,
    savedMicroUsd: costMicroUsd - spentMicroUsd,
    ttftMs: percentiles(timesOf(tally, 'ttft')),
    durationMs: percentiles(timesOf(tally, 'duration')),
    tokensPerSecond: streamedMs === 0 ? null : (sum('streamedTokens') * 1_000) / streamedMs,
  };
}

const ratio = (part: number, whole: number): number | null => (whole === 0 ? null : Math.min(1, part / whole));

const percentiles = (counts: Uint32Array) => {
  const [p50 = null, p90 = null, p99 = null] = percentileOfCounts(counts, [0.5, 0.9, 0.99]);
  return { p50, p90, p99 };
};
