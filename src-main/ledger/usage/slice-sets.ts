import type { UsageQuery } from '../../../src-shared/contract/usage.ts';
import { type Dimension, dimensions } from './dimensions.ts';

const HOUR = 3_600_000;
const DAY = 86_400_000;

/** Hours are kept by none and one dimension, days by two as well. */
export const sliceGrains = { hour: HOUR, day: DAY } as const;
export type SliceGrain = (typeof sliceGrains)[keyof typeof sliceGrains];

/** The dimensions that sums are kept by together, in the one order that they have there. */
export const sliceSets = (grain: SliceGrain): readonly (readonly Dimension[])[] => [
  [],
  ...dimensions.map((dimension) => [dimension]),
  ...(grain === HOUR
    ? []
    : dimensions.flatMap((first, index) => dimensions.slice(index + 1).map((second) => [first, second]))),
];

export const sliceName = (set: readonly Dimension[]): string => set.join(',');

/** The set that answers a question: what it groups and filters by; `null` where none does. */
export function sliceSetFor(query: UsageQuery, grain: SliceGrain): readonly Dimension[] | null {
  const needed = dimensions.filter((dimension) => query.by.includes(dimension) || query[dimension] !== undefined);
  return needed.length > (grain === HOUR ? 1 : 2) ? null : needed;
}
