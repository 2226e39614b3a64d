import { createHash } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

/** What of a request's body tells conversations apart, as the gateway read it. */
export interface ConversationFields {
  readonly promptCacheKey: string | null;
  readonly model: string;
  /** `instructions`, or the text of the first system or developer message. */
  readonly instructions: string | null;
  /** The text of the first message of the user. */
  readonly firstUserMessage: string | null;
  /** The first message or call of the assistant; `null` in the opening of a conversation. */
  readonly firstReply: string | null;
}

/** The response that a request goes on from, by `previous_response_id`. */
export interface Chain {
  /** The response that the chain began with. */
  readonly rootId: string;
  readonly conversationId: string;
}

export interface Conversation {
  /** What the log groups calls by, and what the session upstream is named after. */
  readonly id: string;
  /**
   * What it is tied to its account by. Chats that begin alike have one id, because no more is known of them; from their first
   * reply on they have ties of their own, so that one cannot pull the other along.
   */
  readonly tieId: string;
  /** The tie to begin with while it has none: that of the session that sent it out, or of the opening that it shares. */
  readonly parentTieId: string | null;
}

/** Spellings of Codex, OpenCode, Open WebUI and others, in order of trust (PROTOCOL 2.2, CLIENTS). */
const headerNames = [
  'session-id',
  'x-session-id',
  'x-opencode-session',
  'x-session-affinity',
  'x-openwebui-chat-id',
  'thread-id',
  'session_id',
  'conversation_id',
  'x-parent-session-id',
];
const MAX_NAME = 512;

/**
 * The conversation that a request belongs to (FAULTS 2.0): what the client names, else the chain that it goes on from, else a digest of
 * the model and the first messages. Always a digest, so that no text of a client reaches the log, and always of the key too, so that
 * no key can touch the conversations of another.
 */
export function conversationOf(
  headers: IncomingHttpHeaders,
  fields: ConversationFields,
  keyId: string,
  chain: Chain | null = null,
): Conversation {
  const named = nameOf(headers, usable(fields.promptCacheKey));
  if (named !== null) {
    const id = idOf(['named', keyId, named.name]);
    return { id, tieId: id, parentTieId: named.parent === null ? null : idOf(['named', keyId, named.parent]) };
  }
  if (chain !== null) {
    return { id: chain.conversationId, tieId: idOf(['chain', keyId, chain.rootId]), parentTieId: null };
  }
  const { model, instructions, firstUserMessage, firstReply } = fields;
  const id = idOf(['read', keyId, model, instructions, firstUserMessage]);
  if (firstReply === null) return { id, tieId: id, parentTieId: null };
  return { id, tieId: idOf(['reply', id, firstReply]), parentTieId: id };
}

/** The session that Relay names upstream for clients that have none: a UUID (RFC 9562, version 8) that stays the same. */
export function sessionUuid(conversation: string): string {
  const bytes = digestOf(['session', conversation]).subarray(0, 16);
  bytes[6] = (bytes[6]! & 0x0f) | 0x80;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  const hex = bytes.toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

/**
 * A sub-agent of Codex has the cache key of its root and a thread of its own; one of OpenCode has a session of its own and names its
 * parent's. Both are conversations of their own that may begin where their parent is.
 */
function nameOf(headers: IncomingHttpHeaders, cacheKey: string | null): { name: string; parent: string | null } | null {
  const thread = headerText(headers, 'thread-id');
  const parentThread = headerText(headers, 'x-codex-parent-thread-id');
  if (thread !== null && parentThread !== null && thread !== parentThread) {
    return { name: thread, parent: parentThread };
  }
  const name = cacheKey ?? namedByHeader(headers);
  if (name === null) return null;
  const parent = headerText(headers, 'x-parent-session-id');
  return { name, parent: parent === name ? null : parent };
}

function namedByHeader(headers: IncomingHttpHeaders): string | null {
  for (const header of headerNames) {
    const name = headerText(headers, header);
    if (name !== null) return name;
  }
  return null;
}

function headerText(headers: IncomingHttpHeaders, header: string): string | null {
  const value = headers[header];
  return usable(typeof value === 'string' ? value : null);
}

const usable = (name: string | null): string | null => {
  const trimmed = name?.trim() ?? '';
  return trimmed === '' || trimmed.length > MAX_NAME ? null : trimmed;
};

const idOf = (parts: readonly (string | null)[]): string => `conv_${digestOf(parts).toString('hex').slice(0, 32)}`;

/** As JSON, so that no two lists of parts read as the same text. */
const digestOf = (parts: readonly (string | null)[]): Buffer =>
  createHash('sha256').update(JSON.stringify(parts)).digest();
