import type { IncomingHttpHeaders } from 'node:http';
import { type ResolvedModel, resolveModel } from '../../src-shared/catalog/alias.ts';
import type { Settings } from '../../src-shared/contract/settings.ts';
import { RelayError } from '../../src-shared/domain/relay-error.ts';
import { clientTimeoutMs } from '../clients/client-timeout.ts';
import { conversationOf, sessionUuid } from '../clients/conversation.ts';
import type { ChatTranslation } from '../protocol/chat-request.ts';
import { encryptedItemsIn, encryptedItemsOf } from '../protocol/encrypted-items.ts';
import type { JsonObject } from '../protocol/json-object.ts';
import {
  type Continuation,
  continuationOf,
  noContinuation,
  withContinuation,
} from '../protocol/splice/continuation.ts';
import type { SeenAnswer } from '../protocol/splice/seen-answer.ts';
import type { Affinity } from '../routing/affinity.ts';
import type { EncryptedOrigins } from '../routing/encrypted-origins.ts';
import type { RoutedAccount, RoutedRequest } from '../routing/ports.ts';
import { nativeHeaders, relayHeaders } from '../upstreams/request-headers.ts';
import type { ContinuedBody } from './continued-body.ts';
import { conversationFields, tieOf } from './conversation-tie.ts';
import { inputEstimate } from './input-estimate.ts';
import { effortWithin } from './key-scope.ts';
import { asKnownTo } from './known-items.ts';
import { isNativeBody, nativeBytes } from './native-body.ts';
import type { CallerIdentity } from './ports.ts';
import { createReplayedState } from './replayed-state.ts';
import type { RequestBody } from './request-body.ts';
import { isSpliceable } from './spliceable.ts';
import { bytesFor, smaller, understand, type Wire, withinOutput, without } from './understood-request.ts';

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
  /** A digest that groups the calls of a conversation in the log. */
  readonly conversationId: string;
  readonly chat: ChatTranslation | null;
  readonly stop: readonly string[];
  /** Tokens of output that the call's key allows; `null` for no limit. */
  readonly maxOutputTokens: number | null;
  /** An estimate. */
  readonly inputTokens: () => number;
  readonly request: RoutedRequest;
  /** What has been left out so far, by the client's own names. */
  dropped(): string[];
}

export interface PlanPorts {
  readonly affinity: Affinity;
  readonly origins: EncryptedOrigins;
  readonly version: string;
  readonly isKnownModel: (model: string) => boolean;
  readonly aliases: () => Readonly<Record<string, string>>;
  /** Whether answers that break off are gone on with, where the key does not say. */
  readonly splice: () => Settings['routing.splice'];
}

export interface PlanInput {
  readonly callId: string;
  readonly shape: 'responses' | 'chat';
  readonly body: RequestBody;
  readonly headers: IncomingHttpHeaders;
  /** What of the body Relay has put in; `body` holds it already. */
  readonly continued?: Pick<ContinuedBody, 'previous' | 'chain' | 'knownAt'>;
  readonly nativeClient: boolean;
  /** A transport that only streams, whatever the body says. */
  readonly alwaysStream?: boolean;
  readonly key: {
    readonly id: string;
    readonly models: readonly string[] | null;
    readonly accounts: readonly string[] | null;
    readonly effortCeiling: CallerIdentity['effortCeiling'];
    readonly maxOutputTokens: number | null;
    readonly overflow: boolean;
    readonly splice: Settings['routing.splice'] | null;
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
  const { previous, chain, knownAt } = input.continued ?? fromNothing;
  const conversation = conversationOf(headers, conversationFields(body, parsed, resolved.model), key.id, chain);
  const tie = tieOf(ports.affinity, conversation, previous?.accountId ?? null);
  const replayed = createReplayedState(tie, ports.origins, {
    items: () =>
      understood === null
        ? encryptedItemsIn(body.raw('input')!, () => body.elements('input'))
        : encryptedItemsOf(understood.request['input']),
    showsCompaction: () => understood === null && body.raw('input')!.includes('"compaction"'),
  });
  const dropped = new Set<string>(understood?.chat?.dropped ?? []);
  const stop = understood?.stop ?? [];
  if (input.shape === 'responses' && stop.length > 0) dropped.add('stop');

  const customTools = new Set<string>();
  const bodies = new Map<string, Buffer>();
  const makeBody = (wire: Wire, accountId: string, leftOut: ReadonlySet<number> | null, rest: Continuation): Buffer => {
    if (native && wire !== 'chat') {
      const limit = wire === 'chatgpt' ? null : key.maxOutputTokens;
      return nativeBytes(body, { ...resolved, leftOut, append: rest.items, maxOutputTokens: limit });
    }
    const whole = understood ?? understand(body, input.shape, resolved);
    const left = without(leftOut, wire === 'chatgpt' ? whole : withinOutput(key.maxOutputTokens, whole));
    const from = wire === 'responses' ? asKnownTo(accountId, left, knownAt) : left;
    const request = rest.items.length === 0 ? from.request : withContinuation(from.request, rest);
    return bytesFor(wire, { ...from, request }, { dropped, customTools });
  };
  const bodyFor = (account: RoutedAccount, seen: SeenAnswer | null): Buffer => {
    const wire = account.kind === 'chatgpt' ? 'chatgpt' : account.wire;
    const leftOut = replayed.leftOut(account.id);
    if (leftOut !== null) dropped.add('input[].reasoning');
    if (seen !== null)
      return makeBody(wire, account.id, leftOut, continuationOf(seen, wire === 'chat' ? 'user' : 'developer'));
    const own = knownAt.size > 0 && wire === 'responses' ? account.id : '';
    const cached = `${wire} ${own} ${leftOut === null ? '' : [...leftOut].join()}`;
    const known = bodies.get(cached);
    if (known !== undefined) return known;
    const made = makeBody(wire, account.id, leftOut, noContinuation);
    bodies.set(cached, made);
    return made;
  };

  const own = input.nativeClient ? nativeHeaders(headers) : relayHeaders(ports.version, sessionUuid(conversation.id));
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
    conversationId: conversation.id,
    chat: understood?.chat ?? null,
    stop,
    maxOutputTokens: key.maxOutputTokens,
    inputTokens: () => inputEstimate(body.bytes),
    request: {
      callId: input.callId,
      model: resolved.model,
      conversationId: conversation.tieId,
      stream,
      splice:
        stream &&
        (key.splice ?? ports.splice()) === 'text' &&
        isSpliceable(native ? body.value : (name) => parsed?.[name]),
      allowedAccounts: key.accounts,
      overflow: key.overflow,
      requestBytes: body.bytes.length,
      maxOutputTokens: key.overflow ? smaller(maxOutputTokens(body), key.maxOutputTokens) : null,
      serviceTier,
      clientTimeoutMs: clientTimeoutMs(headers),
      boundTo: replayed.boundTo,
      body: bodyFor,
      refused: (account) => replayed.refused(account.id),
      served: (account) => replayed.served(account.id, account.kind === 'chatgpt' || account.wire === 'responses'),
      customTools,
      headers: headersFor,
    },
    dropped: () => [...dropped].sort(),
  };
}

const fromNothing = { previous: null, chain: null, knownAt: new Map<string, string | null>() };

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
