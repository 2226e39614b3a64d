import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import { RelayError } from '../../src-shared/domain/relay-error.ts';
import type { SocketRoom } from '../config/open-files.ts';
import { rawRefusal } from './raw-refusal.ts';

/** The connections of clients, where only so many can be open. */
export interface Crowd {
  /** How many connections the system may keep waiting until they are taken. */
  readonly backlog: number;
  watch(server: Server): void;
  /** Throws `too_many_calls` for a connection that was one too many when it came. */
  check(socket: Socket): void;
}

export interface CrowdPorts {
  /** What fits; `null` for no limit. */
  readonly room: SocketRoom | null;
  readonly newId: () => string;
  readonly now: () => number;
}

/** What Node asks the system for by itself. */
const USUAL_BACKLOG = 511;

export function createCrowd({ room, newId, now }: CrowdPorts): Crowd {
  const servers: Server[] = [];
  const tooMany = new WeakSet<Socket>();
  let open = 0;
  const refusal = () => new RelayError('too_many_calls', { retryAfterMs: 1_000, close: true });

  return {
    // Who finds no place to wait comes again by itself a moment later, which is better than to be taken and sent away.
    backlog: Math.min(USUAL_BACKLOG, room?.refused ?? USUAL_BACKLOG),
    watch(server) {
      if (room === null) return;
      servers.push(server);
      server.on('connection', (socket: Socket) => {
        open += 1;
        if (open > room.connections) tooMany.add(socket);
        // There is no file left to wait for its request with: the call log needs the next one.
        if (open > room.connections + room.refused) {
          socket.end(rawRefusal(refusal(), newId(), now()));
          socket.destroySoon();
        }
        socket.once('close', () => {
          open -= 1;
        });
      });
    },
    check(socket) {
      if (!tooMany.has(socket)) return;
      for (const server of servers) server.closeIdleConnections();
      throw refusal();
    },
  };
}
