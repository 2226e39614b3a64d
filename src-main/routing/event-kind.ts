import { parseObject } from '../protocol/json-object.ts';
import type { Frame } from '../protocol/sse-frames.ts';

export type TerminalKind = 'completed' | 'incomplete' | 'failed';

/** The kind of a terminal event, or `null` for all others (PROTOCOL 3.1). */
export function terminalOf(type: string): TerminalKind | null {
  switch (type) {
    case 'response.completed':
    case 'response.done':
      return 'completed';
    case 'response.incomplete':
      return 'incomplete';
    case 'response.failed':
    case 'error':
      return 'failed';
    default:
      return null;
  }
}

/** Whether the client would see something of the answer in this event; before it, a call may still move (FAULTS 1.2.1). */
export const isOutput = (type: string): boolean => type.endsWith('.delta') || type === 'response.output_item.done';

/** Comments, bare fields and the backend's keep-alive events: no progress, and nothing to hold. */
export const isKeepAlive = (frame: Frame): boolean =>
  frame.dataEnd === frame.dataStart || frame.type === 'keepalive' || frame.type === 'codex.keepalive';

const DONE = Buffer.from('[DONE]');
const OPEN = 0x7b;
const CLOSE = 0x7d;

/**
 * Whether the data of an event is no JSON object, as far as that shows without reading all of it: a cut one does not end as an
 * object does, and one without a type where every event has it was parsed for nothing. SDKs end their stream at such an event.
 */
export function isDamaged({ buf, dataStart, dataEnd, type }: Frame): boolean {
  let end = dataEnd;
  while (end > dataStart && buf[end - 1]! <= 0x20) end -= 1;
  let start = dataStart;
  while (start < end && buf[start]! <= 0x20) start += 1;
  if (start === end) return false;
  const object = buf[start] === OPEN && buf[end - 1] === CLOSE;
  if (object && type !== '') return false;
  const data = buf.subarray(start, end);
  return !data.equals(DONE) && (!object || parseObject(data.toString('utf8')) === null);
}
