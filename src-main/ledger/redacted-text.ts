import { literalPattern } from '../log/literal-pattern.ts';
import { redact, redacted } from '../log/redact.ts';
import { secretNames } from '../log/secret-names.ts';

/** `access_token`, `Access-Token` and `accessToken` are one name. */
const closedNames = secretNames.map((name) => name.replaceAll('-', '[-_]?'));

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
  const closed = closedValues([...closedNames, ...left.map(literalPattern)], short);
  const clean = redact(closed);
  if (left.length === 0) return clean;
  return clean.replace(new RegExp(left.map(literalPattern).sort(longestFirst).join('|'), 'gi'), redacted);
}

/** Empties the values of members: strings, also in JSON that is itself in a string, numbers and words. */
function closedValues(names: readonly string[], text: string): string {
  const named = names.join('|');
  const plain = new RegExp(`("(?:${named})"\\s*:\\s*)(?:"(?:[^"\\\\]|\\\\.)*"?|[^"\\s,{}[\\]]+)`, 'gi');
  const quoted = new RegExp(`((\\\\+)"(?:${named})\\2"\\s*:\\s*\\2")[\\s\\S]*?(?=\\2"|$)`, 'gi');
  return text.replace(plain, `$1"${redacted}"`).replace(quoted, `$1${redacted}`);
}

const longestFirst = (a: string, b: string): number => b.length - a.length;
