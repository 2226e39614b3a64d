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
}

/** Spellings of Codex, OpenCode and others, in order of trust (PROTOCOL 2.2, CLIENTS). */
const headerNames = [
  'session-id',
  'x-session-id',
  'x-opencode-session',
  'thread-id',
  'session_id',
  'conversation_id',
  'x-parent-session-id',
];
const MAX_NAME = 512;

/**
 * The conversation that a request belongs to (FAULTS 2.0): what the client names, else a digest of the model and the
 * first messages. Always a digest, so that no text of a client reaches the log, and always of the key too, so that no
 * key can touch the conversations of another.
 */
export function conversationId(headers: IncomingHttpHeaders, fields: ConversationFields, keyId: string): string {
  const name = usable(fields.promptCacheKey) ?? namedByHeader(headers);
  const { model, instructions, firstUserMessage } = fields;
  const parts = name === null ? ['read', keyId, model, instructions, firstUserMessage] : ['named', keyId, name];
  return `conv_${digestOf(parts).toString('hex').slice(0, 32)}`;
}

/** The session that Relay names upstream for clients that have none: a UUID (RFC 9562, version 8) that stays the same. */
export function sessionUuid(conversation: string): string {
  const bytes = digestOf(['session', conversation]).subarray(0, 16);
  bytes[6] = (bytes[6]! & 0x0f) | 0x80;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  const hex = bytes.toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

function namedByHeader(headers: IncomingHttpHeaders): string | null {
  for (const header of headerNames) {
    const value = headers[header];
    const name = usable(typeof value === 'string' ? value : null);
    if (name !== null) return name;
  }
  return null;
}

const usable = (name: string | null): string | null => {
  const trimmed = name?.trim() ?? '';
  return trimmed === '' || trimmed.length > MAX_NAME ? null : trimmed;
};

/** As JSON, so that no two lists of parts read as the same text. */
const digestOf = (parts: readonly (string | null)[]): Buffer =>
  createHash('sha256').update(JSON.stringify(parts)).digest();
