import type { IncomingHttpHeaders } from 'node:http';
import { type ResolvedModel, resolveModel } from '../../src-shared/catalog/alias.ts';
import { RelayError } from '../../src-shared/domain/relay-error.ts';
import { clientTimeoutMs } from '../clients/client-timeout.ts';
import { conversationId, sessionUuid } from '../clients/conversation.ts';
import { chatShapedOnResponses, isResponsesShaped } from '../protocol/body-shape.ts';
import { stopSequences } from '../protocol/chat-parameters.ts';
import { type ChatTranslation, chatToResponses } from '../protocol/chat-request.ts';
import { responsesToChat } from '../protocol/chat-upstream-request.ts';
import { asObjects, type JsonObject } from '../protocol/json-object.ts';
import { validateResponsesRequest } from '../protocol/responses-fields.ts';
import { normalizeForChatgpt, normalizeForOpenAi, responsesShapedChat } from '../protocol/responses-request.ts';
import type { Affinity } from '../routing/affinity.ts';
import type { RoutedAccount, RoutedRequest } from '../routing/ports.ts';
import { nativeHeaders, relayHeaders } from '../upstreams/request-headers.ts';
import { effortWithin } from './key-scope.ts';
import { isNativeBody, nativeBytes } from './native-body.ts';
import type { CallerIdentity } from './ports.ts';
import type { RequestBody } from './request-body.ts';

export interface CallPlan {
  /** The protocol that the client's path promises. */
  readonly shape: 'responses' | 'chat';
  readonly asked: string;
  readonly resolved: ResolvedModel;
  readonly effort: string | null;
  readonly serviceTier: string | null;
  readonly stream: boolean;
  /** A Codex client's own body, passed on to the byte. */
  readonly native: boolean;
  readonly chat: ChatTranslation | null;
  readonly stop: readonly string[];
  readonly request: RoutedRequest;
  /** What has been left out so far, by the client's own names. */
  dropped(): string[];
}

export interface PlanPorts {
  readonly affinity: Affinity;
  readonly version: string;
  readonly isKnownModel: (model: string) => boolean;
  readonly aliases: () => Readonly<Record<string, string>>;
}

export interface PlanInput {
  readonly callId: string;
  readonly shape: 'responses' | 'chat';
  readonly body: RequestBody;
  readonly headers: IncomingHttpHeaders;
  readonly nativeClient: boolean;
  /** A transport that only streams, whatever the body says. */
  readonly alwaysStream?: boolean;
  readonly key: {
    readonly id: string;
    readonly models: readonly string[] | null;
    readonly accounts: readonly string[] | null;
    readonly effortCeiling: CallerIdentity['effortCeiling'];
    readonly overflow: boolean;
  };
}

/** Understands a request as far as it must be: the model, the conversation, and a body for each kind of account on demand. */
export function planCall(ports: PlanPorts, input: PlanInput): CallPlan {
  const { body, headers, key } = input;
  const asked = modelOf(body);
  const named = resolveModel(asked, ports.isKnownModel, ports.aliases());
  if (named === null) throw unknownModel(asked);
  const lowered = effortWithin(key.effortCeiling, named.effort ?? askedEffort(body), named.model);
  const resolved = lowered === null ? named : { ...named, effort: lowered };
  if (key.models !== null && !key.models.includes(resolved.model) && !key.models.includes(asked)) {
    throw new RelayError('permission_denied', {
      message: `This key may not use the model ${quoted(asked)}.`,
      param: 'model',
    });
  }
  const native = input.shape === 'responses' && input.nativeClient && isNativeBody(body);
  const understood = native ? null : understand(body, input.shape, resolved);
  const parsed = understood?.request ?? null;
  const conversation = conversationId(headers, conversationFields(body, parsed, resolved.model), key.id);
  const dropped = new Set<string>(understood?.chat?.dropped ?? []);
  const stop = understood?.stop ?? [];
  if (input.shape === 'responses' && stop.length > 0) dropped.add('stop');

  const customTools = new Set<string>();
  const bodies = new Map<string, Buffer>();
  const translated = (wire: 'chatgpt' | 'responses' | 'chat', fresh: boolean, from: Understood): Buffer => {
    const request = fresh ? withoutReasoning(from.request) : from.request;
    return bytesFor(wire, request, from, { dropped, customTools });
  };
  const bodyFor = (account: RoutedAccount, fresh: boolean): Buffer => {
    const wire = account.kind === 'chatgpt' ? 'chatgpt' : account.wire;
    const cached = `${wire} ${fresh}`;
    const known = bodies.get(cached);
    if (known !== undefined) return known;
    const made =
      native && wire !== 'chat'
        ? nativeBytes(body, { ...resolved, withoutReasoning: fresh })
        : translated(wire, fresh, understood ?? understand(body, input.shape, resolved));
    bodies.set(cached, made);
    return made;
  };

  const own = input.nativeClient ? nativeHeaders(headers) : relayHeaders(ports.version, sessionUuid(conversation));
  const headersFor = (account: RoutedAccount): Record<string, string> => {
    const sent = { ...own };
    const turnState = sent['x-codex-turn-state'];
    // A turn state belongs to the account that gave it (PROTOCOL 9.4).
    if (turnState !== undefined && ports.affinity.turnStateOwner(turnState) !== account.id) {
      delete sent['x-codex-turn-state'];
    }
    const hint = sent['x-codex-routing-hint'];
    if (hint !== undefined && resolved.aliased)
      sent['x-codex-routing-hint'] = hint.replace(/model=[^;]*/, `model=${resolved.model}`);
    return sent;
  };

  const serviceTier = resolved.serviceTier ?? textOf(native ? body.value('service_tier') : parsed?.['service_tier']);
  const stream = native || input.alwaysStream === true || wantsStream(body);
  return {
    shape: input.shape,
    asked,
    resolved,
    effort: resolved.effort ?? effortOf(native ? body.value('reasoning') : parsed?.['reasoning']),
    serviceTier,
    stream,
    native,
    chat: understood?.chat ?? null,
    stop,
    request: {
      callId: input.callId,
      model: resolved.model,
      conversationId: conversation,
      stream,
      allowedAccounts: key.accounts,
      overflow: key.overflow,
      requestBytes: body.bytes.length,
      maxOutputTokens: key.overflow ? maxOutputTokens(body) : null,
      serviceTier,
      clientTimeoutMs: clientTimeoutMs(headers),
      body: bodyFor,
      customTools,
      headers: headersFor,
    },
    dropped: () => [...dropped].sort(),
  };
}

