import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { NextFunction, Request, Response } from 'express';
import type { Settings } from '../../src-shared/contract/settings.ts';
import { RelayError } from '../../src-shared/domain/relay-error.ts';
import { errorHeaders, errorBody as openAiError, toRelayError } from '../protocol/error-body.ts';
import { halfClosed } from './client-connection.ts';
import type { GatewayLog } from './ports.ts';
import { rawRefusal } from './raw-refusal.ts';

export interface ServerCarePorts {
  readonly settings: () => Settings;
  readonly newId: () => string;
  readonly now: () => number;
  readonly log: GatewayLog;
  /** How its clients read an error; default: as OpenAI says it. */
  readonly errorBody?: (error: RelayError, now: number, path: string) => object;
}

/** Node looks for slow clients this often; its own default of 30 s would make the limits meaningless. */
export const CHECK_MS = 1_000;
const KEEP_ALIVE_MS = 75_000;

/** What every HTTP server of Relay bears from clients. */
export function serverLimits(settings: Settings) {
  return {
    maxHeaderSize: settings['limits.headerBytes'],
    headersTimeout: settings['timeouts.clientHeadersMs'],
    requestTimeout: settings['timeouts.clientHeadersMs'] + settings['timeouts.clientBodyMs'],
    connectionsCheckingInterval: CHECK_MS,
    keepAliveTimeout: KEEP_ALIVE_MS,
    noDelay: true,
  };
}

/** Answers what never becomes a request: a body announced too large, what is not HTTP, a client that closes one side. */
export function careForServer(server: Server, ports: ServerCarePorts): void {
  server.on('checkContinue', (request: IncomingMessage, response: ServerResponse) => {
    const declared = Number(request.headers['content-length'] ?? 0);
    if (declared > ports.settings()['limits.bodyBytes']) {
      return sendError(response, new RelayError('body_too_large'), ports);
    }
    response.writeContinue();
    server.emit('request', request, response);
  });
  server.on('clientError', (error: Error & { code?: string }, socket) => {
    if (!(socket as Socket).writable) return void socket.destroy();
    socket.end(rawRefusal(clientErrorOf(error.code), ports.newId(), ports.now()));
  });
  watchHalfClosed(server);
}

/** The last handler of an app: says what was refused. */
export function createErrorHandler(ports: ServerCarePorts) {
  return (thrown: unknown, request: Request, response: Response, _next: NextFunction): void => {
    const error = toRelayError(thrown);
    if (error.code === 'internal_error') {
      ports.log.error({ err: thrown, path: request.path }, 'A request failed inside Relay');
    }
    sendError(response, error, ports, request.path);
  };
}

function sendError(
  response: ServerResponse,
  error: RelayError,
  { newId, now, errorBody = (failure, at) => openAiError(failure, at) }: ServerCarePorts,
  path = '',
): void {
  if (response.headersSent) return void response.destroy();
  const body = JSON.stringify(errorBody(error, now(), path));
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
