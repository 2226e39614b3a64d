import type { UsageFigures } from '../../../src-shared/contract/usage.ts';
import { formatTokens } from '../../../src-shared/format/tokens.ts';
import { formatCount, formatDuration, formatMoney, formatShare, unknown } from '../../format/figures.ts';

export type MeasureName =
  | 'calls'
  | 'errors'
  | 'errorRate'
  | 'tokens'
  | 'input'
  | 'cached'
  | 'output'
  | 'reasoning'
  | 'cost'
  | 'spent'
  | 'saved'
  | 'cacheShare'
  | 'ttft'
  | 'ttftP90'
  | 'ttftP99'
  | 'duration'
  | 'durationP90'
  | 'durationP99'
  | 'tokensPerSecond';

type Read = (figures: UsageFigures) => number | null;

export interface Measure {
  readonly title: string;
  /** The heading it is listed under. */
  readonly kind: 'Calls' | 'Tokens' | 'Money' | 'Speed';
  /** What it says where the title alone does not. */
  readonly hint: string;
  readonly of: Read;
  readonly format: (value: number | null) => string;
  /** Sums of parts can be stacked; shares and percentiles cannot. */
  readonly sums: boolean;
  /** Which way is better; `null` where neither is. */
  readonly better: 'more' | 'less' | null;
  /** What a picture without groups is made of instead of the one figure. */
  readonly parts?: readonly { readonly title: string; readonly of: Read }[];
}

const speed = { kind: 'Speed', format: formatDuration, sums: false, better: 'less' } as const;
const tokens = { kind: 'Tokens', format: formatTokenCount, sums: true, better: null } as const;
const money = { kind: 'Money', format: formatMoney, sums: true } as const;

const percentiles = (name: 'ttftMs' | 'durationMs') =>
  (['p50', 'p90', 'p99'] as const).map((share) => ({
    title: share,
    of: (figures: UsageFigures) => figures[name][share],
  }));

/** Everything that the usage page can show, in the order of its list. */
export const measures: Readonly<Record<MeasureName, Measure>> = {
  calls: {
    kind: 'Calls',
    title: 'Calls',
    hint: 'Requests of clients, whatever became of them',
    of: ({ calls }) => calls,
    format: formatCount,
    sums: true,
    better: null,
    parts: [
      { title: 'Answered', of: ({ calls, errors }) => calls - errors },
      { title: 'Failed', of: ({ errors }) => errors },
    ],
  },
  errors: {
    kind: 'Calls',
    title: 'Failed calls',
    hint: 'What a client saw fail; what another account rescued is not in it',
    of: ({ errors }) => errors,
    format: formatCount,
    sums: true,
    better: 'less',
  },
  errorRate: {
    kind: 'Calls',
    title: 'Error rate',
    hint: 'Failed calls of all calls',
    of: ({ errorRate }) => errorRate,
    format: formatShareOrNot,
    sums: false,
    better: 'less',
  },
  tokens: {
    ...tokens,
    title: 'Tokens',
    hint: 'Input and output together',
    of: ({ inputTokens, outputTokens }) => inputTokens + outputTokens,
    parts: [
      { title: 'Cached input', of: ({ cachedTokens }) => cachedTokens },
      { title: 'Fresh input', of: ({ inputTokens, cachedTokens }) => inputTokens - cachedTokens },
      { title: 'Reasoning', of: ({ reasoningTokens }) => reasoningTokens },
      { title: 'Other output', of: ({ outputTokens, reasoningTokens }) => outputTokens - reasoningTokens },
    ],
  },
  input: { ...tokens, title: 'Input tokens', hint: 'With those from a cache', of: ({ inputTokens }) => inputTokens },
  cached: {
    ...tokens,
    title: 'Cached tokens',
    hint: 'Input that an account still had',
    of: ({ cachedTokens }) => cachedTokens,
  },
  output: {
    ...tokens,
    title: 'Output tokens',
    hint: 'With those of reasoning',
    of: ({ outputTokens }) => outputTokens,
  },
  reasoning: {
    ...tokens,
    title: 'Reasoning tokens',
    hint: 'A part of the output',
    of: ({ reasoningTokens }) => reasoningTokens,
  },
  cost: {
    ...money,
    title: 'Cost at API prices',
    hint: 'What the same tokens cost there',
    of: ({ costMicroUsd }) => costMicroUsd,
    better: null,
  },
  spent: {
    ...money,
    title: 'Spent',
    hint: 'Really paid: nothing on a subscription',
    of: ({ spentMicroUsd }) => spentMicroUsd,
    better: 'less',
  },
  saved: {
    ...money,
    title: 'Saved',
    hint: 'API prices less what was really paid',
    of: ({ savedMicroUsd }) => savedMicroUsd,
    better: 'more',
  },
  cacheShare: {
    kind: 'Speed',
    title: 'Cache hits',
    hint: 'Cached tokens of all input tokens',
    of: ({ cacheShare }) => cacheShare,
    format: formatShareOrNot,
    sums: false,
    better: 'more',
  },
  ttft: {
    ...speed,
    title: 'First output',
    hint: 'Time to the first output, median',
    of: ({ ttftMs }) => ttftMs.p50,
    parts: percentiles('ttftMs'),
  },
  ttftP90: { ...speed, title: 'First output, p90', hint: 'Nine of ten are faster', of: ({ ttftMs }) => ttftMs.p90 },
  ttftP99: { ...speed, title: 'First output, p99', hint: '99 of 100 are faster', of: ({ ttftMs }) => ttftMs.p99 },
  duration: {
    ...speed,
    title: 'Total time',
    hint: 'Time to the last byte, median',
    of: ({ durationMs }) => durationMs.p50,
    parts: percentiles('durationMs'),
  },
  durationP90: {
    ...speed,
    title: 'Total time, p90',
    hint: 'Nine of ten are faster',
    of: ({ durationMs }) => durationMs.p90,
  },
  durationP99: {
    ...speed,
    title: 'Total time, p99',
    hint: '99 of 100 are faster',
    of: ({ durationMs }) => durationMs.p99,
  },
  tokensPerSecond: {
    kind: 'Speed',
    title: 'Tokens a second',
    hint: 'Output over the time from the first output to the last',
    of: ({ tokensPerSecond }) => tokensPerSecond,
    format: (value) => (value === null ? unknown : value.toFixed(value < 10 ? 1 : 0)),
    sums: false,
    better: 'more',
  },
};

export const isMeasure = (name: string): name is MeasureName => Object.hasOwn(measures, name);

function formatTokenCount(value: number | null): string {
  return value === null ? unknown : formatTokens(Math.round(value));
}

function formatShareOrNot(value: number | null): string {
  return value === null ? unknown : formatShare(value);
}
