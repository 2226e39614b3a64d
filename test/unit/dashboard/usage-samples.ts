import type { UsageFigures, UsageHours, UsageView } from '../../../src-shared/contract/usage.ts';
import { startAt } from './samples.ts';

export const usageFigures: UsageFigures = {
  calls: 3,
  errors: 1,
  errorRate: 1 / 3,
  attempts: 4,
  unknownUsage: 0,
  unknownCost: 1,
  inputTokens: 1_200,
  cachedTokens: 600,
  cacheShare: 0.5,
  outputTokens: 80,
  reasoningTokens: 20,
  costMicroUsd: 1_500,
  spentMicroUsd: 0,
  savedMicroUsd: 1_500,
  ttftMs: { p50: 420, p90: 900, p99: null },
  durationMs: { p50: 2_300, p90: 4_000, p99: null },
  tokensPerSecond: 42.5,
};

export const usage: UsageView = {
  from: startAt,
  to: startAt + 86_400_000,
  grain: 'total',
  timeZone: 'UTC',
  names: { acc_1: '=HYPERLINK("x")' },
  totals: usageFigures,
  previous: null,
  series: [{ at: startAt, figures: usageFigures }],
  groups: [
    {
      key: { account: 'acc_1' },
      figures: usageFigures,
      previous: null,
      series: [{ at: startAt, figures: usageFigures }],
    },
    { key: { account: null }, figures: usageFigures, previous: null, series: [{ at: startAt, figures: usageFigures }] },
  ],
  uncounted: 0,
};

/** Two Mondays from midnight to one. */
export const usageHours: UsageHours = {
  from: startAt,
  to: startAt + 86_400_000,
  timeZone: 'UTC',
  hours: Array.from({ length: 168 }, (_, index) => ({
    weekday: Math.floor(index / 24),
    hour: index % 24,
    times: index === 0 ? 2 : 0,
    figures: usageFigures,
  })),
};
