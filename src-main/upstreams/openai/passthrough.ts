import type { IncomingHttpHeaders } from 'node:http';
import type { Credential } from '../../protocol/credential.ts';
import type { Exchanges } from '../exchange.ts';
import { upstreamHeaders } from '../request-headers.ts';
import type { UpstreamAccount } from '../upstream.ts';
import { endpointOf } from './openai-upstream.ts';

export interface PassedRequest {
  readonly method: 'GET' | 'POST';
  /** With its `/v1`. */
  readonly path: string;
  readonly headers: Record<string, string>;
  readonly body: Buffer | null;
}

export interface PassedObserver {
  head(status: number, headers: IncomingHttpHeaders): void;
  /** False when the client is slow: `resume` follows. */
  data(chunk: Buffer): boolean;
  end(): void;
  error(error: Error): void;
}

/** A request that Relay does not understand, sent to an API-key account as it came but for its headers. */
export function passThrough(
  exchanges: Exchanges,
  defaultBaseUrl: string,
  account: UpstreamAccount,
  credential: Credential,
  request: PassedRequest,
  observer: PassedObserver,
): { cancel(): void; resume(): void } {
  const url = endpointOf(account, defaultBaseUrl, request.path.replace(/^\/v1\//, ''));
  const headers = upstreamHeaders(request.headers, credential, '*/*');
  const exchange = exchanges.send(
    account.id,
    { url, method: request.method, headers, body: request.body },
    {
      head: observer.head,
      data(chunk) {
        if (!observer.data(chunk)) exchange.pause();
      },
      end: observer.end,
      error: observer.error,
    },
  );
  return exchange;
}
