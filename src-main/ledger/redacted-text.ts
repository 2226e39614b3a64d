import { redact, redacted } from '../log/redact.ts';

/** Members whose values are secrets whatever they look like. */
const closedNames = [
  'authorization',
  'proxy-authorization',
  'cookie',
  'set-cookie',
  'api_key',
  'apikey',
  'api-key',
  'x-api-key',
  'secret',
  'client_secret',
  'password',
  'passphrase',
  'token',
  'access_token',
  'refresh_token',
  'id_token',
  'private_key',
];

/** Images, files and encrypted state; a run of letters alone, or a ruler of dashes, is none. */
const base64Run = /[A-Za-z0-9+/_-]{256,}={0,2}/g;

/**
 * A body's text without secrets and without `left`: words wherever they stand, in any case, and the values of members of that
 * name. Long base64 becomes its length and digest. Works on text that is cut anywhere, and on JSON inside a JSON string.
 */
export function redactText(text: string, left: readonly string[], digestOf: (text: string) => string): string {
  const short = text.replace(base64Run, (run) =>
    /\d/.test(run) && /[a-z]/.test(run) && /[A-Z]/.test(run) ? `[base64 ${run.length} sha256 ${digestOf(run)}]` : run,
  );
  const closed = closedValues([...closedNames, ...left], short);
  const clean = redact(closed);
  if (left.length === 0) return clean;
  return clean.replace(new RegExp(left.map(literal).sort(longestFirst).join('|'), 'gi'), redacted);
}

/** Empties the values of members: strings, also in JSON that is itself in a string, numbers and words. */
function closedValues(names: readonly string[], text: string): string {
  const named = names.map(literal).sort(longestFirst).join('|');
  const plain = new RegExp(`("(?:${named})"\\s*:\\s*)(?:"(?:[^"\\\\]|\\\\.)*"?|[^"\\s,{}[\\]]+)`, 'gi');
  const quoted = new RegExp(`((\\\\+)"(?:${named})\\2"\\s*:\\s*\\2")[\\s\\S]*?(?=\\2"|$)`, 'gi');
  return text.replace(plain, `$1"${redacted}"`).replace(quoted, `$1${redacted}`);
}

const literal = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
const longestFirst = (a: string, b: string): number => b.length - a.length;
