import { createServer, type IncomingMessage, type Server } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import express, { type RequestHandler } from 'express';
import type { SocketRoom } from '../config/open-files.ts';
import { createCrowd } from './crowd.ts';
import { createGatewayHandler, type GatewayHandlerPorts } from './gateway-handler.ts';
import { createHostGuard } from './host-guard.ts';
import { createLanFront } from './lan-front.ts';
import { CHECK_MS, careForServer, createErrorHandler, type ServerCarePorts, serverLimits } from './server-care.ts';
import type { SocketEndpoint } from './socket-endpoint.ts';

export interface HttpServerOptions extends GatewayHandlerPorts, ServerCarePorts {
  readonly sockets: (port: () => number, hosts: () => readonly string[]) => SocketEndpoint;
  /** What fits into the files that may be open; `null` for no limit. */
  readonly room: SocketRoom | null;
  /** Everything that is not the gateway's. */
  readonly dashboard: RequestHandler;
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

/** The one HTTP server of Relay: Host guard, gateway, dashboard, in this order. */
export function createHttpServer(options: HttpServerOptions): HttpServer {
  const { settings } = options;
  let port = 0;
  const hosts = (): string[] => [...settings()['hosts.allowed'], ...(options.lan?.hosts ?? [])];
  const app = express();
  app.disable('x-powered-by');
  app.set('etag', false);
  app.use(createHostGuard(() => port, hosts));
  const crowd = createCrowd(options);
  app.use(createGatewayHandler({ ...options, checkRoom: crowd.check }));
  app.use(options.dashboard);
  app.use(createErrorHandler(options));

  const limits = {
    ...serverLimits(settings()),
    // Java's client offers h2c with each request: what is no WebSocket is the plain request that it also is (RFC 9110, 7.8).
    shouldUpgradeCallback: ({ headers }: IncomingMessage) => headers.upgrade?.toLowerCase() === 'websocket',
  };
  const server = createServer(limits, app);
  const tls = options.lan?.tls ?? null;
  const secure = tls === null ? null : createSecureServer({ ...limits, ...tls, minVersion: 'TLSv1.2' }, app);
  const front =
    options.lan === null ? null : createLanFront({ plain: server, secure, newId: options.newId, now: options.now });
  const all = secure === null ? [server] : [server, secure];
  const sockets = options.sockets(() => port, hosts);
  for (const each of all) serve(each);

  function serve(server: Server): void {
    server.on('upgrade', (request, socket, head) => void sockets.upgrade(request, socket, head));
    careForServer(server, options);
    crowd.watch(server);
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
        server.listen(wanted, address, crowd.backlog, () => {
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
