import type { WebSocket } from 'ws';
import type { Clock } from '../../src-shared/domain/clock.ts';
import type { RelayError } from '../../src-shared/domain/relay-error.ts';
import { errorBody, errorHeaders } from '../protocol/error-body.ts';
import { memberBytes, scanRange } from '../protocol/json-scan.ts';
import type { Answer } from './answer.ts';
import type { AnswerTee } from './call-capture.ts';
import type { SocketTurn } from './socket-chain.ts';

export interface SocketAnswerOptions {
  readonly socket: WebSocket;
  readonly clock: Clock;
  readonly turn: SocketTurn;
  /** Sent before the answer's first event: the pool's quota (PROTOCOL 4.3). */
  readonly quotaEvent: () => Record<string, unknown>;
  readonly askedModel: string;
  readonly onWrite: () => void;
  /** Sees what is sent. */
  readonly tee: AnswerTee | null;
  /** The socket took what was waiting. */
  readonly onDrain: () => void;
}

/** How much may wait in the socket before the upstream is held back (bytes). */
export const HIGH_WATER = 256 * 1024;

/** One `response.create` answered over its socket: each event is one text frame, its JSON as it came. */
export function createSocketAnswer(options: SocketAnswerOptions): Answer {
  const { socket, turn } = options;
  let begun = false;
  let held = false;

  const text = (data: string | Buffer): void => {
    options.onWrite();
    options.tee?.chunk(data);
    options.tee?.chunk('\n');
    socket.send(data, { binary: false }, () => {
      // Only what was held back goes on: a sign of life that went out says nothing about the upstream.
      if (!held || socket.bufferedAmount >= HIGH_WATER) return;
      held = false;
      options.onDrain();
    });
  };

  const answer: Answer = {
    begun: () => begun,
    stopped: () => false,
    open(_account, headers) {
      begun = true;
      text(JSON.stringify(options.quotaEvent()));
      text(JSON.stringify({ type: 'codex.response.metadata', headers: { 'openai-model': options.askedModel } }));
      const turnState = headers['x-codex-turn-state'];
      if (typeof turnState !== 'string') return;
      text(JSON.stringify({ type: 'response.metadata', headers: { 'x-codex-turn-state': turnState } }));
    },
    frame(frame) {
      if (frame.dataEnd === frame.dataStart) return;
      if (frame.type === 'response.output_item.done') {
        const item = memberOf(frame.buf, frame.dataStart, frame.dataEnd, 'item');
        if (item !== null) turn.add(item);
      }
      text(frame.buf.subarray(frame.dataStart, frame.dataEnd));
    },
    flush() {
      held = socket.bufferedAmount >= HIGH_WATER;
      return !held;
    },
    reset() {},
    keepAlive: () => text('{"type":"codex.keepalive"}'),
    spliced: (note) => text(JSON.stringify(note)),
    finish(frame, event) {
      const response = event['response'];
      const id = typeof response === 'object' && response !== null && 'id' in response ? response.id : null;
      if (typeof id === 'string') turn.close(id);
      text(frame.buf.subarray(frame.dataStart, frame.dataEnd));
    },
    fail(error: RelayError, frame) {
      if (frame !== null) return text(frame.buf.subarray(frame.dataStart, frame.dataEnd));
      text(JSON.stringify(errorFrame(error, options.clock.now())));
    },
    stop() {},
  };
  return answer;
}

/** An error in the form that Codex maps like an HTTP answer with that status (PROTOCOL 4.4). */
export function errorFrame(
  error: RelayError,
  now: number,
  limits: Readonly<Record<string, string>> = {},
): Record<string, unknown> {
  const headers = { ...errorHeaders(error), ...limits };
  return { type: 'error', status: error.status, ...errorBody(error, now, true), headers };
}

function memberOf(buf: Buffer, start: number, end: number, name: string): Buffer | null {
  return memberBytes(buf.subarray(start, end), scanRange(buf, start, end).ranges, name);
}
