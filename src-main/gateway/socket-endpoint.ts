import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocket, WebSocketServer } from 'ws';
import { RelayError } from '../../src-shared/domain/relay-error.ts';
import { toRelayError } from '../protocol/error-body.ts';
import { withoutProject } from './asked-project.ts';
import { checkOrigin } from './check-origin.ts';
import { isAllowedHost } from './host-guard.ts';
import type { GatewayPorts } from './ports.ts';
import { rawRefusal } from './raw-refusal.ts';
import { tooLarge } from './read-body.ts';
import { gatewayPath } from './route-path.ts';
import { CHECK_MS } from './server-care.ts';
import { errorFrame } from './socket-answer.ts';
import { socketCaller } from './socket-caller.ts';
import { closeCodes } from './socket-close-codes.ts';
import { converse } from './socket-conversation.ts';

export interface SocketEndpoint {
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void>;
  close(): void;
}

/** WebSocket on /v1/responses, as the Codex CLI speaks it (PROTOCOL 4): each `response.create` is a call of its own. */
export function createSocketEndpoint(
  ports: GatewayPorts,
  port: () => number,
  hosts: () => readonly string[],
): SocketEndpoint {
  const limit = (): number => ports.settings()['limits.bodyBytes'];
  /** Says what is wrong with a frame over the limit before ws closes for it: its own error comes when nothing can be sent. */
  class ClientSocket extends WebSocket {
    override close(code?: number, reason?: string | Buffer): void {
      if (code === closeCodes.tooLarge && this.readyState === WebSocket.OPEN) {
        this.send(JSON.stringify(errorFrame(tooLarge(limit()), ports.clock.now())));
      }
      super.close(code, reason);
    }
  }
  const server = new WebSocketServer({ noServer: true, perMessageDeflate: false, WebSocket: ClientSocket });
  server.on('wsClientError', (_error, socket, { method }) => {
    const error = method === 'GET' ? new RelayError('upgrade_required') : new RelayError('method_not_allowed');
    socket.end(rawRefusal(error, ports.newId(), ports.clock.now()));
  });
  return {
    async upgrade(request, socket, head) {
      socket.on('error', () => socket.destroy());
      try {
        if (!isAllowedHost(request.headers.host, port(), hosts())) {
          throw new RelayError('forbidden_host');
        }
        checkOrigin(request);
        const path = new URL(request.url ?? '/', 'http://relay.invalid').pathname;
        if (gatewayPath(withoutProject(path)) !== '/v1/responses') throw new RelayError('not_found');
        if (ports.active.draining()) throw new RelayError('shutting_down', { retryAfterMs: 1_000 });
        const identity = await socketCaller(request, ports);
        // A socket is opened with the limit of its time; a lower one holds at its next request.
        server.options.maxPayload = limit();
        server.handleUpgrade(request, socket, head, (opened) => converse(ports, opened, request, identity));
      } catch (thrown) {
        socket.end(rawRefusal(toRelayError(thrown), ports.newId(), ports.clock.now()));
      }
    },
    close() {
      for (const socket of server.clients) {
        socket.close(closeCodes.restart, 'Relay is shutting down');
        // A client that is gone or reads nothing answers no close; the end of Relay does not wait for it.
        setTimeout(() => socket.terminate(), CHECK_MS).unref();
      }
      server.close();
    },
  };
}
