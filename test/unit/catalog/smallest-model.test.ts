import { expect, test } from 'vitest';
import { catalogPrices, priceList } from '../../../src-shared/catalog/prices.ts';
import { smallestModel } from '../../../src-shared/catalog/smallest-model.ts';

test.each<[string, readonly string[], string | null]>([
  ['the cheapest that has a price', ['gpt-6-astra', 'unknown', 'gpt-6-luna', 'gpt-5.5'], 'gpt-6-luna'],
  ['the first where none has one', ['llama-4', 'qwen-3'], 'llama-4'],
  ['none that does not answer in text', ['text-embedding-3', 'whisper-1', 'gpt-image-1', 'gpt-5.5'], 'gpt-5.5'],
  ['nothing of nothing', ['text-embedding-3'], null],
])('the smallest model is %s', (_, models, expected) => {
  expect(smallestModel(models, catalogPrices)).toBe(expected);
});

test("a person's own price counts", () => {
  const own = priceList({ 'llama-4': { input: 0.01, output: 0.01, cachedInput: null, cacheWrite: null } });
  expect(smallestModel(['gpt-6-luna', 'llama-4'], own)).toBe('llama-4');
});
