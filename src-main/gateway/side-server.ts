import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import express, { type RequestHandler } from 'express';
import { RelayError } from '../../src-shared/domain/relay-error.ts';
import { careForServer, createErrorHandler, type ServerCarePorts, serverLimits } from './server-care.ts';

/** A listener of its own on the loopback, for those who must not reach what else Relay serves. */
export interface SideServer {
  /** Resolves with the port that was taken. Rejects as the system says (EADDRINUSE, EACCES). */
  listen(port: number): Promise<number>;
  /** Ends every connection, and can be opened again. Never rejects. */
  close(): Promise<void>;
}

/** What no handler answers is not served here. */
export function createSideServer(handlers: readonly RequestHandler[], ports: ServerCarePorts): SideServer {
  const app = express();
  app.disable('x-powered-by');
  app.set('etag', false);
  for (const handler of handlers) app.use(handler);
  app.use(() => {
    throw new RelayError('not_found');
  });
  app.use(createErrorHandler(ports));
  let open: Server | null = null;
  return {
    listen(port) {
      const server = createServer(serverLimits(ports.settings()), app);
      careForServer(server, ports);
      return new Promise((resolve, reject) => {
        server.once('error', reject);
        server.listen(port, '127.0.0.1', () => {
          server.off('error', reject);
          open = server;
          resolve((server.address() as AddressInfo).port);
        });
      });
    },
    async close() {
      const closing = open;
      open = null;
      if (closing === null) return;
      const over = new Promise((resolve) => closing.close(resolve));
      closing.closeAllConnections();
      await over;
    },
  };
}
