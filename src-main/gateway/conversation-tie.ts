import type { Conversation, ConversationFields } from '../clients/conversation.ts';
import { asObjects, asText, type JsonObject } from '../protocol/json-object.ts';
import type { Affinity } from '../routing/affinity.ts';
import type { Tie } from '../routing/tie.ts';
import type { RequestBody } from './request-body.ts';

/** What of a request tells its conversation; `parsed` is `null` for a body that is not looked into. */
export function conversationFields(body: RequestBody, parsed: JsonObject | null, model: string): ConversationFields {
  const promptCacheKey = asText(body.value('prompt_cache_key'));
  if (parsed === null || promptCacheKey !== null) {
    return { promptCacheKey, model, instructions: null, firstUserMessage: null, firstReply: null };
  }
  const items = Array.isArray(parsed['input']) ? asObjects(parsed['input']) : [];
  const first = (role: string): string | null => {
    const item = items.find((candidate) => candidate['role'] === role);
    return item === undefined ? null : JSON.stringify(item['content'] ?? null);
  };
  return {
    promptCacheKey,
    model,
    instructions: (asText(parsed['instructions']) || null) ?? first('developer') ?? first('system'),
    firstUserMessage: typeof parsed['input'] === 'string' ? parsed['input'] : first('user'),
    firstReply: firstReply(items),
  };
}

/** What the first reply says or calls; a call's id alone tells it from all others. */
function firstReply(items: readonly JsonObject[]): string | null {
  const reply = items.find((item) => item['role'] === 'assistant' || typeof item['call_id'] === 'string');
  return reply === undefined ? null : JSON.stringify(reply['content'] ?? reply['call_id'] ?? null);
}

/** The conversation's tie; one that has none begins with what it goes on from, or where its parent is. */
export function tieOf(affinity: Affinity, { tieId, parentTieId }: Conversation, goesOnFrom: string | null): Tie | null {
  const tie = affinity.tie(tieId);
  if (tie !== null) return tie;
  const parent = parentTieId === null ? null : affinity.tie(parentTieId);
  const accountId = goesOnFrom ?? parent?.accountId ?? null;
  if (accountId === null) return null;
  affinity.begin(tieId, accountId);
  return affinity.tie(tieId);
}
