import type { UsageFigures, UsageView } from '../contract/usage.ts';
import { csvLine } from './csv.ts';

type Cell = string | number | null;

const columns: readonly (readonly [name: string, of: (figures: UsageFigures) => Cell])[] = [
  ['calls', ({ calls }) => calls],
  ['errors', ({ errors }) => errors],
  ['error_rate', ({ errorRate }) => errorRate],
  ['attempts', ({ attempts }) => attempts],
  ['input_tokens', ({ inputTokens }) => inputTokens],
  ['cached_tokens', ({ cachedTokens }) => cachedTokens],
  ['cache_share', ({ cacheShare }) => cacheShare],
  ['output_tokens', ({ outputTokens }) => outputTokens],
  ['reasoning_tokens', ({ reasoningTokens }) => reasoningTokens],
  ['cost_micro_usd', ({ costMicroUsd }) => costMicroUsd],
  ['spent_micro_usd', ({ spentMicroUsd }) => spentMicroUsd],
  ['saved_micro_usd', ({ savedMicroUsd }) => savedMicroUsd],
  ['calls_with_unknown_usage', ({ unknownUsage }) => unknownUsage],
  ['calls_with_unknown_cost', ({ unknownCost }) => unknownCost],
  ['ttft_p50_ms', ({ ttftMs }) => ttftMs.p50],
  ['ttft_p90_ms', ({ ttftMs }) => ttftMs.p90],
  ['ttft_p99_ms', ({ ttftMs }) => ttftMs.p99],
  ['duration_p50_ms', ({ durationMs }) => durationMs.p50],
  ['duration_p90_ms', ({ durationMs }) => durationMs.p90],
  ['duration_p99_ms', ({ durationMs }) => durationMs.p99],
  ['tokens_per_second', ({ tokensPerSecond }) => tokensPerSecond],
];

/** A row for each group and point in time, in the order shown; without groups, one for each point. Unknown is empty. */
export function* usageCsv(view: UsageView): Generator<string> {
  const [first] = view.groups;
  const dimensions = first === undefined ? [] : (Object.keys(first.key) as (keyof typeof first.key)[]);
  yield csvLine(['from', ...dimensions, ...columns.map(([name]) => name)]);
  const rows = first === undefined ? [{ key: {} as Record<string, string | null>, series: view.series }] : view.groups;
  for (const { key, series } of rows) {
    const values = dimensions.map((dimension) => nameOf(view, key[dimension] ?? null));
    for (const { at, figures } of series) {
      yield csvLine([new Date(at).toISOString(), ...values, ...columns.map(([, of]) => of(figures))]);
    }
  }
}

const nameOf = ({ names }: UsageView, id: string | null): string | null => (id === null ? null : (names[id] ?? id));
