import type { IncomingHttpHeaders } from 'node:http';
import type { Readable } from 'node:stream';
import { Agent, type Dispatcher } from 'undici';
import { RelayError } from '../../src-shared/domain/relay-error.ts';
import { connectionWords } from '../protocol/connection-words.ts';

export interface ExchangeRequest {
  readonly url: URL;
  readonly method: 'GET' | 'POST';
  readonly headers: Record<string, string>;
  readonly body: Buffer | Readable | null;
}

export interface ExchangeObserver {
  /** The response's head; redirects are never followed (FAULTS U-26). */
  head(status: number, headers: IncomingHttpHeaders): void;
  data(chunk: Buffer): void;
  end(): void;
  /** Called at most once, and never after `end` or `cancel`. */
  error(error: RelayError): void;
}

export interface Exchange {
  pause(): void;
  resume(): void;
  /** Closes the upstream's socket; the observer hears nothing more. */
  cancel(): void;
}

export interface Exchanges {
  /** One request to one account's upstream, over connections that no other account shares. */
  send(accountId: string, request: ExchangeRequest, observer: ExchangeObserver): Exchange;
  /** Drops the connections of an account that is gone. */
  forget(accountId: string): void;
  /** Lets go of all idle connections: after sleep they are dead, and nobody has told this machine. Running ones end normally. */
  renew(): void;
  close(): Promise<void>;
}

/** Raw HTTP to upstreams by undici's dispatch, the cheapest way measured (PERFORMANCE). Clocks are the caller's, but for connecting. */
export function createExchanges(connectMs: () => number): Exchanges {
  const agents = new Map<string, { agent: Agent; connectMs: number }>();

  const agentOf = (accountId: string): Agent => {
    const timeout = connectMs();
    const known = agents.get(accountId);
    if (known !== undefined && known.connectMs === timeout) return known.agent;
    if (known !== undefined) void known.agent.close();
    const agent = new Agent({ connect: { timeout }, headersTimeout: 0, bodyTimeout: 0, pipelining: 1, allowH2: false });
    agents.set(accountId, { agent, connectMs: timeout });
    return agent;
  };

  return {
    send(accountId, request, observer) {
      let controller: Dispatcher.DispatchController | null = null;
      let over = false;
      let cancelled = false;
      const { url, method, headers, body } = request;
      const handler: Dispatcher.DispatchHandler = {
        onRequestStart(given) {
          controller = given;
          if (cancelled) given.abort(new Error('cancelled'));
        },
        onResponseStart(_given, status, responseHeaders) {
          if (!over && status >= 200) observer.head(status, responseHeaders);
        },
        onResponseData(_given, chunk) {
          if (!over) observer.data(chunk);
        },
        onResponseEnd() {
          if (over) return;
          over = true;
          observer.end();
        },
        onResponseError(_given, error) {
          if (over) return;
          over = true;
          observer.error(connectionError(error, url.host));
        },
      };
      agentOf(accountId).dispatch(
        { origin: url.origin, path: url.pathname + url.search, method, headers, body },
        handler,
      );
      return {
        pause: () => controller?.pause(),
        resume: () => controller?.resume(),
        cancel() {
          if (over) return;
          over = true;
          cancelled = true;
          controller?.abort(new Error('cancelled'));
        },
      };
    },
    forget(accountId) {
      void agents.get(accountId)?.agent.close();
      agents.delete(accountId);
    },
    renew() {
      for (const { agent } of agents.values()) void agent.close();
      agents.clear();
    },
    async close() {
      await Promise.all([...agents.values()].map(({ agent }) => agent.destroy()));
      agents.clear();
    },
  };
}

/** Error codes of Node and undici, in words; the host is configuration and may be named. */
function connectionError(error: Error & { code?: string }, host: string): RelayError {
  const code = error.code ?? '';
  return new RelayError('upstream_connection_error', {
    message: `${host} could not be reached: ${connectionWords(code)}.`,
    cause: error,
  });
}
