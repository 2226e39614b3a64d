import { createDeltaFields, scanDelta } from '../delta-scan.ts';
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

/** One object for all observers: a scan is over before the next begins. */
const fields = createDeltaFields();

export function createAnswerObserver(): AnswerObserver {
  let spoiled: string | null = null;
  let head: Buffer | null = null;
  let notes: AnswerNote[] = [];
  let keptBytes = 0;
  /** The inside of the string literals of the open message's deltas, escapes and all. */
  let text: Buffer | null = null;
  let textBytes = 0;
  let textIndex = -1;
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
    if (!scanDelta(frame.buf, frame.dataStart, frame.dataEnd, fields)) return spoil('a text event could not be read');
    if (fields.contentIndex > 0) return spoil('a message has several parts');
    if (fields.outputIndex !== textIndex) {
      if (textBytes > 0) return spoil('two messages came at once');
      textIndex = fields.outputIndex;
    }
    const from = fields.literalStart + 1;
    const to = fields.literalEnd - 1;
    const bytes = to - from;
    if (!keep(bytes)) return;
    if (text === null || textBytes + bytes > text.length) {
      const grown = Buffer.allocUnsafe(Math.max(FIRST_TEXT_BYTES, 2 * (textBytes + bytes)));
      text?.copy(grown, 0, 0, textBytes);
      text = grown;
    }
    frame.buf.copy(text, textBytes, from, to);
    textBytes += bytes;
  };

  const note = (frame: Frame): void => {
    const bytes = frame.dataEnd - frame.dataStart;
    if (!keep(bytes)) return;
    const data = Buffer.from(frame.buf.subarray(frame.dataStart, frame.dataEnd));
    const endsItem = frame.type === 'response.output_item.done';
    notes.push({ type: frame.type, data, textIndex: endsItem && textBytes > 0 ? textIndex : -1 });
    if (!endsItem) return;
    // The event carries the whole item: the text so far is not needed any more.
    keptBytes -= textBytes;
    textBytes = 0;
    textIndex = -1;
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
          notes.push({ type: 'whole part', data: nothing, textIndex: -1 });
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
        textIndex,
        reasoningDeltas,
      });
    },
    bury() {
      notes.push({ type: 'buried', data: nothing, textIndex: -1 });
    },
  };
}

const nothing = Buffer.alloc(0);
const numberKey = Buffer.from('"sequence_number"');

const hasNumber = (frame: Frame): boolean => frame.buf.subarray(frame.dataStart, frame.dataEnd).includes(numberKey);
