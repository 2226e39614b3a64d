import type { ResolvedModel } from '../../src-shared/catalog/alias.ts';
import { chatShapedOnResponses, isResponsesShaped } from '../protocol/body-shape.ts';
import { stopSequences } from '../protocol/chat-parameters.ts';
import { type ChatTranslation, chatToResponses } from '../protocol/chat-request.ts';
import { responsesToChat } from '../protocol/chat-upstream-request.ts';
import { asObject, type JsonObject } from '../protocol/json-object.ts';
import { unsupported } from '../protocol/request-fields.ts';
import { validateResponsesRequest } from '../protocol/responses-fields.ts';
import { normalizeForChatgpt, normalizeForOpenAi, responsesShapedChat } from '../protocol/responses-request.ts';
import type { RequestBody } from './request-body.ts';

/** How an account is spoken to. */
export type Wire = 'chatgpt' | 'responses' | 'chat';

/** A request that Relay has read, whichever way it will be sent. */
export interface Understood {
  readonly request: JsonObject;
  readonly chat: ChatTranslation | null;
  readonly stop: readonly string[];
}

/** The body as a Responses request, whichever of the two protocols it was written in (CLIENTS: Cursor). */
export function understand(body: RequestBody, shape: 'responses' | 'chat', resolved: ResolvedModel): Understood {
  const given = body.parsed();
  const chat = chatTranslation(given, shape);
  const request: JsonObject = { ...(chat?.request ?? given), model: resolved.model };
  if (resolved.effort !== null) request['reasoning'] = { ...asObject(request['reasoning']), effort: resolved.effort };
  if (resolved.serviceTier !== null) request['service_tier'] = resolved.serviceTier;
  if (chat === null) {
    validateResponsesRequest(request);
    refuseConversation(request['conversation']);
  }
  return { request, chat, stop: chat?.stop ?? stopSequences(given['stop']) };
}

/** A conversation object belongs to the one account that made it, and Relay makes none: `previous_response_id` does the same for any. */
function refuseConversation(conversation: unknown): void {
  if (conversation === undefined || conversation === null) return;
  throw unsupported(
    'conversation',
    'Relay has no conversation objects. Go on from the last answer with "previous_response_id", or send the whole input.',
  );
}

function chatTranslation(given: JsonObject, shape: 'responses' | 'chat'): ChatTranslation | null {
  if (shape === 'chat') return isResponsesShaped(given) ? responsesShapedChat(given) : chatToResponses(given);
  return chatShapedOnResponses(given) ? chatToResponses(given) : null;
}

/** What making a body for an account's wire brings to light. */
interface Findings {
  readonly dropped: Set<string>;
  /** Names of custom tools that a Chat upstream knows as functions. */
  readonly customTools: Set<string>;
}

/** The body for an account's wire. */
export function bytesFor(wire: Wire, { request, chat, stop }: Understood, findings: Findings): Buffer {
  const normalized = wire === 'chatgpt' ? normalizeForChatgpt(request, chat?.clientNames) : normalizeForOpenAi(request);
  for (const name of normalized.dropped) findings.dropped.add(name);
  if (wire !== 'chat') return Buffer.from(JSON.stringify(normalized.request));
  const translated = responsesToChat(normalized.request, [...stop]);
  for (const name of translated.dropped) findings.dropped.add(name);
  for (const name of translated.customTools) findings.customTools.add(name);
  return Buffer.from(JSON.stringify(translated.request));
}

/** With no more output than a key allows; for upstreams that take the limit. */
export function withinOutput(limit: number | null, from: Understood): Understood {
  if (limit === null) return from;
  const given = from.request['max_output_tokens'];
  const max_output_tokens = smaller(typeof given === 'number' ? given : null, limit);
  return { ...from, request: { ...from.request, max_output_tokens } };
}

/** The smaller of two limits; `null` is none. */
export const smaller = (a: number | null, b: number | null): number | null =>
  a === null || b === null ? (a ?? b) : Math.min(a, b);

/** Without the input items in these places. */
export function without(places: ReadonlySet<number> | null, from: Understood): Understood {
  const { input } = from.request as { input?: unknown };
  if (places === null || !Array.isArray(input)) return from;
  return { ...from, request: { ...from.request, input: input.filter((_, index) => !places.has(index)) } };
}
