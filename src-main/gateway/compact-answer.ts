import { RelayError } from '../../src-shared/domain/relay-error.ts';
import { asObjects } from '../protocol/json-object.ts';
import { scanRange } from '../protocol/json-scan.ts';
import { joinArray, spliceObject } from '../protocol/json-splice.ts';
import { createResponseCollector } from '../protocol/response-collect.ts';
import type { Answer } from './answer.ts';
import type { ClientConnection } from './client-connection.ts';
import type { RequestBody } from './request-body.ts';

/**
 * POST /v1/responses/compact, which older Codex clients send (PROTOCOL 6.5), is today's compaction in one piece:
 * an ordinary call whose last input item is the trigger.
 */
export function compactionBody(body: RequestBody): Buffer {
  const input = body.raw('input');
  if (input === null || input[0] !== 0x5b) {
    throw new RelayError('invalid_type', { message: '"input" must be an array of items.', param: 'input' });
  }
  const items = scanRange(input, 0, input.length).ranges.map((range) => input.subarray(range.valueStart, range.end));
  const set = new Map([
    ['input', joinArray([...items, Buffer.from('{"type":"compaction_trigger"}')])],
    ['stream', Buffer.from('true')],
    ['store', Buffer.from('false')],
  ]);
  return spliceObject(body.bytes, body.members, { set });
}

/** Answers with the compaction items alone. */
export function createCompactAnswer(connection: ClientConnection): Answer {
  let collector = createResponseCollector();
  return {
    begun: false,
    stopped: false,
    open() {},
    frame: (frame) => void collector.event(frame.type, frame.buf, frame.dataStart, frame.dataEnd),
    flush: () => true,
    reset() {
      collector = createResponseCollector();
    },
    keepAlive() {},
    finish(frame) {
      collector.event(frame.type, frame.buf, frame.dataStart, frame.dataEnd);
      const output = asObjects(collector.response()['output']).filter((item) => item['type'] === 'compaction');
      connection.send(200, {}, JSON.stringify({ output }));
    },
    fail: (error) => connection.error(error),
    stop() {},
  };
}
