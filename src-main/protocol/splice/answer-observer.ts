import type { Frame } from '../sse-frames.ts';
import { type AnswerNote, readSeenAnswer, type SeenAnswer } from './seen-answer.ts';

/**
 * Remembers of a running answer what it takes to go on with it elsewhere. It sits on every event of every stream, so it copies
 * the few bytes that matter and parses nothing until the stream has died.
 */
export interface AnswerObserver {
  /** Takes each event that goes to the client, in order. */
  frame(frame: Frame): void;
  /** What the client has seen. The text that says why not, where the answer cannot be continued. */
  seen(): SeenAnswer | string;
  /** Whatever is open now, but for a message, is lost with its attempt and stays unfinished. */
  bury(): void;
}

/** All that is kept of one answer together. Beyond it the answer is not continued. */
const MAX_KEPT_BYTES = 256 * 1024;
/** The response object's id is among its first members; its echo of the request behind it may be large. */
const HEAD_BYTES = 512;
const FIRST_TEXT_BYTES = 1_024;

export function createAnswerObserver(): AnswerObserver {
  let spoiled: string | null = null;
  let head: Buffer | null = null;
  let notes: AnswerNote[] = [];
  let keptBytes = 0;
  /** The inside of the string literals of the open message's deltas, escapes and all. */
  let text: Buffer | null = null;
  let textBytes = 0;
  /** Where the last delta's text began in its event; the next one's begins there too, or one byte later. */
  let deltaAt = -1;
  let reasoningDeltas = 0;
  let lastBuf: Buffer | null = null;
  let lastStart = 0;
  let lastEnd = 0;

  const spoil = (why: string): void => {
    spoiled ??= why;
    head = text = lastBuf = null;
    notes = [];
  };

  const keep = (bytes: number): boolean => {
    keptBytes += bytes;
    if (keptBytes <= MAX_KEPT_BYTES) return true;
    spoil('it is too long');
    return false;
  };

  const addText = (frame: Frame): void => {
    const from = literalStart(frame, deltaAt);
    const to = from === -1 ? -1 : literalEnd(frame.buf, from, frame.dataEnd);
    if (to === -1) return spoil('a text event could not be read');
    deltaAt = from - frame.dataStart;
    const bytes = to - from;
    if (!keep(bytes)) return;
    if (text === null || textBytes + bytes > text.length) {
      const grown = Buffer.allocUnsafe(Math.max(FIRST_TEXT_BYTES, 2 * (textBytes + bytes)));
      text?.copy(grown, 0, 0, textBytes);
      text = grown;
    }
    const { buf } = frame;
    // A call into the runtime costs more than the few bytes of a usual delta.
    if (bytes > 64) buf.copy(text, textBytes, from, to);
    else for (let index = 0; index < bytes; index += 1) text[textBytes + index] = buf[from + index]!;
    textBytes += bytes;
  };

  const note = (frame: Frame): void => {
    const bytes = frame.dataEnd - frame.dataStart;
    const endsItem = frame.type === 'response.output_item.done';
    if (textBytes > 0 && !endsItem) return spoil('it is more than one text');
    if (!keep(bytes)) return;
    const data = Buffer.from(frame.buf.subarray(frame.dataStart, frame.dataEnd));
    notes.push({ type: frame.type, data, endsText: textBytes > 0 });
    // What ends an item carries the whole of it: the text so far is not needed any more.
    keptBytes -= textBytes;
    textBytes = 0;
  };

  return {
    frame(frame) {
      const { type } = frame;
      if (spoiled !== null || !type.startsWith('response.')) return;
      switch (type) {
        case 'response.output_text.delta':
          addText(frame);
          break;
        case 'response.reasoning_summary_text.delta':
        case 'response.reasoning_text.delta':
          reasoningDeltas += 1;
          break;
        case 'response.created':
          head = Buffer.from(
            frame.buf.subarray(frame.dataStart, Math.min(frame.dataEnd, frame.dataStart + HEAD_BYTES)),
          );
          break;
        case 'response.output_item.added':
        case 'response.output_item.done':
        case 'response.content_part.added':
          note(frame);
          break;
        case 'response.content_part.done':
        case 'response.output_text.done':
          notes.push({ type: 'whole part', data: nothing, endsText: false });
          break;
        case 'response.output_text.annotation.added':
          spoil('it cites sources');
          break;
        default:
          if (type.endsWith('.delta')) spoil(type === 'response.refusal.delta' ? 'it is a refusal' : 'it calls a tool');
          // What is not known need not be numbered, and must not hide the number of the event before it.
          else if (!type.startsWith('response.reasoning') && !hasNumber(frame)) return;
      }
      if (spoiled !== null) return;
      lastBuf = frame.buf;
      lastStart = frame.dataStart;
      lastEnd = frame.dataEnd;
    },
    seen() {
      if (spoiled !== null) return spoiled;
      return readSeenAnswer({
        head: head?.toString('utf8') ?? '',
        notes,
        last: lastBuf?.toString('utf8', lastStart, lastEnd) ?? '',
        textLiteral: text?.toString('utf8', 0, textBytes) ?? '',
        reasoningDeltas,
      });
    },
    bury() {
      notes.push({ type: 'buried', data: nothing, endsText: false });
    },
  };
}

const nothing = Buffer.alloc(0);
const numberKey = Buffer.from('"sequence_number"');
const deltaKey = Buffer.from('"delta":"');
const QUOTE = 0x22;
const BACKSLASH = 0x5c;

const hasNumber = (frame: Frame): boolean => frame.buf.subarray(frame.dataStart, frame.dataEnd).includes(numberKey);

/**
 * Where the text of a delta begins, or -1. No string inside JSON can hold these bytes, because quotes in it are escaped; to which
 * item the delta belongs, the events around it say.
 */
function literalStart({ buf, dataStart, dataEnd }: Frame, deltaAt: number): number {
  const guess = dataStart + deltaAt;
  if (deltaAt !== -1 && guess + 1 < dataEnd) {
    if (endsKey(buf, guess)) return guess;
    if (endsKey(buf, guess + 1)) return guess + 1;
  }
  const at = buf.indexOf(deltaKey, dataStart);
  return at === -1 || at >= dataEnd ? -1 : at + deltaKey.length;
}

function endsKey(buf: Buffer, end: number): boolean {
  for (let index = deltaKey.length, at = end; index > 0; ) {
    index -= 1;
    at -= 1;
    if (buf[at] !== deltaKey[index]) return false;
  }
  return true;
}

/** Where its closing quote is, or -1. */
function literalEnd(buf: Buffer, from: number, end: number): number {
  for (let at = from; at < end; at += 1) {
    if (buf[at] === QUOTE) return at;
    if (buf[at] === BACKSLASH) at += 1;
  }
  return -1;
}
