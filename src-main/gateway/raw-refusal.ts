import type { RelayError } from '../../src-shared/domain/relay-error.ts';
import { errorBody } from '../protocol/error-body.ts';

/** A whole HTTP answer for a connection that has no response object: a bad request, or an upgrade that is refused. */
export function rawRefusal(error: RelayError, now: number): string {
  const body = JSON.stringify(errorBody(error, now));
  const head = `HTTP/1.1 ${error.status} Refused\r\ncontent-type: application/json\r\nconnection: close\r\n`;
  return `${head}content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
}
