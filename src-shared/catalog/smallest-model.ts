import type { Price } from './prices.ts';

/** What such lists hold besides models that answer in text. */
const NOT_TEXT = /embed|whisper|tts|audio|realtime|image|dall-e|sora|moderation|transcribe|rerank/i;

/** The cheapest model that answers in text; the first one without a price where none has one. `null` for an empty list. */
export function smallestModel(models: readonly string[], prices: readonly Price[]): string | null {
  const priced = new Map(prices.map((price) => [price.model, price.input + price.output]));
  let smallest: string | null = null;
  for (const model of models.filter((each) => !NOT_TEXT.test(each))) {
    const cost = priced.get(model) ?? Number.POSITIVE_INFINITY;
    if (smallest === null || cost < (priced.get(smallest) ?? Number.POSITIVE_INFINITY)) smallest = model;
  }
  return smallest;
}
