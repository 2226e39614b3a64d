import { costMicroUsd } from '../../../src-shared/catalog/cost.ts';
import type { Price } from '../../../src-shared/catalog/prices.ts';
import type { CallRecord } from '../../../src-shared/contract/call.ts';
import { formatCount } from '../../format/figures.ts';

/** How the cost came about, in one sentence; `null` where it is not known or nothing was counted. */
export function costWords(call: CallRecord, prices: readonly Price[]): string | null {
  const { costMicroUsd: cost, modelRan, inputTokens, cachedTokens, outputTokens, serviceTier } = call;
  if (cost === null || modelRan === null || inputTokens === null || cachedTokens === null || outputTokens === null)
    return null;
  const price = prices.find(({ model }) => model === modelRan);
  // Prices may have changed since: what does not give the same sum did not make it.
  if (price === undefined || costMicroUsd({ model: modelRan, usage: call, serviceTier }, prices) !== cost)
    return 'Counted with the prices of that time, which are not today’s.';
  const written = call.cacheWriteTokens ?? 0;
  const kinds: readonly (readonly [tokens: number, name: string, usd: number])[] = [
    [inputTokens - cachedTokens - written, 'input', price.input],
    [cachedTokens, 'cached', price.cachedInput ?? 0],
    [written, 'cache writes', price.cacheWrite ?? price.input],
    [outputTokens, 'output', price.output],
  ];
  const sum = kinds
    .filter(([tokens]) => tokens > 0)
    .map(([tokens, name, usd]) => `${formatCount(tokens)} ${name} × $${usd}`)
    .join(' + ');
  const tier = price.tierFactors[serviceTier ?? 'default'] ?? 1;
  const long =
    price.longContext !== null && inputTokens > price.longContext.aboveInputTokens ? price.longContext : null;
  const factors = [
    tier === 1 ? '' : ` Tier ${serviceTier}: × ${tier}.`,
    long === null ? '' : ` Long context: input × ${long.inputFactor}, output × ${long.outputFactor}.`,
  ].join('');
  return sum === '' ? null : `${sum}, per million tokens.${factors} ${price.source}, ${price.asOf}.`;
}
