import { secretNames } from './secret-names.ts';

export const redacted = '[redacted]';

/** What secrets look like, wherever they stand: a last net under the rule that none is handed to the log at all. */
const secretPatterns: readonly RegExp[] = [
  /\b(?:Bearer|Basic)\s+[\w.~+/=-]*[\w~+/=-]/gi,
  // JSON web tokens: `{"` in base64url.
  /\beyJ[\w-]{4,}(?:\.[\w-]+)*/g,
  // API keys, refresh tokens, personal access tokens, Relay keys.
  /\bsk-[\w-]{4,}/g,
  /\br[tk]_[\w.-]{3,}[\w-]/g,
  /\bat-[\w-]{16,}/g,
  // The dashboard's one-time link, and what sign-in puts into addresses.
  /(?<=\/enter\/)[\w-]{8,}/g,
  /(?<=[?&#](?:code|state|token|key|access_token|refresh_token|id_token|code_verifier)=)[^&\s"'\\]+/gi,
];

/** Replaces whatever looks like a secret. Works on JSON text too: no pattern reaches past a quote. */
export function redact(text: string): string {
  let clean = text;
  for (const pattern of secretPatterns) clean = clean.replace(pattern, redacted);
  return clean;
}

/** What people write and models answer. */
const promptNames = ['body', 'input', 'messages', 'instructions', 'prompt', 'headers'];
const closedNames = new Set([...secretNames, ...promptNames].map(plainName));

/** `access_token`, `Access-Token` and `accessToken` are one name. */
function plainName(name: string): string {
  return name.replace(/[-_]/g, '').toLowerCase();
}

/** Whether a secret or a prompt would stand under this name: its value is never written, whatever it looks like. */
export const isClosedName = (name: string): boolean => closedNames.has(plainName(name));
