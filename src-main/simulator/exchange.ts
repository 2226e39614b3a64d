import type { IncomingMessage, ServerResponse } from 'node:http';
import type { RequestRecord } from './journal.ts';
import type { Refusal } from './refusal.ts';

/** One HTTP request on its way through the simulator. */
export interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly body: unknown;
  readonly record: RequestRecord;
  /** Aborts when the client left before the end, or the simulator stops. */
  readonly gone: AbortSignal;
}

export function header(exchange: Exchange, name: string): string | null {
  const value = exchange.request.headers[name];
  return typeof value === 'string' ? value : null;
}

/** Sends a whole answer; a string body goes out as it is. */
export function reply(
  { response, record }: Exchange,
  status: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): void {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const type = typeof body === 'string' ? 'text/html; charset=utf-8' : 'application/json';
  record.status = status;
  record.bytesSent = Buffer.byteLength(text);
  response.writeHead(status, { 'content-type': type, ...headers, 'content-length': String(record.bytesSent) });
  response.end(text);
}

export const refuse = (exchange: Exchange, refusal: Refusal): void =>
  reply(exchange, refusal.status, refusal.body, refusal.headers);
