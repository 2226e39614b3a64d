import type { Usage } from '../domain/usage.ts';
import type { Price } from './prices.ts';

export interface CostQuestion {
  /** The model that ran. */
  readonly model: string;
  readonly usage: Usage;
  /** `null` for the standard tier. */
  readonly serviceTier: string | null;
}

/**
 * What the tokens cost at API prices, in whole micro-dollars. `null` where the price of the model or its tier, or a
 * count that it depends on, is not known. Tokens written to the cache that an upstream does not report are plain input.
 */
export function costMicroUsd({ model, usage, serviceTier }: CostQuestion, prices: readonly Price[]): number | null {
  const price = prices.find((row) => row.model === model);
  const { inputTokens, cachedTokens, outputTokens } = usage;
  if (price === undefined || inputTokens === null || cachedTokens === null || outputTokens === null) return null;

  const tierFactor = factorOf(price, serviceTier);
  if (tierFactor === null) return null;

  const writtenTokens = usage.cacheWriteTokens ?? 0;
  const plainTokens = inputTokens - cachedTokens - writtenTokens;
  if (plainTokens < 0) return null;
  if (cachedTokens > 0 && price.cachedInput === null) return null;

  const long =
    price.longContext !== null && inputTokens > price.longContext.aboveInputTokens ? price.longContext : null;
  const input =
    plainTokens * nano(price.input) +
    cachedTokens * nano(price.cachedInput ?? 0) +
    writtenTokens * nano(price.cacheWrite ?? price.input);
  const output = outputTokens * nano(price.output);
  const nanoUsd = (input * (long?.inputFactor ?? 1) + output * (long?.outputFactor ?? 1)) * tierFactor;
  return Math.round(nanoUsd / 1_000);
}

/** Dollars per million tokens as whole nano-dollars per token, so that sums are exact. */
const nano = (usdPerMillion: number): number => Math.round(usdPerMillion * 1_000);

/** `auto` lets the upstream choose, so the tier that was billed is not known. */
function factorOf(price: Price, serviceTier: string | null): number | null {
  const tier = serviceTier ?? 'default';
  return Object.hasOwn(price.tierFactors, tier) ? (price.tierFactors[tier] ?? null) : null;
}
