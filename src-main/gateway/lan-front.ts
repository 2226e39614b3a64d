import type { Server } from 'node:http';
import type { Server as SecureServer } from 'node:https';
import { type AddressInfo, createServer, type Server as NetServer, type Socket } from 'node:net';
import { RelayError } from '../../src-shared/domain/relay-error.ts';
import { rawRefusal } from './raw-refusal.ts';

export interface LanFrontPorts {
  readonly plain: Server;
  /** `null`: the person has chosen to do without encryption. */
  readonly secure: SecureServer | null;
  readonly newId: () => string;
  readonly now: () => number;
}

/** The first byte of a TLS handshake (RFC 8446, 5.1). */
const HANDSHAKE = 22;
const FIRST_BYTE_MS = 10_000;

/**
 * Takes connections where other machines reach Relay. On one port this machine's own programs go on speaking plain HTTP,
 * and others TLS: the first byte tells. Plain HTTP from another machine is refused before anything of it is read.
 */
export function createLanFront({ plain, secure, newId, now }: LanFrontPorts) {
  const servers: NetServer[] = [];
  /** Those that have sent nothing yet, or were refused: no server behind this one knows them. */
  const unsorted = new Set<Socket>();
  // They do not listen themselves, and begin to look for slow clients only with this event.
  for (const server of [plain, secure]) if (server !== null && !server.listening) server.emit('listening');

  function sort(socket: Socket): void {
    if (secure === null) return void plain.emit('connection', socket);
    unsorted.add(socket);
    const limit = setTimeout(() => socket.destroy(), FIRST_BYTE_MS);
    socket.once('error', () => socket.destroy());
    socket.once('close', () => {
      clearTimeout(limit);
      unsorted.delete(socket);
    });
    socket.once('data', (bytes: Buffer) => {
      const server = bytes[0] === HANDSHAKE ? secure : isLoopback(socket.remoteAddress) ? plain : null;
      if (server === null) {
        // What it goes on to send is let pass by, so that its end is seen.
        socket.resume();
        return void socket.end(rawRefusal(new RelayError('permission_denied', { message: onlyTls }), newId(), now()));
      }
      clearTimeout(limit);
      unsorted.delete(socket);
      socket.pause();
      socket.unshift(bytes);
      server.emit('connection', socket);
      process.nextTick(() => socket.resume());
    });
  }

  return {
    /** Resolves with the port that was taken. */
    listen(port: number, address: string): Promise<number> {
      const server = createServer({ allowHalfOpen: true, noDelay: true }, sort);
      servers.push(server);
      return new Promise((resolve, reject) => {
        server.once('error', reject);
        server.listen(port, address, () => {
          server.off('error', reject);
          resolve((server.address() as AddressInfo).port);
        });
      });
    },
    /** Resolves when the last connection has ended. */
    async close(): Promise<void> {
      for (const socket of unsorted) socket.destroy();
      await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
    },
  };
}

const onlyTls = 'From other machines Relay takes https only. Use https:// in the base URL.';

const isLoopback = (address: string | undefined): boolean =>
  address !== undefined && (address === '::1' || /^(::ffff:)?127\./.test(address));
