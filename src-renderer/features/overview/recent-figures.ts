import type { CallRecord } from '../../../src-shared/contract/call.ts';

interface RecentFigures {
  readonly settled: number;
  readonly failed: number;
  /** How many needed more than one attempt and were answered. */
  readonly rescued: number;
  /** Median, `null` where no call has one. */
  readonly ttftMs: number | null;
  /** Cached share of the input of those calls whose figures are known; `null` where none is. */
  readonly cachedShare: number | null;
}

/** Figures over the calls given, and of no others. */
export function recentFigures(calls: readonly CallRecord[]): RecentFigures {
  const settled = calls.filter((call) => call.status !== 'inflight');
  const first = settled.flatMap((call) => (call.ttftMs === null ? [] : [call.ttftMs])).sort((a, b) => a - b);
  let [input, cached] = [0, 0];
  for (const { inputTokens, cachedTokens } of settled) {
    if (inputTokens === null || cachedTokens === null) continue;
    input += inputTokens;
    cached += cachedTokens;
  }
  return {
    settled: settled.length,
    failed: settled.filter((call) => call.status === 'error').length,
    rescued: settled.filter((call) => call.status === 'ok' && call.attempts.length > 1).length,
    ttftMs: median(first),
    cachedShare: input === 0 ? null : cached / input,
  };
}

function median(sorted: readonly number[]): number | null {
  const [low, high] = [sorted[(sorted.length - 1) >> 1], sorted[sorted.length >> 1]];
  return low === undefined || high === undefined ? null : (low + high) / 2;
}
