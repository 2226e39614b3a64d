/** Session facts that change from call to call: the handshake's own are those of the moment it was made (PROTOCOL 4.3). */
const sessionFacts = ['x-codex-turn-state', 'x-codex-turn-metadata', 'x-codex-window-id'];
const headerField = /^ws_request_header_([a-z0-9_]+)$/;

/**
 * What a Codex client puts into `client_metadata` of a WebSocket message because a message has no headers (PROTOCOL 2.4): the
 * headers that the same call has over HTTP, the lite flag among them.
 */
export function socketHeaders(clientMetadata: unknown): Record<string, string> {
  const headers: Record<string, string> = {};
  if (typeof clientMetadata !== 'object' || clientMetadata === null) return headers;
  for (const [field, value] of Object.entries(clientMetadata)) {
    if (typeof value !== 'string' || value === '') continue;
    const name = sessionFacts.includes(field) ? field : headerField.exec(field)?.[1]?.replaceAll('_', '-');
    if (name !== undefined) headers[name] = headerText(value);
  }
  return headers;
}

/** Only JSON, with its folder names, can hold other characters than a header takes; JSON has escapes for them. */
const headerText = (value: string): string =>
  value.replace(/[^\x20-\x7e]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
