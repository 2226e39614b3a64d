import * as oauth from 'oauth4webapi';
import { Agent, fetch } from 'undici';
import type { Clock } from '../../src-shared/domain/clock.ts';
import type { Timers } from '../../src-shared/domain/timers.ts';
import { isLoopback } from '../config/upstream-url.ts';
import { createTurns } from '../secrets/turns.ts';
import { createServiceClock, type ServiceClock } from './clock-skew.ts';
import { IssuerRefusal, issuerFailure } from './issuer-refusal.ts';

export interface IssuerPorts {
  /** Without a trailing slash; https, or http on this machine. */
  readonly url: string;
  /** Relay's own, for the user agent. */
  readonly version: string;
  readonly clock: Clock;
  readonly timers: Timers;
}

/** The sign-in service of ChatGPT logins: where it is, who Relay is to it, and the one way to send it anything. */
export interface Issuer {
  readonly url: string;
  /** For sentences. */
  readonly host: string;
  /** Its fixed endpoints (PROTOCOL 1.1, 1.4); nothing is looked up. */
  readonly server: oauth.AuthorizationServer;
  readonly clientId: string;
  readonly authentication: oauth.ClientAuth;
  /** The clock by which tokens are judged: learnt from every answer. */
  readonly clock: ServiceClock;
  /**
   * The client for oauth4webapi. With an answer its clock is the service's own, by the `Date` header, so that a wrong
   * clock on this machine makes no token look expired.
   */
  client(response?: Response): oauth.Client;
  /** For every request that oauth4webapi makes: `send`, and how Relay names itself. */
  readonly requests: {
    readonly [oauth.customFetch]: Issuer['send'];
    readonly [oauth.allowInsecureRequests]: boolean;
    readonly headers: Record<string, string>;
  };
  /**
   * Sends one request and reads the whole answer. Redirects are not followed. Rejects with IssuerRefusal where the
   * answer is not a success, else with RelayError `upstream_connection_error`, `upstream_timeout` or
   * `upstream_invalid_response`.
   */
  send(url: string, request: IssuerRequest): Promise<Response>;
  /** One token exchange at a time in the whole program, whatever it is for (FAULTS 1.3). */
  readonly inTurn: <T>(exchange: () => Promise<T>) => Promise<T>;
  close(): Promise<void>;
}

export interface IssuerRequest {
  readonly method: string;
  readonly headers: Record<string, string>;
  readonly body?: unknown;
  /** Until the whole answer is there; 30 s unless given. */
  readonly timeoutMs?: number;
}

/** The public client id of the Codex CLI (PROTOCOL 1.1). */
const CLIENT_ID = 'app_EMoamEEZ73f0CkXaXp7hrann';
const TIMEOUT_MS = 30_000;
/** No token reply comes near this size. */
const MAX_BYTES = 256 * 1_024;

export function createIssuer({ url, version, clock, timers }: IssuerPorts): Issuer {
  const agent = new Agent({ connect: { timeout: TIMEOUT_MS } });
  const { protocol, hostname, host } = new URL(url);
  const serviceClock = createServiceClock(clock);
  const headers = { originator: 'relay', 'user-agent': `relay/${version}` };

  const send: Issuer['send'] = async (target, request) => {
    const late = new AbortController();
    const cancel = timers.set(request.timeoutMs ?? TIMEOUT_MS, () => late.abort());
    const sentAt = clock.monotonic();
    try {
      const response = await fetch(target, {
        method: request.method,
        headers: { ...request.headers, ...headers },
        body: request.body instanceof URLSearchParams ? request.body.toString() : asBody(request.body),
        redirect: 'manual',
        signal: late.signal,
        dispatcher: agent,
      });
      serviceClock.observe(response.headers.get('date'), clock.monotonic() - sentAt);
      const text = await readText(response.body);
      if (response.status !== 200) throw new IssuerRefusal(host, response.status, text);
      return new Response(text, { status: 200, headers: [...response.headers] });
    } catch (error) {
      throw issuerFailure(error, host, late.signal.aborted);
    } finally {
      cancel();
    }
  };

  return {
    url,
    host,
    server: {
      issuer: url,
      authorization_endpoint: `${url}/oauth/authorize`,
      token_endpoint: `${url}/oauth/token`,
      revocation_endpoint: `${url}/oauth/revoke`,
      id_token_signing_alg_values_supported: ['RS256'],
      code_challenge_methods_supported: ['S256'],
    },
    clientId: CLIENT_ID,
    authentication: oauth.None(),
    clock: serviceClock,
    client(response) {
      const date = Date.parse(response?.headers.get('date') ?? '');
      const serviceTime = Number.isNaN(date) ? clock.now() : date;
      // oauth4webapi reads the system's clock and nothing else.
      return { client_id: CLIENT_ID, [oauth.clockSkew]: Math.round((serviceTime - Date.now()) / 1_000) };
    },
    requests: {
      [oauth.customFetch]: send,
      [oauth.allowInsecureRequests]: protocol === 'http:' && isLoopback(hostname),
      headers,
    },
    send,
    inTurn: createTurns(),
    close: () => agent.destroy(),
  };
}

const asBody = (body: unknown): string | null => (typeof body === 'string' ? body : null);

async function readText(body: AsyncIterable<Uint8Array> | null): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of body ?? []) {
    bytes += chunk.byteLength;
    if (bytes > MAX_BYTES) throw new RangeError('The answer is too large.');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
