import { refuseApiOnly } from './api-only.ts';
import { includeUsage, reasoning, serviceTier, stopSequences, textConfig, tokenLimit } from './chat-parameters.ts';
import type { ChatTranslation } from './chat-request.ts';
import { responsesTool, toolChoice } from './chat-tools.ts';
import { createDroppedNames, type DroppedNames } from './dropped-names.ts';
import { asList, asObject, type JsonObject } from './json-object.ts';
import { optional, present, readList } from './request-fields.ts';
import { validateResponsesRequest } from './responses-fields.ts';
import { chatgptItems } from './responses-input.ts';

export interface NormalizedRequest {
  readonly request: JsonObject;
  /** What the upstream cannot take, by the client's names. */
  readonly dropped: string[];
  readonly stop: string[];
}

const encryptedReasoning = 'reasoning.encrypted_content';

/** The fields of a request that the ChatGPT backend is known to take (PROTOCOL 2.3); it refuses all others (2.7). */
const chatgptFields = new Set([
  'model',
  'stream',
  'service_tier',
  'instructions',
  'input',
  'tools',
  'tool_choice',
  'parallel_tool_calls',
  'reasoning',
  'store',
  'include',
  'prompt_cache_key',
  'text',
  'client_metadata',
  'access_programs',
]);

/** Read by Relay itself, or of no meaning once they passed the checks. */
const handled = new Set(['stop', 'n', 'logprobs', 'top_logprobs', 'audio', 'modalities', 'background']);

/** Tiers that the backend knows; `auto`, `default` and `scale` exist on the API only (PROTOCOL 2.3). */
const chatgptTiers = new Set(['priority', 'flex', 'ultrafast']);

/**
 * Makes of any Responses request one that the ChatGPT backend takes (PROTOCOL 2.7).
 * `clientNames` gives the client's own names for parameters that a translation renamed.
 */
export function normalizeForChatgpt(
  body: JsonObject,
  clientNames: ReadonlyMap<string, string> = new Map(),
): NormalizedRequest {
  validateResponsesRequest(body);
  refuseApiOnly(body);
  const dropped = createDroppedNames();
  const translated = fromChatParameters(body, dropped);
  for (const [name, value] of Object.entries(translated.body)) {
    if (value === null || chatgptFields.has(name) || handled.has(name)) continue;
    dropped.add(clientNames.get(name) ?? translated.clientNames.get(name) ?? name);
  }
  const fields = Object.fromEntries(Object.entries(translated.body).filter(([name]) => chatgptFields.has(name)));
  const request = present({
    ...fields,
    stream: true,
    service_tier: chatgptTier(body['service_tier'], dropped),
    // Required, may be empty; a native client's own body does not come this way.
    instructions: fields['instructions'] ?? '',
    input: chatgptItems(body['input'], dropped),
    ...toolFields(body),
    store: false,
    include: includes(body['include']),
  });
  return { request, dropped: dropped.list(), stop: stopSequences(body['stop']) };
}

/** For an API key: nearly everything is taken as it comes, streamed always. */
export function normalizeForOpenAi(body: JsonObject): NormalizedRequest {
  validateResponsesRequest(body);
  const dropped = createDroppedNames();
  const translated = fromChatParameters(body, dropped);
  const fields = Object.entries(translated.body).filter(([name]) => name === 'top_logprobs' || !handled.has(name));
  const request = present({
    ...Object.fromEntries(fields),
    input: withoutLostReasoning(body['input'], dropped),
    stream: true,
    ...toolFields(body),
  });
  return { request, dropped: dropped.list(), stop: stopSequences(body['stop']) };
}

/** Reasoning that broke off when its answer was gone on with elsewhere: its id means nothing to any account. */
function withoutLostReasoning(input: unknown, dropped: DroppedNames): unknown {
  if (!Array.isArray(input)) return input;
  return input.filter((item) => {
    const { type, status, encrypted_content: content } = asObject(item) ?? {};
    const lost = type === 'reasoning' && status === 'incomplete' && (content ?? null) === null;
    if (lost) dropped.add('input[].reasoning');
    return !lost;
  });
}

function chatgptTier(value: unknown, dropped: DroppedNames): string | null {
  const tier = serviceTier(value);
  if (tier === null || chatgptTiers.has(tier)) return tier;
  dropped.add('service_tier');
  return null;
}

function includes(value: unknown): unknown[] {
  return [...new Set([...asList(value), encryptedReasoning])];
}

function toolFields(body: JsonObject): JsonObject {
  const tools = optional(body['tools'], 'tools', readList);
  return present({
    tools: tools?.map((tool, index) => responsesTool(tool, `tools[${index}]`)),
    tool_choice: optional(body['tool_choice'], 'tool_choice', (value, param) => toolChoice(value, param)),
  });
}

const chatOnly = new Set([
  'reasoning_effort',
  'response_format',
  'verbosity',
  'max_tokens',
  'max_completion_tokens',
  'messages',
]);

/** Bodies are sometimes half Chat, half Responses (CLIENTS.md, Cursor): the Chat parameters are brought to their places. */
function fromChatParameters(
  body: JsonObject,
  dropped: DroppedNames,
): { body: JsonObject; clientNames: ReadonlyMap<string, string> } {
  if (![...chatOnly].some((name) => body[name] !== undefined)) return { body, clientNames: new Map() };
  const rest = Object.fromEntries(Object.entries(body).filter(([name]) => !chatOnly.has(name)));
  if (asList(body['messages']).length > 0) dropped.add('messages');
  const limit = tokenLimit(body);
  const effort = body['reasoning_effort'] === undefined ? null : reasoning(body, dropped);
  const text = textConfig(body);
  return {
    body: present({
      ...rest,
      reasoning: effort === null ? rest['reasoning'] : { ...asObject(rest['reasoning']), ...effort },
      text: text === null ? rest['text'] : { ...text, ...asObject(rest['text']) },
      max_output_tokens: rest['max_output_tokens'] ?? limit?.value,
    }),
    clientNames: new Map(limit === null ? [] : [['max_output_tokens', limit.name]]),
  };
}

/** A Responses-shaped body that came to the Chat path: the request as it is, and what its Chat answer needs. */
export function responsesShapedChat(body: JsonObject): ChatTranslation {
  validateResponsesRequest(body);
  const dropped = createDroppedNames();
  const { stream_options: streamOptions, stop, messages: _, ...rest } = body;
  const usage = includeUsage(streamOptions, dropped);
  return {
    request: present({ ...rest, stream: true }),
    dropped: dropped.list(),
    stop: stopSequences(stop),
    includeUsage: usage,
    toolNames: new Map(),
    legacyFunctions: false,
    clientNames: new Map(),
  };
}
