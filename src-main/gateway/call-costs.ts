import { costMicroUsd } from '../../src-shared/catalog/cost.ts';
import { priceList } from '../../src-shared/catalog/prices.ts';
import type { SettingsStore } from '../config/settings-store.ts';
import type { CallPorts } from './call.ts';

/** What the tokens cost at API prices, and what of it was really paid: nothing on a subscription. */
export function createCallCosts(
  accountOf: (id: string) => { readonly kind: 'chatgpt' | 'openai' } | null,
  settings: SettingsStore,
): CallPorts['costOf'] {
  let prices = priceList(settings.get('models.prices'));
  settings.onChange((changed) => {
    prices = priceList(changed['models.prices']);
  });
  return (record, usage, report) => {
    const account = report?.account == null ? null : accountOf(report.account.id);
    const model = record.modelRan ?? record.modelAsked;
    const cost = costMicroUsd({ model, usage, serviceTier: record.serviceTier }, prices);
    return { costMicroUsd: cost, spentMicroUsd: account === null || account.kind === 'chatgpt' ? 0 : cost };
  };
}
