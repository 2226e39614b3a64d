import type { Socket } from 'node:net';
import type { WebSocket } from 'ws';
import type { Settings } from '../../src-shared/contract/settings.ts';

export interface WatchedSocket {
  readonly socket: WebSocket;
  /** What carries it. */
  readonly connection: Socket;
  readonly settings: () => Pick<Settings, 'timeouts.clientDrainMs' | 'timeouts.keepAliveMs'>;
  /** The client read nothing for `timeouts.clientDrainMs`: its machine is gone, or it stopped reading. */
  readonly onStalled: () => void;
}

/**
 * Pings a client every `timeouts.keepAliveMs` until its socket closes. Anything that it sends shows that it lives. While something
 * waits here for it, only what the system takes for it does: its pong would come behind all of that, and one that sends without
 * reading fills the memory. Only periods that were watched are counted: a machine that slept gives its clients the whole time anew.
 */
export function watchSocket({ socket, connection, settings, onStalled }: WatchedSocket): void {
  let read = 0;
  let taken = 0;
  let waiting = false;
  let asked = false;
  let silentMs = 0;
  let timer: NodeJS.Timeout;

  const bytesTaken = (): number => connection.bytesWritten - connection.writableLength;

  const look = (periodMs: number): void => {
    const lives = waiting ? bytesTaken() > taken : connection.bytesRead > read;
    if (lives) silentMs = 0;
    else if (asked) silentMs += periodMs;
    if (silentMs >= settings()['timeouts.clientDrainMs']) return onStalled();
    waiting = connection.writableLength > 0;
    if (!waiting && socket.readyState === socket.OPEN) socket.ping();
    asked = true;
    read = connection.bytesRead;
    taken = bytesTaken();
    lookLater();
  };
  const lookLater = (): void => {
    const periodMs = Math.min(settings()['timeouts.keepAliveMs'], settings()['timeouts.clientDrainMs']);
    timer = setTimeout(look, periodMs, periodMs).unref();
  };

  socket.on('close', () => clearTimeout(timer));
  lookLater();
}
