import type { Socket } from 'node:net';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { WebSocket } from 'ws';
import { watchSocket } from '../../../src-main/gateway/socket-watch.ts';

const pingMs = 10;
const drainMs = 40;

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** A watched socket; what its connection has carried so far is set by the test. */
function watched() {
  const connection = { bytesRead: 0, bytesWritten: 0, writableLength: 0 };
  const closing: (() => void)[] = [];
  const seen = { pings: 0, stalled: 0 };
  const socket = {
    OPEN: 1,
    readyState: 1,
    ping() {
      seen.pings += 1;
    },
    on: (_event: 'close', listener: () => void) => void closing.push(listener),
  };
  watchSocket({
    socket: socket as unknown as WebSocket,
    connection: connection as unknown as Socket,
    settings: () => ({ 'timeouts.clientDrainMs': drainMs, 'timeouts.keepAliveMs': pingMs }),
    onStalled() {
      seen.stalled += 1;
    },
  });
  const close = () => {
    for (const listener of closing) listener();
  };
  return { connection, seen, close };
}

test('a client that answers no ping is let go when the limit is over, once', () => {
  const { seen } = watched();
  vi.advanceTimersByTime(pingMs + drainMs - 1);
  expect(seen).toEqual({ pings: 4, stalled: 0 });
  vi.advanceTimersByTime(10 * drainMs);
  expect(seen).toEqual({ pings: 4, stalled: 1 });
});

test('a client that answers, or sends anything else, stays', () => {
  const { connection, seen } = watched();
  for (let period = 0; period < 100; period += 1) {
    vi.advanceTimersByTime(pingMs);
    if (period % 3 === 0) connection.bytesRead += 6;
  }
  expect(seen).toEqual({ pings: 100, stalled: 0 });
});

test('a client that reads slowly stays and is not pinged; what it sends does not count when it stops reading', () => {
  const { connection, seen } = watched();
  Object.assign(connection, { bytesWritten: 10_000, writableLength: 10_000 });
  for (let period = 0; period < 20; period += 1) {
    vi.advanceTimersByTime(pingMs);
    connection.writableLength -= 1;
  }
  expect(seen).toEqual({ pings: 0, stalled: 0 });
  for (let period = 0; period < 5; period += 1) {
    vi.advanceTimersByTime(pingMs);
    connection.bytesRead += 6;
  }
  expect(seen).toEqual({ pings: 0, stalled: 1 });
});

test('a socket that has closed is watched no longer', () => {
  const { seen, close } = watched();
  close();
  vi.advanceTimersByTime(10 * drainMs);
  expect(seen).toEqual({ pings: 0, stalled: 0 });
  expect(vi.getTimerCount()).toBe(0);
});
