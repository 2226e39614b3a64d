import type { Timers } from '../../src-shared/domain/timers.ts';
import type { Exchange } from './exchange.ts';
import type { CutManner, Fault } from './fault.ts';
import { cutConnection } from './plain-fault.ts';
import type { EventSink } from './playback.ts';
import type { ResponseEvent } from './response-events.ts';
import { pause } from './timers.ts';

/** Turns one event into SSE text; Chat answers have their own. */
export type EventWriter = (event: ResponseEvent) => string;

export const writeResponseEvent: EventWriter = (event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`;

interface SseSinkOptions {
  readonly timers: Timers;
  readonly faults: readonly Fault[];
  readonly write: EventWriter;
  /** What follows the last event, as Chat's `[DONE]`. */
  readonly closing?: string;
}

/** Sends the headers and gives the sink that writes events into the body, cut and paced as the faults say. */
export function createSseSink(exchange: Exchange, headers: Record<string, string>, options: SseSinkOptions): EventSink {
  const { response, record, gone } = exchange;
  const { timers, faults } = options;
  const lineEnds = faults.find((fault) => fault.kind === 'line-ends');
  const chunks = faults.find((fault) => fault.kind === 'chunks');
  const trickle = faults.find((fault) => fault.kind === 'trickle');
  let turn = 0;
  const nextSize = (): number | null => {
    if (trickle !== undefined) return Math.max(1, trickle.bytes);
    if (chunks === undefined || chunks.sizes.length === 0) return null;
    turn += 1;
    return Math.max(1, chunks.sizes[(turn - 1) % chunks.sizes.length]!);
  };

  record.status = 200;
  response.writeHead(200, headers);
  response.flushHeaders();

  const push = async (bytes: Buffer): Promise<void> => {
    record.bytesSent += bytes.length;
    if (!response.write(bytes)) await drained(exchange);
  };
  const writeText = async (text: string): Promise<void> => {
    const bytes = Buffer.from(
      lineEnds === undefined ? text : text.replaceAll('\n', lineEnds.lineEnd === 'cr' ? '\r' : '\r\n'),
    );
    for (let at = 0; at < bytes.length && !gone.aborted; ) {
      const size = nextSize() ?? bytes.length;
      await push(bytes.subarray(at, at + size));
      at += size;
      if (trickle !== undefined) await pause(timers, trickle.everyMs, gone);
      else if (chunks !== undefined) await new Promise((resolve) => setImmediate(resolve));
    }
  };

  return {
    gone,
    send: (event) => writeText(options.write(event)),
    raw: writeText,
    ping() {},
    async flood(bytes) {
      const delta: ResponseEvent = {
        type: 'response.output_text.delta',
        item_id: 'msg_flood',
        output_index: 0,
        content_index: 0,
        delta: 'x'.repeat(16_000),
      };
      const piece = Buffer.from(options.write(delta));
      for (let sent = 0; sent < bytes && !response.destroyed; sent += piece.length) await push(piece);
    },
    async cut(how: CutManner) {
      if (how === 'clean') {
        record.outcome = 'complete';
        response.end();
        return;
      }
      // One turn of the loop, so that what was written is out before a reset throws the rest away.
      await new Promise((resolve) => setImmediate(resolve));
      cutConnection(exchange, how);
    },
    close() {
      cutConnection(exchange, 'fin');
    },
    end() {
      if (options.closing !== undefined) {
        record.bytesSent += options.closing.length;
        response.write(options.closing);
      }
      response.end();
    },
  };
}

const drained = ({ response }: Exchange): Promise<void> =>
  new Promise((resolve) => {
    const done = (): void => {
      response.off('drain', done);
      response.off('close', done);
      resolve();
    };
    response.once('drain', done);
    response.once('close', done);
  });
