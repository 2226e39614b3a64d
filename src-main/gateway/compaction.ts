import { RelayError } from '../../src-shared/domain/relay-error.ts';
import { asObjects, type JsonObject } from '../protocol/json-object.ts';
import { scanRange } from '../protocol/json-scan.ts';
import { joinArray, spliceObject } from '../protocol/json-splice.ts';
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

/** The compaction items alone. */
export const compactionOf = (response: JsonObject): JsonObject => ({
  output: asObjects(response['output']).filter((item) => item['type'] === 'compaction'),
});
