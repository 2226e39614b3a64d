import type { Socket } from 'node:net';
import type { RequestHandler } from 'express';
import { RelayError } from '../../src-shared/domain/relay-error.ts';
import { checkOrigin } from './check-origin.ts';
import type { Gateway } from './gateway.ts';

export interface GatewayHandlerPorts {
  readonly gateway: Gateway;
  /** Relay is shutting down: what runs may finish, nothing new begins. */
  readonly isDraining: () => boolean;
  /** Throws for a connection that is one too many; default: there is always room. */
  readonly checkRoom?: (socket: Socket) => void;
}

/** Lets the gateway answer what is its own; the rest goes on. */
export function createGatewayHandler({ gateway, isDraining, checkRoom }: GatewayHandlerPorts): RequestHandler {
  return (request, response, next) => {
    const { method, path } = request;
    let endpoint: ReturnType<Gateway['route']>;
    try {
      if (method === 'TRACE') throw new RelayError('method_not_allowed', { allow: ['GET', 'HEAD', 'POST'] });
      if (method === 'OPTIONS' && request.headers.origin === undefined) return void response.writeHead(204).end();
      endpoint = gateway.route(method === 'OPTIONS' ? 'POST' : method, path);
      if (endpoint === null) return next();
      checkOrigin(request);
      if (isDraining()) throw new RelayError('shutting_down', { retryAfterMs: 1_000 });
      if (method === 'OPTIONS') throw new RelayError('forbidden_origin');
      checkRoom?.(request.socket);
    } catch (error) {
      return next(error);
    }
    endpoint(request, response).catch(next);
  };
}
