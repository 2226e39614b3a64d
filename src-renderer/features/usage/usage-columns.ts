import type { UsageFigures } from '../../../src-shared/contract/usage.ts';
import { formatCount, unknown } from '../../format/figures.ts';
import { type MeasureName, measures } from './measures.ts';

export interface UsageColumn {
  readonly name: string;
  readonly title: string;
  readonly hint: string;
  readonly of: (figures: UsageFigures) => number | null;
  readonly format: (value: number | null) => string;
}

const of = (name: MeasureName, title: string): UsageColumn => ({ ...measures[name], name, title });
/** Counts are exact in a table. */
const exact = (name: MeasureName, title: string): UsageColumn => ({ ...of(name, title), format: formatCount });

/** The columns of the table; what is not known has one of its own. */
export const usageColumns: readonly UsageColumn[] = [
  of('calls', 'Calls'),
  of('errorRate', 'Errors'),
  exact('input', 'Input'),
  of('cacheShare', 'Cached'),
  exact('output', 'Output'),
  exact('reasoning', 'Reasoning'),
  of('cost', 'At API prices'),
  of('spent', 'Spent'),
  of('saved', 'Saved'),
  of('ttft', 'First p50'),
  of('ttftP90', 'First p90'),
  of('duration', 'Total p50'),
  of('durationP90', 'Total p90'),
  of('tokensPerSecond', 'Tokens/s'),
  {
    name: 'unknown',
    title: 'Unknown',
    hint: 'Calls whose tokens or price are not known: they are in no sum of those',
    of: ({ unknownUsage, unknownCost }) => Math.max(unknownUsage, unknownCost),
    format: (value) => (value === 0 ? unknown : formatCount(value)),
  },
];
