import type { UsageFigures, UsageMeasure } from '../../../src-shared/contract/usage.ts';
import { usageMeasures } from '../../../src-shared/domain/usage-measures.ts';
import { formatTokens } from '../../../src-shared/format/tokens.ts';
import { formatCount, formatDuration, formatMoney, formatShare, unknown } from '../../format/figures.ts';

export type MeasureName = UsageMeasure;

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
    of: usageMeasures.calls,
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
    of: usageMeasures.errors,
    format: formatCount,
    sums: true,
    better: 'less',
  },
  errorRate: {
    kind: 'Calls',
    title: 'Error rate',
    hint: 'Failed calls of all calls',
    of: usageMeasures.errorRate,
    format: formatShareOrNot,
    sums: false,
    better: 'less',
  },
  tokens: {
    ...tokens,
    title: 'Tokens',
    hint: 'Input and output together',
    of: usageMeasures.tokens,
    parts: [
      { title: 'Cached input', of: ({ cachedTokens }) => cachedTokens },
      { title: 'Fresh input', of: ({ inputTokens, cachedTokens }) => inputTokens - cachedTokens },
      { title: 'Reasoning', of: ({ reasoningTokens }) => reasoningTokens },
      { title: 'Other output', of: ({ outputTokens, reasoningTokens }) => outputTokens - reasoningTokens },
    ],
  },
  input: { ...tokens, title: 'Input tokens', hint: 'With those from a cache', of: usageMeasures.input },
  cached: {
    ...tokens,
    title: 'Cached tokens',
    hint: 'Input that an account still had',
    of: usageMeasures.cached,
  },
  output: {
    ...tokens,
    title: 'Output tokens',
    hint: 'With those of reasoning',
    of: usageMeasures.output,
  },
  reasoning: {
    ...tokens,
    title: 'Reasoning tokens',
    hint: 'A part of the output',
    of: usageMeasures.reasoning,
  },
  cost: {
    ...money,
    title: 'Cost at API prices',
    hint: 'What the same tokens cost there',
    of: usageMeasures.cost,
    better: null,
  },
  spent: {
    ...money,
    title: 'Spent',
    hint: 'Really paid: nothing on a subscription',
    of: usageMeasures.spent,
    better: 'less',
  },
  saved: {
    ...money,
    title: 'Saved',
    hint: 'API prices less what was really paid',
    of: usageMeasures.saved,
    better: 'more',
  },
  cacheShare: {
    kind: 'Speed',
    title: 'Cache hits',
    hint: 'Cached tokens of all input tokens',
    of: usageMeasures.cacheShare,
    format: formatShareOrNot,
    sums: false,
    better: 'more',
  },
  ttft: {
    ...speed,
    title: 'First output',
    hint: 'Time to the first output, median',
    of: usageMeasures.ttft,
    parts: percentiles('ttftMs'),
  },
  ttftP90: { ...speed, title: 'First output, p90', hint: 'Nine of ten are faster', of: usageMeasures.ttftP90 },
  ttftP99: { ...speed, title: 'First output, p99', hint: '99 of 100 are faster', of: usageMeasures.ttftP99 },
  duration: {
    ...speed,
    title: 'Total time',
    hint: 'Time to the last byte, median',
    of: usageMeasures.duration,
    parts: percentiles('durationMs'),
  },
  durationP90: {
    ...speed,
    title: 'Total time, p90',
    hint: 'Nine of ten are faster',
    of: usageMeasures.durationP90,
  },
  durationP99: {
    ...speed,
    title: 'Total time, p99',
    hint: '99 of 100 are faster',
    of: usageMeasures.durationP99,
  },
  tokensPerSecond: {
    kind: 'Speed',
    title: 'Tokens a second',
    hint: 'Output over the time from the first output to the last',
    of: usageMeasures.tokensPerSecond,
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
