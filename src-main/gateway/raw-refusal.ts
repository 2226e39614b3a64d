import type { RelayError } from '../../src-shared/domain/relay-error.ts';
import { errorBody, errorHeaders } from '../protocol/error-body.ts';

/** A whole HTTP answer for a connection that has no response object: a bad request, or an upgrade that is refused. */
export function rawRefusal(error: RelayError, id: string, now: number): string {
  const body = JSON.stringify(errorBody(error, now));
  const headers = {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(body),
    'x-request-id': id,
    ...errorHeaders(error),
    connection: 'close',
  };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  return `HTTP/1.1 ${error.status} Refused\r\n${lines.join('')}\r\n${body}`;
}
