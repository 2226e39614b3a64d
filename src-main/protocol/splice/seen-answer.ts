import { asIndex, asObject, asObjects, asText, type JsonObject, parseObject } from '../json-object.ts';

/** An event about an item, as it was kept. */
export interface AnswerNote {
  /**
   * The event's type; `whole part` where a text part was finished, `buried` where what was open, but for a message, was given
   * up with its attempt.
   */
  readonly type: string;
  readonly data: Buffer;
  /** Text had come, which this event repeats. */
  readonly endsText: boolean;
}

/** What an observer kept of an answer, unread. */
export interface KeptAnswer {
  /** The first bytes of `response.created`, cut anywhere. */
  readonly head: string;
  readonly notes: readonly AnswerNote[];
  /** The last numbered event. */
  readonly last: string;
  /** The inside of a JSON string literal. */
  readonly textLiteral: string;
  readonly reasoningDeltas: number;
}

export interface SeenItem {
  readonly index: number;
  readonly item: JsonObject;
}

/** What a client has seen of an answer when its upstream died. */
export interface SeenAnswer {
  readonly responseId: string | null;
  /** Seconds since the epoch, as the upstream said. */
  readonly createdAt: number | null;
  /** `null` where the upstream does not number its events. */
  readonly lastSequence: number | null;
  /** Items that are finished. */
  readonly done: readonly SeenItem[];
  /** Items that were begun by attempts before and will never be finished. */
  readonly buried: readonly SeenItem[];
  /** Items that are begun and not finished. */
  readonly open: readonly SeenItem[];
  /** Of the open message: whether the client knows of its text part, and whether it knows that the text is whole. */
  readonly part: 'none' | 'open' | 'whole';
  /** The text of the open message so far. */
  readonly text: string;
  readonly reasoningDeltas: number;
}

/** Reads what was kept, once an answer must be gone on with; the text that says why not, where it cannot be. */
export function readSeenAnswer(kept: KeptAnswer): SeenAnswer | string {
  const open = new Map<number, JsonObject>();
  const done: SeenItem[] = [];
  const buried: SeenItem[] = [];
  let part: SeenAnswer['part'] = 'none';
  for (const note of kept.notes) {
    if (note.type === 'buried') {
      for (const [index, item] of open) {
        if (item['type'] === 'message') continue;
        buried.push({ index, item });
        open.delete(index);
      }
      continue;
    }
    if (note.type === 'whole part') {
      if (part === 'open') part = 'whole';
      continue;
    }
    const event = parseObject(note.data.toString('utf8'));
    const index = asIndex(event?.['output_index']);
    if (event === null || index === null) return 'an item event could not be read';
    const item = asObject(event['item']);
    if (note.type === 'response.output_item.added' && item !== null) {
      open.set(index, item);
      part = 'none';
    } else if (note.type === 'response.output_item.done' && item !== null) {
      if (note.endsText && item['type'] !== 'message') return 'it is more than one text';
      open.delete(index);
      done.push({ index, item });
      part = 'none';
    } else if (note.type === 'response.content_part.added') {
      const type = asObject(event['part'])?.['type'];
      if (type === 'refusal') return 'it is a refusal';
      if (type === 'output_text' && part !== 'none') return 'a message has several parts';
      if (type === 'output_text') part = 'open';
    }
  }
  const text = asText(parseText(kept.textLiteral));
  if (text === null) return 'its text could not be read';
  if (!text.isWellFormed()) return 'it stopped inside a character';
  if (text !== '' && part === 'none') part = 'open';
  if (text !== '' && ![...open.values()].some((item) => item['type'] === 'message'))
    return 'its message was never begun';
  return {
    responseId: asText(parseText(responseId.exec(kept.head)?.[1] ?? null)),
    createdAt: numberOf(/"created_at"\s*:\s*(\d+)/.exec(kept.head)?.[1]),
    lastSequence: asIndex(parseObject(kept.last)?.['sequence_number']),
    done,
    buried,
    open: [...open].map(([index, item]) => ({ index, item })),
    part,
    text,
    reasoningDeltas: kept.reasoningDeltas,
  };
}

/** The `id` member of the response object, with nothing but plain members before it. */
const responseId =
  /"response"\s*:\s*\{(?:\s*"[^"]*"\s*:\s*(?:"(?:[^"\\]|\\.)*"|[\w.+-]+)\s*,)*\s*"id"\s*:\s*"((?:[^"\\]|\\.)*)"/;

function parseText(literal: string | null): unknown {
  if (literal === null) return null;
  try {
    return JSON.parse(`"${literal}"`);
  } catch {
    return null;
  }
}

const numberOf = (digits: string | undefined): number | null => (digits === undefined ? null : Number(digits));

/** The text of a message item; `null` for a message that is not plain text. */
export function plainTextOf(message: JsonObject): string | null {
  const parts = asObjects(message['content']);
  if (parts.some((part) => part['type'] !== 'output_text' || asObjects(part['annotations']).length > 0)) return null;
  return parts.map((part) => asText(part['text']) ?? '').join('');
}
