import { type Price, priceList } from '../../src-shared/catalog/prices.ts';
import type { SettingsStore } from '../config/settings-store.ts';

/** What a token of a model costs more when it is not in the cache, in nano-dollars; `null` where the list does not say. */
export function createCachePrice(settings: SettingsStore): (model: string) => number | null {
  let prices = byModel(settings.get('models.prices'));
  settings.onChange((changed, names) => {
    if (names.includes('models.prices')) prices = byModel(changed['models.prices']);
  });
  return (model) => prices.get(model) ?? null;
}

function byModel(own: Parameters<typeof priceList>[0]): ReadonlyMap<string, number | null> {
  const rows = priceList(own).toReversed();
  return new Map(rows.map((row) => [row.model, uncachedNanoUsd(row)]));
}

/** Dollars per million tokens are micro-dollars per token. */
const uncachedNanoUsd = ({ input, cachedInput }: Price): number | null =>
  cachedInput === null ? null : Math.round((input - cachedInput) * 1_000);
