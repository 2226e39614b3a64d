import type { Socket } from 'node:net';
import { PACED_DELTA, PACED_DELTA_MARK_AT, PACED_ENDING, PACED_OPENING } from './answers.ts';
import { stampMark } from './mark.ts';
import { monotonicMicros } from './monotonic.ts';

export interface StreamWriter {
  /** One event per write and per turn of the event loop, the streams in turn, so that no two events travel as one. */
  writeInTurns(socket: Socket, writes: Buffer[]): void;
  /** A stamped delta every `intervalMs` (1 to 1000), the first at once. */
  writePaced(socket: Socket, intervalMs: number, deltas: number): void;
}

interface PacedStream {
  socket: Socket;
  intervalMs: number;
  left: number;
}

/** Slots of one millisecond each. */
const WHEEL_SIZE = 1024;
/** A reader this far behind gets no more deltas until it has caught up, so that a slow target cannot fill our memory. */
const MAX_UNSENT_BYTES = 256 * 1024;

export function createStreamWriter(): StreamWriter {
  let turn: { socket: Socket; writes: Buffer[]; next: number }[] = [];
  const wheel: PacedStream[][] = Array.from({ length: WHEEL_SIZE }, () => []);
  let pacedCount = 0;
  let reachedMs = 0;

  const runTurn = (): void => {
    const streams = turn;
    turn = [];
    for (const stream of streams) {
      if (stream.socket.destroyed) continue;
      stream.socket.write(stream.writes[stream.next++]!);
      if (stream.next < stream.writes.length) turn.push(stream);
    }
    if (turn.length > 0) setImmediate(runTurn);
  };

  const writeDelta = (stream: PacedStream): void => {
    const { socket } = stream;
    if (socket.writableLength > MAX_UNSENT_BYTES) return;
    const event = Buffer.allocUnsafe(PACED_DELTA.length);
    PACED_DELTA.copy(event);
    stampMark(event, PACED_DELTA_MARK_AT, monotonicMicros());
    socket.write(event);
    stream.left--;
  };

  const advance = (): void => {
    const nowMs = Math.floor(performance.now());
    while (reachedMs < nowMs) {
      reachedMs++;
      const slot = reachedMs % WHEEL_SIZE;
      const due = wheel[slot]!;
      wheel[slot] = [];
      for (const stream of due) {
        if (stream.socket.destroyed) {
          pacedCount--;
        } else if (stream.left === 0) {
          stream.socket.write(PACED_ENDING);
          pacedCount--;
        } else {
          writeDelta(stream);
          wheel[(reachedMs + stream.intervalMs) % WHEEL_SIZE]!.push(stream);
        }
      }
    }
    if (pacedCount > 0) setTimeout(advance, 1);
  };

  return {
    writeInTurns(socket, writes) {
      socket.write(writes[0]!);
      turn.push({ socket, writes, next: 1 });
      if (turn.length === 1) setImmediate(runTurn);
    },
    writePaced(socket, intervalMs, deltas) {
      if (pacedCount++ === 0) {
        reachedMs = Math.floor(performance.now());
        setTimeout(advance, 1);
      }
      const stream: PacedStream = { socket, intervalMs, left: deltas };
      socket.write(PACED_OPENING);
      writeDelta(stream);
      wheel[(Math.floor(performance.now()) + intervalMs) % WHEEL_SIZE]!.push(stream);
    },
  };
}
