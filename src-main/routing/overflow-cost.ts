import { type CostBounds, type CostBoundsQuestion, costBounds } from '../../src-shared/catalog/cost-bounds.ts';
import { priceList } from '../../src-shared/catalog/prices.ts';
import type { SettingsStore } from '../config/settings-store.ts';

/** What a call can cost on a metered key, at the prices that hold now; `null` where they are not known. */
export function createOverflowCost(settings: SettingsStore): (call: CostBoundsQuestion) => CostBounds | null {
  let prices = priceList(settings.get('models.prices'));
  settings.onChange((changed, names) => {
    if (names.includes('models.prices')) prices = priceList(changed['models.prices']);
  });
  return (call) => costBounds(call, prices);
}
