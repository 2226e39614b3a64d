import type { ServerResponse } from 'node:http';
import type { Clock } from '../../src-shared/domain/clock.ts';
import type { RelayError } from '../../src-shared/domain/relay-error.ts';
import { errorHeaders } from '../protocol/error-body.ts';
import type { AnswerTee } from './call-capture.ts';

export interface ConnectionOptions {
  readonly response: ServerResponse;
  readonly clock: Clock;
  /** How long the client may stop reading (ms). */
  readonly drainMs: number;
  /** The client is gone, or was cut off because it stopped reading. Never called after `end`. */
  readonly onGone: (stalled: boolean) => void;
  readonly onDrain: () => void;
  /** Headers that every answer of this call carries, known when the head is written. */
  readonly headers: () => Record<string, string>;
  /** How this client reads an error. */
  readonly errorBody: (error: RelayError, now: number) => object;
  /** What a stream may hold without a meaning; default: a comment of SSE. */
  readonly filler?: string;
}

/** The way back to the client: one head, chunks as they come, backpressure, and the news that the client is gone. */
export interface ClientConnection {
  headSent: boolean;
  /** Sees everything that is written from now on. */
  tee: AnswerTee | null;
  lastWriteAt: number;
  head(status: number, headers: Record<string, string>): void;
  /** False when the client is slow: `onDrain` follows. */
  write(chunk: Buffer | string): boolean;
  end(chunk?: Buffer | string): void;
  /** The whole answer at once. */
  send(status: number, headers: Record<string, string>, body: string): void;
  error(error: RelayError): void;
}

/** Emitted on a response whose client has closed its sending side. */
export const halfClosed = 'half-closed';

export function createClientConnection(options: ConnectionOptions): ClientConnection {
  const { response, clock } = options;
  let over = false;
  let drainTimer: NodeJS.Timeout | null = null;
  let takenAtArm = 0;
  let streaming = false;

  const finish = (): void => {
    over = true;
    disarm();
    response.off('drain', drained);
    response.off('close', closed);
    response.off(halfClosed, probe);
    connection.tee?.end();
  };
  /**
   * A client that closes its side may still read (FAULTS C-16) or may be gone (G7): both look the same until something is
   * written. A sign of life that every client ignores tells them apart, because a closed socket answers it with a reset.
   */
  const probe = (): void => {
    if (!response.headersSent) response.writeProcessing();
    else if (streaming) response.write(options.filler ?? ':\n\n');
  };
  const drained = (): void => {
    disarm();
    options.onDrain();
  };
  const closed = (): void => {
    if (over) return;
    finish();
    options.onGone(false);
  };
  /** What the system took over for the client; what only waits here, signs of life among it, is not read by anybody. */
  const bytesTaken = (): number => (response.socket?.bytesWritten ?? 0) - (response.socket?.writableLength ?? 0);
  const stalled = (): void => {
    if (bytesTaken() > takenAtArm) return armDrain();
    finish();
    response.destroy();
    options.onGone(true);
  };
  const armDrain = (): void => {
    takenAtArm = bytesTaken();
    drainTimer = setTimeout(stalled, options.drainMs);
  };
  const disarm = (): void => {
    if (drainTimer !== null) clearTimeout(drainTimer);
    drainTimer = null;
  };

  response.on('drain', drained);
  response.on('close', closed);
  response.on(halfClosed, probe);
  // A write after the client left is not news: 'close' tells it.
  response.on('error', () => {});

  const connection: ClientConnection = {
    headSent: false,
    tee: null,
    lastWriteAt: clock.monotonic(),
    head(status, headers) {
      streaming = true;
      const all = { ...options.headers(), ...headers };
      connection.tee?.head(status, all);
      response.writeHead(status, all);
      connection.headSent = true;
    },
    write(chunk) {
      if (over) return true;
      connection.lastWriteAt = clock.monotonic();
      connection.tee?.chunk(chunk);
      if (response.write(chunk)) return true;
      // Keep-alives are written to a client that does not read, too: they must not begin its time anew.
      if (drainTimer === null) armDrain();
      return false;
    },
    end(chunk) {
      if (over) return;
      if (chunk !== undefined) connection.tee?.chunk(chunk);
      finish();
      if (chunk === undefined) response.end();
      else response.end(chunk);
    },
    send(status, headers, body) {
      if (over) return;
      const length = { 'content-length': String(Buffer.byteLength(body)) };
      const all = { ...options.headers(), 'content-type': 'application/json', ...length, ...headers };
      connection.tee?.head(status, all);
      connection.tee?.chunk(body);
      finish();
      response.writeHead(status, all);
      connection.headSent = true;
      response.end(body);
    },
    error(error) {
      const body = JSON.stringify(options.errorBody(error, clock.now()));
      connection.send(error.status, errorHeaders(error), body);
    },
  };
  return connection;
}

export const eventStreamHeaders: Record<string, string> = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-cache, no-transform',
  'x-accel-buffering': 'no',
};
