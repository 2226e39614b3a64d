import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';

/** Stands in front of a server like the way to it: it passes bytes on, until it is cut. */
export interface GapFront {
  /** Without a path. */
  readonly origin: string;
  /** Every connection is gone, and new ones are refused. */
  cut(): Promise<void>;
  mend(): Promise<void>;
  stop(): Promise<void>;
}

export async function startGapFront(target: string): Promise<GapFront> {
  const { hostname, port } = new URL(target);
  const sockets = new Set<Socket>();
  let server: Server | null = null;
  let own = 0;
  const track = (socket: Socket): Socket => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => socket.destroy());
    return socket;
  };
  const mend = async (): Promise<void> => {
    server = createServer((near) => {
      const far = track(connect(Number(port), hostname));
      track(near).pipe(far).pipe(near);
      near.on('close', () => far.destroy());
      far.on('close', () => near.destroy());
    });
    server.listen(own, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    own = typeof address === 'object' && address !== null ? address.port : own;
  };
  const cut = async (): Promise<void> => {
    const closed = server === null ? undefined : once(server, 'close');
    server?.close();
    server = null;
    for (const socket of sockets) socket.resetAndDestroy();
    await closed;
  };
  await mend();
  return { origin: `http://127.0.0.1:${own}`, cut, mend, stop: cut };
}
