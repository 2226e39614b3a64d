import { redact, redacted } from './redact.ts';

/** Names of headers that carry what must never be written down. */
const closed = /auth|cookie|token|secret|api-?key|password|credential|signature/i;

/** Headers as they may be written down: secrets are gone, and a list of values is one line. */
export function safeHeaders(
  headers: Readonly<Record<string, string | readonly string[] | undefined>>,
): Record<string, string> {
  const safe: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value === undefined) continue;
    safe[name] = closed.test(name) ? redacted : redact(typeof value === 'string' ? value : value.join(', '));
  }
  return safe;
}
