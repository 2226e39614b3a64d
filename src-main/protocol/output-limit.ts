import { createDeltaReader } from './delta-event.ts';
import { isDraftDelta } from './item-draft.ts';
import { asIndex, asObject, asObjects, type JsonObject, parseObject } from './json-object.ts';
import { createResponseCollector } from './response-collect.ts';
import type { Frame } from './sse-frames.ts';

/** How an answer ends that was cut at its limit. */
export interface CutEnding {
  /** What closes the items that were still open. */
  readonly closing: readonly Frame[];
  /** `response.incomplete` with the reason `max_output_tokens`. */
  readonly last: Frame;
  readonly event: JsonObject;
}

/** Ends an answer where its upstream does not take `max_output_tokens`. */
export interface OutputLimit {
  /** Whether the event still belongs to the answer. */
  take(frame: Frame): boolean;
  /** The last event that was not taken went beyond the limit: nothing that follows belongs to the answer. */
  reached(): boolean;
  /** Tokens of output that were let through, as they are counted here. */
  tokens(): number;
  /** `usage` is what the last event says was used, where anything is known. */
  ending(usage: JsonObject | null): CutEnding;
}

/** The rule of thumb for tokens of English text and code. */
const CHARACTERS_PER_TOKEN = 4;

/**
 * Lets through at most `maxTokens` of an answer's events. No upstream says how many tokens an event holds: it counts as one, or as
 * one for every four characters where that is more. What a model thinks without showing it cannot be counted.
 */
export function createOutputLimit(maxTokens: number): OutputLimit {
  const collector = createResponseCollector();
  const reader = createDeltaReader();
  const finished = new Set<unknown>();
  let tokens = 0;
  let reached = false;
  let sequence: number | null = null;

  const frameOf = (type: string, fields: JsonObject): Frame => {
    if (sequence !== null) sequence += 1;
    const data = JSON.stringify({ type, ...(sequence === null ? {} : { sequence_number: sequence }), ...fields });
    const head = `event: ${type}\ndata: `;
    const buf = Buffer.from(`${head}${data}\n\n`);
    return { buf, start: 0, end: buf.length, dataStart: head.length, dataEnd: buf.length - 2, type };
  };

  /** What closes a message's parts and the item itself. */
  const close = (item: JsonObject, index: number): Frame[] => {
    const place = { item_id: item['id'], output_index: index };
    const parts = item['type'] === 'message' ? asObjects(item['content']) : [];
    return [
      ...parts.flatMap((part, content_index) => [
        ...(part['type'] === 'output_text'
          ? [frameOf('response.output_text.done', { ...place, content_index, text: part['text'], logprobs: [] })]
          : []),
        frameOf('response.content_part.done', { ...place, content_index, part }),
      ]),
      frameOf('response.output_item.done', { output_index: index, item }),
    ];
  };

  return {
    take(frame) {
      if (reached) return false;
      const kind = isDraftDelta(frame.type);
      if (kind !== null) {
        const delta = reader.read(frame.buf, frame.dataStart, frame.dataEnd, kind.partName);
        const more = Math.max(1, Math.ceil(((delta?.literal.length ?? 2) - 2) / CHARACTERS_PER_TOKEN));
        reached = tokens + more > maxTokens;
        if (reached) return false;
        tokens += more;
      }
      const numbered = /"sequence_number": ?(\d{1,15})/.exec(
        frame.buf.toString('latin1', frame.dataStart, Math.min(frame.dataEnd, frame.dataStart + 4_096)),
      );
      if (numbered !== null) sequence = Number(numbered[1]);
      if (frame.type === 'response.output_item.done') {
        const event = parseObject(frame.buf.toString('utf8', frame.dataStart, frame.dataEnd));
        finished.add(asObject(event?.['item'])?.['id']);
      }
      collector.event(frame.type, frame.buf, frame.dataStart, frame.dataEnd);
      return true;
    },
    reached: () => reached,
    tokens: () => tokens,
    ending(usage) {
      const whole = collector.response();
      const output = asObjects(whole['output']);
      const closing = output.flatMap((item, place) =>
        finished.has(item['id']) ? [] : close(item, asIndex(item['output_index']) ?? place),
      );
      const response: JsonObject = {
        ...whole,
        status: 'incomplete',
        incomplete_details: { reason: 'max_output_tokens' },
        usage,
      };
      const last = frameOf('response.incomplete', { response });
      return { closing, last, event: { type: 'response.incomplete', response } };
    },
  };
}
