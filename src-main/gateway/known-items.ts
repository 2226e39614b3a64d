import { asText, isJsonObject } from '../protocol/json-object.ts';
import type { Understood } from './understood-request.ts';

/**
 * A request as an account on the Responses wire may get it. Such an account keeps responses itself and takes an id for something that it
 * has: items that Relay put in and this account does not know go without theirs, and reasoning that is nothing but such an id not at all.
 * `knownAt` tells the account that knows an item, by the item's id; `null` where none does.
 */
export function asKnownTo(
  accountId: string,
  from: Understood,
  knownAt: ReadonlyMap<string, string | null>,
): Understood {
  const { input } = from.request as { input?: unknown };
  if (knownAt.size === 0 || !Array.isArray(input)) return from;
  return { ...from, request: { ...from.request, input: itemsKnownTo(accountId, input, knownAt) } };
}

function itemsKnownTo(
  accountId: string,
  items: readonly unknown[],
  knownAt: ReadonlyMap<string, string | null>,
): readonly unknown[] {
  return items.flatMap((item) => {
    const id = isJsonObject(item) ? asText(item['id']) : null;
    const keeper = id === null ? undefined : knownAt.get(id);
    if (!isJsonObject(item) || keeper === undefined || keeper === accountId) return [item];
    if (item['type'] === 'reasoning') return typeof item['encrypted_content'] === 'string' ? [item] : [];
    if (!mayLackId.has(String(item['type']))) return [item];
    const { id: _, ...rest } = item;
    return [rest];
  });
}

/** The items whose id the Responses API does not ask for. */
const mayLackId: ReadonlySet<string> = new Set(['message', 'function_call', 'custom_tool_call']);
