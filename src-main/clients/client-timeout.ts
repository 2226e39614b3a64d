import type { IncomingHttpHeaders } from 'node:http';

/** How the OpenAI libraries say how long they wait, in seconds: the JavaScript one, the Python one. */
const headerNames = ['x-stainless-timeout', 'x-stainless-read-timeout'];

/** How long a client itself waits for an answer (ms); `null` where it does not say. */
export function clientTimeoutMs(headers: IncomingHttpHeaders): number | null {
  for (const name of headerNames) {
    const seconds = Number(headers[name] ?? '');
    if (Number.isFinite(seconds) && seconds > 0) return seconds * 1_000;
  }
  return null;
}
