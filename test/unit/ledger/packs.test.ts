import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Measures, noMeasures, sumNames } from '../../../src-main/ledger/usage/measures.ts';
import { addPack, writePack } from '../../../src-main/ledger/usage/packs.ts';
import { addMeasuresTo, noTally } from '../../../src-main/ledger/usage/tally.ts';
import { binCount } from '../../../src-shared/domain/latency-bins.ts';

const bins = fc.array(fc.tuple(fc.nat(binCount - 1), fc.integer({ min: 1, max: 4_000_000_000 })), { maxLength: 12 });

const anyMeasures = fc
  .record({
    sums: fc.array(fc.oneof(fc.constant(0), fc.nat(300), fc.maxSafeNat()), {
      minLength: sumNames.length,
      maxLength: sumNames.length,
    }),
    ttft: bins,
    duration: bins,
  })
  .map(({ sums, ttft, duration }): Measures => {
    const measures = noMeasures();
    for (const [index, name] of sumNames.entries()) measures.sums[name] = sums[index] ?? 0;
    return { ...measures, ttft: new Map(ttft), duration: new Map(duration) };
  });

test('a pack gives back what was put in, each combination of dimensions apart, and passes over those that are not asked for', () => {
  const entries = fc.uniqueArray(fc.tuple(fc.nat(5_000), anyMeasures), { selector: ([dims]) => dims, maxLength: 8 });
  fc.assert(
    fc.property(entries, fc.func(fc.boolean()), (drawn, isAsked) => {
      const asked = drawn.filter(([dims]) => isAsked(dims));
      const found = new Map(asked.map(([dims]) => [dims, noTally()]));
      const seen: number[] = [];
      addPack(writePack(drawn.map(([dims, measures]) => [dims, { measures }])), (dims) => {
        seen.push(dims);
        return found.get(dims) ?? null;
      });
      const expected = new Map(
        asked.map(([dims, measures]) => {
          const tally = noTally();
          addMeasuresTo(tally, measures);
          return [dims, tally];
        }),
      );
      expect([seen, found]).toEqual([drawn.map(([dims]) => dims), expected]);
    }),
  );
});
