import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { costMicroUsd } from '../../../src-shared/catalog/cost.ts';
import { catalogModels } from '../../../src-shared/catalog/models.ts';
import { catalogPrices } from '../../../src-shared/catalog/prices.ts';
import { type Usage, unknownUsage } from '../../../src-shared/domain/usage.ts';

const used = (fields: Partial<Usage>): Usage => ({
  inputTokens: 0,
  cachedTokens: 0,
  cacheWriteTokens: 0,
  outputTokens: 0,
  reasoningTokens: null,
  ...fields,
});
const cost = (model: string, usage: Usage, serviceTier: string | null = null): number | null =>
  costMicroUsd({ model, usage, serviceTier }, catalogPrices);

describe('the cost of a call', () => {
  test.each([
    ['plain input', 'gpt-5.5', used({ inputTokens: 1_000 }), null, 5_000],
    ['output', 'gpt-5.5', used({ outputTokens: 1_000 }), null, 30_000],
    ['cached input', 'gpt-5.5', used({ inputTokens: 1_000, cachedTokens: 400 }), null, 3_200],
    [
      'writes to the cache',
      'gpt-6-sol',
      used({ inputTokens: 1_000, cachedTokens: 100, cacheWriteTokens: 400 }),
      null,
      2_020,
    ],
    ['writes that cost what input costs', 'gpt-5.5', used({ inputTokens: 1_000, cacheWriteTokens: 400 }), null, 5_000],
    ['writes that nobody reported', 'gpt-6-sol', used({ inputTokens: 10, cacheWriteTokens: null }), null, 20],
    ['the largest short context', 'gpt-5.5', used({ inputTokens: 272_000, outputTokens: 10 }), null, 1_360_300],
    ['a long context', 'gpt-5.5', used({ inputTokens: 272_001, outputTokens: 10 }), null, 2_720_460],
    ['priority', 'gpt-5.5', used({ inputTokens: 1_000, outputTokens: 10 }), 'priority', 10_600],
    ['flex', 'gpt-5.5', used({ inputTokens: 1_000, outputTokens: 10 }), 'flex', 2_650],
    ['the standard tier by name', 'gpt-5.5', used({ inputTokens: 1_000 }), 'default', 5_000],
    ['nothing', 'gpt-5.5', used({}), null, 0],
    ['less than a micro-dollar', 'gpt-6-luna', used({ inputTokens: 4 }), null, 0],
    ['just enough for one', 'gpt-6-luna', used({ inputTokens: 5 }), null, 1],
  ])('of %s', (_, model, usage, tier, expected) => {
    expect(cost(model, usage, tier)).toBe(expected);
  });

  test.each([
    ['the model', 'gpt-nobody', used({}), null],
    ['the tier', 'gpt-5.5', used({}), 'ultrafast'],
    ['a tier that is only a property of objects', 'gpt-5.5', used({}), 'constructor'],
    ['the price of cached input', 'gpt-5.4-nano', used({ inputTokens: 5, cachedTokens: 1 }), null],
    ['the usage', 'gpt-5.5', unknownUsage, null],
    ['the input', 'gpt-5.5', used({ inputTokens: null }), null],
    ['the cached part', 'gpt-5.5', used({ cachedTokens: null }), null],
    ['the output', 'gpt-5.5', used({ outputTokens: null }), null],
    ['what makes sense', 'gpt-5.5', used({ inputTokens: 5, cachedTokens: 4, cacheWriteTokens: 2 }), null],
  ])('is unknown without %s', (_, model, usage, tier) => {
    expect(cost(model, usage, tier)).toBeNull();
  });

  const tokens = fc.nat(900_000);
  const model = fc.constantFrom(...catalogPrices.filter((price) => price.cachedInput !== null));

  test('is a whole number, grows with every kind of token, and is never below what is cached alone', () => {
    fc.assert(
      fc.property(model, tokens, tokens, tokens, tokens, (price, plain, cached, written, output) => {
        const usage = used({
          inputTokens: plain + cached + written,
          cachedTokens: cached,
          cacheWriteTokens: written,
          outputTokens: output,
        });
        const total = cost(price.model, usage) ?? Number.NaN;
        const more = cost(price.model, { ...usage, outputTokens: output + 1_000 }) ?? Number.NaN;
        const uncached = cost(price.model, { ...usage, cachedTokens: 0 }) ?? Number.NaN;
        expect(Number.isSafeInteger(total)).toBe(true);
        expect(more).toBeGreaterThan(total);
        expect(uncached).toBeGreaterThanOrEqual(total);
      }),
    );
  });

  test('is exact: to the half micro-dollar it equals the sum in whole numbers', () => {
    fc.assert(
      fc.property(model, tokens, tokens, (price, input, output) => {
        const long = input > 272_000;
        const nano = (usd: number): bigint => BigInt(Math.round(usd * 1_000));
        const twice =
          BigInt(input) * nano(price.input) * (long ? 4n : 2n) + BigInt(output) * nano(price.output) * (long ? 3n : 2n);
        const exact = Number((twice + 1_000n) / 2_000n);
        expect(cost(price.model, used({ inputTokens: input, outputTokens: output }))).toBe(exact);
      }),
    );
  });

  test('doubles with priority', () => {
    fc.assert(
      fc.property(model, tokens, tokens, (price, input, output) => {
        const usage = used({ inputTokens: input, outputTokens: output });
        const [standard, priority] = [cost(price.model, usage) ?? 0, cost(price.model, usage, 'priority') ?? 0];
        expect(Math.abs(priority - 2 * standard)).toBeLessThanOrEqual(1);
      }),
    );
  });
});

describe('the catalogue', () => {
  test('names every model and every price once, each with its source and date', () => {
    const rows = [...catalogModels, ...catalogPrices];
    expect(new Set(catalogModels.map((row) => row.slug)).size).toBe(catalogModels.length);
    expect(new Set(catalogPrices.map((row) => row.model)).size).toBe(catalogPrices.length);
    expect(rows.filter((row) => row.source === '' || !/^20\d\d-\d\d-\d\d$/.test(row.asOf))).toEqual([]);
  });

  test('knows a price for every model that a person can choose', () => {
    const priced = new Set(catalogPrices.map((price) => price.model));
    expect(catalogModels.filter((row) => !row.hidden && !priced.has(row.slug))).toEqual([]);
  });

  test('gives every model a default effort that it has', () => {
    expect(catalogModels.filter((row) => !row.efforts.includes(row.defaultEffort))).toEqual([]);
  });
});
