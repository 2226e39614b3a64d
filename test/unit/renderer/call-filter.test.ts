import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { filterSearch, readFilter } from '../../../src-renderer/features/calls/call-filter.ts';
import { filterTerms } from '../../../src-renderer/features/calls/filter-terms.ts';
import { fitsFilter } from '../../../src-renderer/features/calls/fits-filter.ts';
import { call } from '../dashboard/samples.ts';

const adds = (typed: string) => filterTerms(typed, [], 10_000_000).flatMap(({ add }) => add ?? []);

describe('filters of calls', () => {
  it('are the same after a way through the address', () => {
    const filters = fc.record(
      {
        text: fc.string({ minLength: 1, maxLength: 50 }).filter((text) => text.trim() !== ''),
        status: fc.constantFrom('ok' as const, 'error' as const),
        project: fc.string({ maxLength: 30 }),
        httpStatus: fc.integer({ min: 100, max: 599 }),
        spliced: fc.boolean(),
        from: fc.integer({ min: 0, max: 8e15 }),
        minCostMicroUsd: fc.integer({ min: 0, max: 1e9 }),
      },
      { requiredKeys: [] },
    );
    fc.assert(fc.property(filters, (filter) => void expect(readFilter(filterSearch(filter))).toEqual(filter)));
  });

  it('leave out what the log does not know, and keep the rest', () => {
    expect(readFilter('?status=odd&httpStatus=9&model=gpt-5.5&x=1&text=%20')).toEqual({ model: 'gpt-5.5' });
  });

  it('are read from words, figures, spans and yes or no', () => {
    expect(adds('status:inter')).toEqual([{ status: 'interrupted' }]);
    expect(adds('first > 2s')).toEqual([{ minTtftMs: 2_000 }]);
    expect(adds('cost<$0.5')).toEqual([{ maxCostMicroUsd: 500_000 }]);
    expect(adds('overflow=no')).toEqual([{ overflow: false }]);
    expect(adds('last 1h')).toEqual([{ from: 6_400_000 }]);
    expect(adds('cost>much')).toEqual([{ text: 'cost>much' }]);
  });

  it('fit a live call as the log would answer it', () => {
    const fits = (filter: Parameters<typeof fitsFilter>[1]) => fitsFilter(call, filter);
    expect([
      fits({ modelRan: 'gpt-6.1-sol', project: '', minTtftMs: 420, maxTtftMs: 420, stream: true, failedOver: false }),
      fits({ from: call.startedAt }),
      fits({ to: call.startedAt }),
      fits({ httpStatus: 429 }),
      fits({ minCostMicroUsd: 1_501 }),
      fits({ cause: 'cause_1' }),
    ]).toEqual([true, true, false, false, false, false]);
    expect(fitsFilter({ ...call, costMicroUsd: null }, { maxCostMicroUsd: 9e9 })).toBe(false);
  });
});
