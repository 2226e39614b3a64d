import type { IncomingHttpHeaders } from 'node:http';
import { RelayError } from '../../src-shared/domain/relay-error.ts';
import type { Exchanges } from './exchange.ts';

export interface JsonAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** `null` where a refusal is no JSON. */
  readonly body: unknown;
}

/** Larger answers than this are no list of models or limits. */
const MAX_BYTES = 8 * 1024 * 1024;

/** One small GET with a deadline. Rejects with `upstream_connection_error`, `upstream_timeout` or `upstream_invalid_response`. */
export function fetchJson(
  exchanges: Exchanges,
  accountId: string,
  url: URL,
  sentHeaders: Record<string, string>,
  timeoutMs: number,
): Promise<JsonAnswer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    let status = 0;
    let headers: IncomingHttpHeaders = {};
    const stop = (error: RelayError): void => {
      clearTimeout(timer);
      exchange.cancel();
      reject(error);
    };
    const exchange = exchanges.send(
      accountId,
      { url, method: 'GET', headers: sentHeaders, body: null },
      {
        head(givenStatus, givenHeaders) {
          status = givenStatus;
          headers = givenHeaders;
        },
        data(chunk) {
          bytes += chunk.length;
          if (bytes > MAX_BYTES) return stop(new RelayError('upstream_invalid_response'));
          chunks.push(chunk);
        },
        end() {
          clearTimeout(timer);
          try {
            resolve({ status, headers, body: JSON.parse(Buffer.concat(chunks).toString('utf8')) });
          } catch {
            if (status !== 200) return resolve({ status, headers, body: null });
            reject(
              new RelayError('upstream_invalid_response', { message: `${url.host} answered ${status} without JSON.` }),
            );
          }
        },
        error: stop,
      },
    );
    const timer = setTimeout(() => stop(new RelayError('upstream_timeout')), timeoutMs);
  });
}
