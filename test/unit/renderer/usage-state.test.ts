import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type MeasureName, measures } from '../../../src-renderer/features/usage/measures.ts';
import {
  grainNames,
  readUsageState,
  type UsageState,
  usageQueryOf,
  writeUsageState,
} from '../../../src-renderer/features/usage/usage-state.ts';
import { windowNames, windowTimes } from '../../../src-renderer/features/usage/usage-window.ts';
import { usageDimensions, usageQuerySchema } from '../../../src-shared/contract/usage.ts';

const keysOf = <Name extends string>(names: Readonly<Record<Name, unknown>>) => Object.keys(names) as Name[];

const states: fc.Arbitrary<UsageState> = fc.record({
  window: fc.oneof(
    fc.constantFrom(...keysOf(windowNames)),
    fc.tuple(fc.nat(1e9), fc.integer({ min: 1, max: 1e9 })).map(([from, length]) => ({ from, to: from + length })),
  ),
  grain: fc.constantFrom(...keysOf(grainNames)),
  measure: fc.constantFrom(...keysOf<MeasureName>(measures)),
  by: fc.subarray([...usageDimensions], { maxLength: 2 }),
  compare: fc.boolean(),
  shape: fc.constantFrom('bars' as const, 'areas' as const),
  filters: fc.dictionary(fc.constantFrom(...usageDimensions), fc.string({ maxLength: 40 }), { noNullPrototype: true }),
});

describe('what the usage page shows by', () => {
  it('comes back from its address whole', () => {
    fc.assert(
      fc.property(states, (state) => {
        expect(readUsageState(writeUsageState(state))).toEqual(state);
      }),
    );
  });

  it('is always a query that the API takes', () => {
    fc.assert(
      fc.property(states, (state) => {
        const query = Object.fromEntries(usageQueryOf(state, Date.UTC(2026, 10, 24, 12)));
        expect(usageQuerySchema.safeParse(query).error).toBeUndefined();
      }),
    );
  });

  it('is the usual where an address says nothing that makes sense', () => {
    expect(readUsageState('window=ever&grain=second&measure=toString&by=model,shoe&from=9&to=1')).toEqual({
      ...readUsageState(''),
      by: ['model'],
    });
  });

  it('ends with the minute that runs and begins with a whole step', () => {
    const now = new Date(2026, 10, 24, 12, 34, 56).getTime();
    const lengths = keysOf(windowNames).map((name) => {
      const { from, to } = windowTimes(name, now);
      return [name, new Date(from).toString().slice(4, 21), (to - from) / 60_000];
    });
    expect(lengths).toEqual([
      ['1h', 'Nov 24 2026 11:35', 60],
      ['24h', 'Nov 23 2026 13:00', 23 * 60 + 35],
      ['today', 'Nov 24 2026 00:00', 12 * 60 + 35],
      ['7d', 'Nov 18 2026 00:00', 6 * 1_440 + 12 * 60 + 35],
      ['30d', 'Oct 26 2026 00:00', 29 * 1_440 + 12 * 60 + 35],
      ['90d', 'Aug 27 2026 00:00', 89 * 1_440 + 12 * 60 + 35],
      ['month', 'Nov 01 2026 00:00', 23 * 1_440 + 12 * 60 + 35],
      ['12m', expect.stringContaining('Dec 01 2025'), expect.any(Number)],
    ]);
  });
});
