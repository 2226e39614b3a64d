import type { IncomingHttpHeaders } from 'node:http';
import type { Credential } from '../protocol/credential.ts';

/** What a Codex client sends about its own session (PROTOCOL 2.2); passed unchanged so that lite models and caching work. */
const nativeNames = new Set([
  'version',
  'accept-language',
  'openai-beta',
  'originator',
  'user-agent',
  'session-id',
  'thread-id',
  'session_id',
  'conversation_id',
  'traceparent',
  'tracestate',
]);
const nativePrefixes = ['x-codex-', 'x-openai-', 'x-oai-', 'x-responsesapi-', 'x-client-request-id'];

/** The client's own headers that may go upstream. Everything else, its authorization and cookies first, stays here (FAULTS 1.4). */
export function nativeHeaders(headers: IncomingHttpHeaders): Record<string, string> {
  const kept: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (typeof value !== 'string') continue;
    if (nativeNames.has(name) || nativePrefixes.some((prefix) => name.startsWith(prefix))) kept[name] = value;
  }
  return kept;
}

/** The headers of a request to an upstream, built anew: never the client's with some taken out. */
export function upstreamHeaders(
  own: Readonly<Record<string, string>>,
  credential: Credential,
  accept: string,
): Record<string, string> {
  const headers: Record<string, string> = { ...own, accept, authorization: credential.authorization };
  if (credential.accountId !== null) headers['chatgpt-account-id'] = credential.accountId;
  return headers;
}

/** How Relay names itself for clients that are not Codex: honestly, with their conversation as the session (PROTOCOL 2.8). */
export function relayHeaders(version: string, sessionId: string): Record<string, string> {
  return {
    originator: 'relay',
    'user-agent': `relay/${version}`,
    'session-id': sessionId,
    'thread-id': sessionId,
  };
}
