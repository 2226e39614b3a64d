import type { UsageFigures, UsageMeasure } from '../contract/usage.ts';

/** The one number of figures that each measure is; `null` where it is not known. */
export const usageMeasures: Readonly<Record<UsageMeasure, (figures: UsageFigures) => number | null>> = {
  calls: ({ calls }) => calls,
  errors: ({ errors }) => errors,
  errorRate: ({ errorRate }) => errorRate,
  tokens: ({ inputTokens, outputTokens }) => inputTokens + outputTokens,
  input: ({ inputTokens }) => inputTokens,
  cached: ({ cachedTokens }) => cachedTokens,
  output: ({ outputTokens }) => outputTokens,
  reasoning: ({ reasoningTokens }) => reasoningTokens,
  cost: ({ costMicroUsd }) => costMicroUsd,
  spent: ({ spentMicroUsd }) => spentMicroUsd,
  saved: ({ savedMicroUsd }) => savedMicroUsd,
  cacheShare: ({ cacheShare }) => cacheShare,
  ttft: ({ ttftMs }) => ttftMs.p50,
  ttftP90: ({ ttftMs }) => ttftMs.p90,
  ttftP99: ({ ttftMs }) => ttftMs.p99,
  duration: ({ durationMs }) => durationMs.p50,
  durationP90: ({ durationMs }) => durationMs.p90,
  durationP99: ({ durationMs }) => durationMs.p99,
  tokensPerSecond: ({ tokensPerSecond }) => tokensPerSecond,
};
