import type { Backend } from './backend.ts';
import { type JsonObject, textOr } from './json-object.ts';
import { errorRefusal } from './refusal.ts';
import type { SimulatedAccount } from './simulated-account.ts';

/**
 * What the API does with the ids of items that it stored: a reference stands for its item, reasoning without its content for what is
 * stored of it, and an item is refused without the reasoning that it followed.
 */
export function resolveStored(
  items: readonly JsonObject[],
  account: SimulatedAccount,
  backend: Backend,
): readonly JsonObject[] {
  if (items.every((item) => item['id'] === undefined)) return items;
  const stored = new Map<string, JsonObject>();
  const reasoningOf = new Map<string, string>();
  for (const response of backend.stored.values()) {
    if (response.account !== account.name) continue;
    response.items.forEach((item, index) => {
      const id = textOr(item['id'], '');
      if (id === '') return;
      stored.set(id, item);
      const before = response.items[index - 1];
      if (before?.['type'] === 'reasoning') reasoningOf.set(id, textOr(before['id'], ''));
    });
  }
  const given = new Set(items.map((item) => item['id']));
  return items.map((item) => {
    const id = textOr(item['id'], '');
    const needs = reasoningOf.get(id);
    if (needs !== undefined && item['type'] !== 'reasoning' && !given.has(needs)) {
      const type = textOr(stored.get(id)?.['type'], 'message');
      const message = `Item '${id}' of type '${type}' was provided without its required 'reasoning' item: '${needs}'.`;
      throw errorRefusal(400, null, message, 'input');
    }
    const isBare = item['type'] === 'reasoning' && typeof item['encrypted_content'] !== 'string';
    if (!isBare && item['type'] !== 'item_reference') return item;
    const found = stored.get(id);
    if (found !== undefined) return found;
    throw errorRefusal(404, null, `Item with id '${id}' not found. Items are kept only when 'store' is true.`, 'input');
  });
}
