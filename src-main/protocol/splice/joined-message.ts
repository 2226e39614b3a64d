import { asObject, asObjects, asText, type JsonObject } from '../json-object.ts';
import { createOverlapCutter } from './overlap-cutter.ts';

/** Writes one event for the client; the number is added. */
export type WriteEvent = (type: string, event: JsonObject) => void;

/** The message of a continuation, written as the rest of the message that was cut. */
export interface JoinedMessage {
  added(item: JsonObject): void;
  /** An event inside the message. False where it is nothing that plain text can be joined with. */
  event(type: string, event: JsonObject): boolean;
  /** The message is complete; `item` as the continuation has it, if it said so. */
  done(item: JsonObject | null): void;
}

export interface JoinedMessageOptions {
  readonly write: WriteEvent;
  /** The message's output index, asked for only when the client gets something of it. */
  readonly index: () => number;
  /** The message that the client has begun to read; `null` where the one before is finished, and this one would be another. */
  readonly open: { readonly item: JsonObject; readonly part: 'none' | 'open' | 'whole' } | null;
  /** The text of the open message so far. */
  readonly text: string;
  /** The end of what the client has read, which the continuation may repeat. */
  readonly before: string;
}

export function createJoinedMessage({ write, index, open, text, before }: JoinedMessageOptions): JoinedMessage {
  const cutter = createOverlapCutter(before);
  const pieces: string[] = [text];
  let item: JsonObject = open?.item ?? {};
  let begun = open !== null && open.part !== 'none';
  let received = '';
  let part: JsonObject = { type: 'output_text', text: '', annotations: [] };

  const at = (): JsonObject => ({ item_id: item['id'], output_index: index(), content_index: 0 });

  const begin = (): void => {
    if (begun) return;
    begun = true;
    if (open === null) {
      write('response.output_item.added', {
        output_index: index(),
        item: { ...item, status: 'in_progress', content: [] },
      });
    }
    write('response.content_part.added', { ...at(), part: { ...part, text: '' } });
  };

  const send = (fresh: string, event: JsonObject): void => {
    if (fresh === '') return;
    begin();
    pieces.push(fresh);
    write('response.output_text.delta', { logprobs: [], ...event, ...at(), delta: fresh });
  };

  const receive = (piece: string, event: JsonObject): void => {
    received += piece;
    send(cutter.push(piece), event);
  };

  /** Whatever of the text did not come as deltas. */
  const complete = (given: unknown): void => {
    const whole = asText(given);
    if (whole?.startsWith(received) === true) receive(whole.slice(received.length), {});
  };

  return {
    added(given) {
      if (open === null) item = given;
    },
    event(type, event) {
      const given = asObject(event['part']);
      const otherPart = (event['content_index'] ?? 0) !== 0 || (given !== null && given['type'] !== 'output_text');
      if (otherPart || type.startsWith('response.refusal.')) return false;
      switch (type) {
        case 'response.content_part.added':
          part = { ...part, ...given };
          return true;
        case 'response.output_text.delta':
          receive(asText(event['delta']) ?? '', event);
          return true;
        case 'response.output_text.done':
          complete(event['text']);
          return true;
        case 'response.content_part.done':
          complete(given?.['text']);
          return true;
        default:
          // Citations among them: their places count from where the continuation began, not from where the text does.
          return true;
      }
    },
    done(given) {
      if (open === null) item = { ...item, ...given };
      const parts = asObjects(given?.['content']);
      complete(parts[0]?.['text'] ?? '');
      send(cutter.end(), {});
      if (open === null && !begun) return;
      begin();
      const full = pieces.join('');
      const whole: JsonObject = { ...part, ...parts[0], annotations: [], text: full };
      const phase = item['phase'] === undefined ? {} : { phase: item['phase'] };
      const finished = { ...item, status: 'completed', ...given, ...phase, id: item['id'], content: [whole] };
      if (open?.part !== 'whole') {
        write('response.output_text.done', { ...at(), text: full, logprobs: [] });
        write('response.content_part.done', { ...at(), part: whole });
      }
      write('response.output_item.done', { output_index: index(), item: finished });
    },
  };
}
