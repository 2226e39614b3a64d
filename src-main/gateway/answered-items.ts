import { asIndex, asText } from '../protocol/json-object.ts';
import { type JsonRange, memberBytes, scanRange } from '../protocol/json-scan.ts';
import type { Frame } from '../protocol/sse-frames.ts';
import { LARGE_BYTES } from './joined-pieces.ts';

/** The finished items of an answer in the bytes that they came in: one may be an image of megabytes, which is not parsed (FAULTS U-14). */
export interface AnsweredItems {
  /** Takes an `output_item.done` event; one that cannot be read is passed over. */
  add(frame: Frame): void;
  count(): number;
  /** The ids of those that have one. */
  ids(): string[];
  /** The `output` array, in pieces. */
  json(): Buffer[];
}

export function createAnsweredItems(): AnsweredItems {
  const items: { readonly index: number; readonly bytes: Buffer }[] = [];
  return {
    add({ buf, dataStart, dataEnd }) {
      const data = buf.subarray(dataStart, dataEnd);
      const ranges = rangesOf(data);
      const item = memberBytes(data, ranges, 'item');
      if (item === null) return;
      const index = asIndex(small(data, ranges, 'output_index')) ?? items.length;
      // A small one would keep the whole piece of the stream that it came with.
      items.push({ index, bytes: item.length < LARGE_BYTES ? Buffer.from(item) : item });
    },
    count: () => items.length,
    ids: () => items.flatMap(({ bytes }) => asText(small(bytes, rangesOf(bytes), 'id')) ?? []),
    json() {
      items.sort((a, b) => a.index - b.index);
      return [open, ...items.flatMap(({ bytes }, index) => (index === 0 ? [bytes] : [comma, bytes])), close];
    },
  };
}

const open = Buffer.from('[');
const close = Buffer.from(']');
const comma = Buffer.from(',');

function rangesOf(json: Buffer): readonly JsonRange[] {
  try {
    const { root, ranges } = scanRange(json, 0, json.length);
    return root === 'object' ? ranges : [];
  } catch {
    return [];
  }
}

/** A number or a short text. */
function small(json: Buffer, ranges: readonly JsonRange[], name: string): unknown {
  const value = memberBytes(json, ranges, name);
  if (value === null || value.length > 1_024) return null;
  try {
    return JSON.parse(value.toString('utf8'));
  } catch {
    return null;
  }
}