interface Understood {
  readonly request: JsonObject;
  readonly chat: ChatTranslation | null;
  readonly stop: readonly string[];
}

/** The body as a Responses request, whichever of the two protocols it was written in (CLIENTS: Cursor). */
function understand(body: RequestBody, shape: 'responses' | 'chat', resolved: ResolvedModel): Understood {
  const given = body.parsed();
  const chat = chatTranslation(given, shape);
  const request: JsonObject = { ...(chat?.request ?? given), model: resolved.model };
  if (resolved.effort !== null) request['reasoning'] = { ...asRecord(request['reasoning']), effort: resolved.effort };
  if (resolved.serviceTier !== null) request['service_tier'] = resolved.serviceTier;
  if (chat === null) validateResponsesRequest(request);
  return { request, chat, stop: chat?.stop ?? stopSequences(given['stop']) };
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

function bytesFor(
  wire: 'chatgpt' | 'responses' | 'chat',
  request: JsonObject,
  { chat, stop }: Understood,
  findings: Findings,
): Buffer {
  const normalized = wire === 'chatgpt' ? normalizeForChatgpt(request, chat?.clientNames) : normalizeForOpenAi(request);
  for (const name of normalized.dropped) findings.dropped.add(name);
  if (wire !== 'chat') return Buffer.from(JSON.stringify(normalized.request));
  const translated = responsesToChat(normalized.request, [...stop]);
  for (const name of translated.dropped) findings.dropped.add(name);
  for (const name of translated.customTools) findings.customTools.add(name);
  return Buffer.from(JSON.stringify(translated.request));
}

function withoutReasoning(request: JsonObject): JsonObject {
  if (!Array.isArray(request['input'])) return request;
  return { ...request, input: request['input'].filter((item) => asRecord(item)['type'] !== 'reasoning') };
}

function modelOf(body: RequestBody): string {
  const model = body.value('model');
  if (model === undefined) {
    throw new RelayError('invalid_type', { message: 'The request names no model.', param: 'model' });
  }
  if (typeof model !== 'string' || model === '' || model.length > 200) {
    throw new RelayError('invalid_type', { message: '"model" must be a model name.', param: 'model' });
  }
  return model;
}

function wantsStream(body: RequestBody): boolean {
  const stream = body.value('stream');
  if (stream === undefined || stream === null) return false;
  if (typeof stream === 'boolean') return stream;
  throw new RelayError('invalid_type', { message: '"stream" must be true or false.', param: 'stream' });
}

export const unknownModel = (model: string): RelayError =>
  new RelayError('model_not_found', {
    message: `The model ${quoted(model)} is not offered by any account. GET /v1/models lists what is there.`,
    param: 'model',
  });

function conversationFields(body: RequestBody, parsed: JsonObject | null, model: string) {
  const promptCacheKey = textOf(body.value('prompt_cache_key'));
  if (parsed === null || promptCacheKey !== null) {
    return { promptCacheKey, model, instructions: null, firstUserMessage: null };
  }
  const items = Array.isArray(parsed['input']) ? asObjects(parsed['input']) : [];
  const first = (role: string): string | null => {
    const item = items.find((candidate) => candidate['role'] === role);
    return item === undefined ? null : JSON.stringify(item['content'] ?? null);
  };
  return {
    promptCacheKey,
    model,
    instructions: textOf(parsed['instructions']) ?? first('developer') ?? first('system'),
    firstUserMessage: typeof parsed['input'] === 'string' ? parsed['input'] : first('user'),
  };
}

const asRecord = (value: unknown): JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : {};

const textOf = (value: unknown): string | null => (typeof value === 'string' && value !== '' ? value : null);

const effortOf = (reasoning: unknown): string | null => {
  const { effort } = asRecord(reasoning);
  return typeof effort === 'number' ? String(effort) : textOf(effort);
};

const askedEffort = (body: RequestBody): string | null =>
  effortOf(body.value('reasoning')) ?? textOf(body.value('reasoning_effort'));

/** The three names of one limit; what is no number is refused elsewhere. */
function maxOutputTokens(body: RequestBody): number | null {
  for (const name of ['max_output_tokens', 'max_completion_tokens', 'max_tokens']) {
    const limit = body.value(name);
    if (typeof limit === 'number' && limit > 0) return limit;
  }
  return null;
}

const quoted = (text: string): string => JSON.stringify(text.slice(0, 100));
