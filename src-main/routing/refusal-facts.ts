import type { IncomingHttpHeaders } from 'node:http';
import type { Frame } from '../protocol/sse-frames.ts';

/** A refusal as it stands, before anyone says what it means. */
export interface RefusalFacts {
  /** HTTP status, or the one that the event names; `null` where there is none. */
  readonly status: number | null;
  readonly headers: IncomingHttpHeaders;
  /** The parsed body or event; `undefined` where it is not JSON. */
  readonly body: unknown;
}

export const refusalOfAnswer = (status: number, headers: IncomingHttpHeaders, body: Buffer): RefusalFacts => ({
  status,
  headers,
  body: parse(body),
});

/** Error events name the status and the headers that they stand for as members (PROTOCOL 4.4, FAULTS 1.2.2). */
export function refusalOfEvent(frame: Frame, headers: IncomingHttpHeaders): RefusalFacts {
  const body = parse(frame.buf.subarray(frame.dataStart, frame.dataEnd));
  const event = record(body);
  const status = event?.['status'] ?? event?.['status_code'];
  return {
    status: typeof status === 'number' ? status : null,
    headers: { ...headers, ...headersOf(record(event?.['headers'])) },
    body,
  };
}

function headersOf(given: Record<string, unknown> | null): IncomingHttpHeaders {
  const headers: IncomingHttpHeaders = {};
  for (const [name, value] of Object.entries(given ?? {})) headers[name.toLowerCase()] = String(value);
  return headers;
}

function parse(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch {
    return undefined;
  }
}

const record = (value: unknown): Record<string, unknown> | null =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : null;
