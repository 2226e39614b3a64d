import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import express, { type NextFunction, type Request, type RequestHandler, type Response } from 'express';
import type { Settings } from '../../src-shared/contract/settings.ts';
import { RelayError } from '../../src-shared/domain/relay-error.ts';
import { errorBody, errorHeaders, toRelayError } from '../protocol/error-body.ts';
import { checkOrigin } from './admission.ts';
import { halfClosed } from './client-connection.ts';
import type { Gateway } from './gateway.ts';
import { createHostGuard } from './host-guard.ts';
import { createLanFront } from './lan-front.ts';
import type { GatewayLog } from './ports.ts';
import { rawRefusal } from './raw-refusal.ts';
import type { SocketEndpoint } from './socket-endpoint.ts';

export interface HttpServerOptions {
  readonly gateway: Gateway;
  readonly sockets: (port: () => number, hosts: () => readonly string[]) => SocketEndpoint;
  /** Relay is shutting down: what runs may finish, nothing new begins. */
  readonly isDraining: () => boolean;
  /** Everything that is not the gateway's. */
  readonly dashboard: RequestHandler;
  readonly settings: () => Settings;
  readonly newId: () => string;
  readonly now: () => number;
  readonly log: GatewayLog;
  /** Other machines may come in: under these names besides the setting's, and with TLS unless it is `null`. */
  readonly lan: {
    readonly hosts: readonly string[];
    readonly tls: { readonly cert: string; readonly key: string } | null;
  } | null;
}

export interface HttpServer {
  /** Resolves with the port that was taken. Rejects as the system says (EADDRINUSE, EACCES). */
  listen(port: number, address: string): Promise<number>;
  /** Takes no more connections and ends those that are idle. */
  close(): Promise<void>;
}

/** Node looks for slow clients this often; its own default of 30 s would make the limits meaningless. */
const CHECK_MS = 1_000;
const KEEP_ALIVE_MS = 75_000;

/** The one HTTP server of Relay: Host guard, gateway, dashboard, in this order. */
export function createHttpServer(options: HttpServerOptions): HttpServer {
  const { settings } = options;
  let port = 0;
  const hosts = (): string[] => [...settings()['hosts.allowed'], ...(options.lan?.hosts ?? [])];
  const app = express();
  app.disable('x-powered-by');
  app.set('etag', false);
  app.use(createHostGuard(() => port, hosts));
  app.use(gatewayHandler(options));
  app.use(options.dashboard);
  app.use((thrown: unknown, request: Request, response: Response, _next: NextFunction) => {
    const error = toRelayError(thrown);
    if (error.code === 'internal_error')
      options.log.error({ err: thrown, path: request.path }, 'A request failed inside Relay');
    sendError(response, error, options);
  });

  const limits = {
    maxHeaderSize: settings()['limits.headerBytes'],
    headersTimeout: settings()['timeouts.clientHeadersMs'],
    requestTimeout: settings()['timeouts.clientHeadersMs'] + settings()['timeouts.clientBodyMs'],
    connectionsCheckingInterval: CHECK_MS,
    keepAliveTimeout: KEEP_ALIVE_MS,
    noDelay: true,
  };
  const server = createServer(limits, app);
  const tls = options.lan?.tls ?? null;
  const secure = tls === null ? null : createSecureServer({ ...limits, ...tls, minVersion: 'TLSv1.2' }, app);
  const front = options.lan === null ? null : createLanFront({ plain: server, secure, now: options.now });
  const all = secure === null ? [server] : [server, secure];
  const sockets = options.sockets(() => port, hosts);
  for (const each of all) serve(each);

  function serve(server: Server): void {
    server.on('upgrade', (request, socket, head) => void sockets.upgrade(request, socket, head));
    server.on('checkContinue', (request: IncomingMessage, response: ServerResponse) => {
      const declared = Number(request.headers['content-length'] ?? 0);
      if (declared > settings()['limits.bodyBytes'])
        return sendError(response, new RelayError('body_too_large'), options);
      response.writeContinue();
      server.emit('request', request, response);
    });
    server.on('clientError', (error: Error & { code?: string }, socket) => {
      if (!(socket as Socket).writable) return void socket.destroy();
      socket.end(rawRefusal(clientErrorOf(error.code), options.now()));
    });
    watchHalfClosed(server);
  }

  return {
    async listen(wanted, address) {
      if (front !== null) {
        const addresses = isWildcard(address) ? [address] : ['127.0.0.1', address];
        for (const each of addresses) port = await front.listen(port || wanted, each);
        return port;
      }
      return new Promise((resolve, reject) => {
        server.once('error', reject);
        server.listen(wanted, address, () => {
          server.off('error', reject);
          port = (server.address() as AddressInfo).port;
          resolve(port);
        });
      });
    },
    close() {
      sockets.close();
      const ended = front === null ? closed(server) : front.close();
      for (const each of all) {
        // These only stop looking for slow clients where the front listens in their place.
        if (front !== null) each.close();
        each.closeIdleConnections();
        setTimeout(() => each.closeAllConnections(), CHECK_MS).unref();
      }
      return ended;
    },
  };
}

const closed = (server: Server): Promise<void> => new Promise((resolve) => server.close(() => resolve()));

const isWildcard = (address: string): boolean => address === '0.0.0.0' || address === '::';

function gatewayHandler(options: HttpServerOptions): RequestHandler {
  return (request, response, next) => {
    const { method, path } = request;
    let endpoint: ReturnType<Gateway['route']>;
    try {
      if (method === 'TRACE') throw new RelayError('method_not_allowed');
      if (method === 'OPTIONS' && request.headers.origin === undefined) return void response.writeHead(204).end();
      endpoint = options.gateway.route(method === 'OPTIONS' ? 'POST' : method, path);
      if (endpoint === null) return next();
      checkOrigin(request);
      if (options.isDraining()) throw new RelayError('shutting_down', { retryAfterMs: 1_000 });
      if (method === 'OPTIONS') throw new RelayError('forbidden_origin');
    } catch (error) {
      return next(error);
    }
    endpoint(request, response).catch(next);
  };
}

function sendError(response: ServerResponse, error: RelayError, { newId, now }: HttpServerOptions): void {
  if (response.headersSent) return void response.destroy();
  const body = JSON.stringify(errorBody(error, now()));
  response.writeHead(error.status, {
    'content-type': 'application/json',
    'content-length': String(Buffer.byteLength(body)),
    'x-request-id': newId(),
    ...errorHeaders(error),
  });
  response.end(body);
}

const clientErrorOf = (code: string | undefined): RelayError => {
  if (code === 'HPE_HEADER_OVERFLOW') return new RelayError('headers_too_large');
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return new RelayError('request_timeout');
  return new RelayError('invalid_value', { message: 'This is not a valid HTTP request.' });
};

/** The first write after the client left is answered with a reset; only the next one tells of it. */
const SECOND_PROBE_MS = 20;

/** Tells a running answer that its client has closed its sending side: it may still read, or be gone. */
function watchHalfClosed(server: Server): void {
  const running = new WeakMap<Socket, ServerResponse>();
  (server as Server & { httpAllowHalfOpen: boolean }).httpAllowHalfOpen = true;
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    running.set(request.socket, response);
  });
  server.on('connection', (socket: Socket) => {
    socket.on('end', () => {
      const response = running.get(socket);
      if (response === undefined) return;
      response.emit(halfClosed);
      setTimeout(() => response.emit(halfClosed), SECOND_PROBE_MS).unref();
    });
  });
}
