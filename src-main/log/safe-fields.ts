import { isClosedName, redacted } from './redact.ts';

const maxDepth = 4;
const maxItems = 50;
const maxTextLength = 4_000;

/** What of a log line's fields may be written: plain values, bounded in size, closed names emptied, errors spelled out. */
export function safeFields(fields: object): Record<string, unknown> {
  return safeObject(fields, 0);
}

function safeObject(value: object, depth: number): Record<string, unknown> {
  const entries = Object.entries(value).slice(0, maxItems);
  return Object.fromEntries(
    entries.map(([name, item]) => [name, isClosedName(name) ? redacted : safeValue(item, depth + 1)]),
  );
}

function safeValue(value: unknown, depth: number): unknown {
  if (typeof value === 'string') return shorten(value);
  if (typeof value === 'bigint') return String(value);
  if (typeof value !== 'object' || value === null) return typeof value === 'function' ? '[function]' : value;
  if (depth > maxDepth) return '[nested]';
  if (value instanceof Error) return describeError(value, depth);
  if (value instanceof Date) return value.toJSON();
  if (ArrayBuffer.isView(value)) return `[${value.byteLength} bytes]`;
  if (Array.isArray(value)) return value.slice(0, maxItems).map((item) => safeValue(item, depth + 1));
  return safeObject(value, depth);
}

/** Not an error's own fields: libraries hang requests, headers and bodies on them. */
function describeError(error: Error, depth: number): Record<string, unknown> {
  const code = 'code' in error && typeof error.code === 'string' ? { code: error.code } : {};
  const cause = error.cause === undefined ? {} : { cause: safeValue(error.cause, depth + 1) };
  return { name: error.name, ...code, message: shorten(error.message), stack: shorten(error.stack ?? ''), ...cause };
}

const shorten = (text: string): string => (text.length > maxTextLength ? `${text.slice(0, maxTextLength)}…` : text);
