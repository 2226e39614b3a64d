import type { CallRecord } from '../../../src-shared/contract/call.ts';
import type { CapturedBody } from '../../../src-shared/contract/call-bodies.ts';

const paths: Readonly<Record<CallRecord['endpoint'], string>> = {
  responses: '/v1/responses',
  websocket: '/v1/responses',
  chat: '/v1/chat/completions',
  compact: '/v1/responses/compact',
  ollama: '/api/chat',
  passthrough: '/v1',
};

/**
 * A line for a POSIX shell that sends such a call again. The key is a variable, never a key; without a whole captured body
 * the body is the least that asks the same model for something.
 */
export function callCurl(call: CallRecord, body: CapturedBody | null, origin: string): string {
  const lines = [
    `curl -sS ${quoted(origin + paths[call.endpoint])}`,
    '-H "Authorization: Bearer $RELAY_KEY"',
    "-H 'Content-Type: application/json'",
    `--data-binary ${quoted(body === null || body.cut ? leastBody(call) : body.text)}`,
  ];
  return lines.join(' \\\n  ');
}

function leastBody({ endpoint, modelAsked: model, stream }: CallRecord): string {
  const isChat = endpoint === 'chat' || endpoint === 'ollama';
  const asked = isChat ? { messages: [{ role: 'user', content: 'Hello' }] } : { input: 'Hello' };
  return JSON.stringify({ model, ...asked, ...(endpoint === 'compact' ? {} : { stream }) });
}

/** One word of a POSIX shell, whatever stands in it. */
const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;
