import type { UsageDimension, UsageQuery } from '../../../src-shared/contract/usage.ts';
import { type Dimension, dimensions } from './dimensions.ts';

const HOUR = 3_600_000;
const DAY = 86_400_000;

/** Hours are kept by none and one dimension, days and months of the person by two as well; a month is not always that long. */
export const sliceGrains = { hour: HOUR, day: DAY, month: 30 * DAY } as const;
export type SliceGrain = (typeof sliceGrains)[keyof typeof sliceGrains];

/** The dimensions that sums are kept by together, in the one order that they have there. */
export const sliceSets = (grain: SliceGrain): readonly (readonly Dimension[])[] => [
  [],
  ...dimensions.map((dimension) => [dimension]),
  ...(grain === HOUR
    ? []
    : dimensions.flatMap((first, index) => dimensions.slice(index + 1).map((second) => [first, second]))),
];

/** What is summed up: grouped by what, and of which values. */
export type MeasureQuery = Pick<UsageQuery, 'by' | UsageDimension> & {
  /** No other groups than these are wanted, by the values of `by`: what can be left unread is. */
  readonly only?: readonly (readonly string[])[];
};

export const sliceName = (set: readonly Dimension[]): string => set.join(',');

/** The set that answers a question: what it groups and filters by; `null` where none does. */
export function sliceSetFor(query: MeasureQuery, grain: SliceGrain): readonly Dimension[] | null {
  const needed = dimensions.filter((dimension) => query.by.includes(dimension) || query[dimension] !== undefined);
  return needed.length > (grain === HOUR ? 1 : 2) ? null : needed;
}
