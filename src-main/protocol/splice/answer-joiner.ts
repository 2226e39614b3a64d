import { asIndex, asObject, asObjects, asText, type JsonObject, parseObject } from '../json-object.ts';
import type { Frame } from '../sse-frames.ts';
import { createJoinedMessage, type JoinedMessage } from './joined-message.ts';
import { plainTextOf, type SeenAnswer } from './seen-answer.ts';

/** Makes of the stream of another attempt the rest of the answer that a client has begun to read. */
export interface AnswerJoiner {
  /** Takes an event of the new attempt. False where the answer cannot be gone on with after all. */
  frame(frame: Frame): boolean;
  /** The terminal event for the client; `null` where the new attempt had nothing to go on with. */
  terminal(frame: Frame): Frame | null;
  /** The event with which the new attempt failed, as part of the one answer. */
  failure(frame: Frame): Frame;
}

/** Events that only a message has, whatever announced it. */
const insideMessage = /^response\.(output_text|content_part|refusal)\./;
const handshake = new Set(['response.created', 'response.queued', 'response.in_progress']);

/**
 * `restart`: the new answer follows what was buried of the old one. `continue`: its message is the rest of the old one's,
 * reasoning before it is left out, whatever follows it follows here too. `emit` gets the events for the client, in order.
 */
export function createAnswerJoiner(
  kind: 'restart' | 'continue',
  seen: SeenAnswer,
  emit: (frame: Frame) => void,
): AnswerJoiner {
  let sequence = seen.lastSequence;
  /** Output indexes of the new attempt as the client knows them. */
  const indexes = new Map<number, number>();
  /** Finished items for the terminal event, by the client's index. */
  const output = new Map<number, JsonObject>();
  /** Reasoning in front of the message that is joined; of use only if a tool call comes instead of the message. */
  const reasoning = new Map<number, JsonObject | null>();
  let message: JoinedMessage | null = null;
  let messageIndex = -1;
  let joining = kind === 'continue';
  let nextIndex = 0;

  for (const { index } of [...seen.done, ...seen.buried, ...seen.open]) nextIndex = Math.max(nextIndex, index + 1);
  for (const { index, item } of seen.done) output.set(index, item);
  // Clients that count items want to find each one that was begun in the end; without its content it is of no use to anyone.
  for (const { index, item } of [...seen.buried, ...seen.open]) {
    const { encrypted_content: _, ...rest } = item;
    if (item['type'] !== 'message') output.set(index, { ...rest, status: 'incomplete' });
  }

  const frameOf = (type: string, event: JsonObject): Frame => {
    const { type: _type, sequence_number: _number, ...fields } = event;
    if (sequence !== null) sequence += 1;
    const numbered = sequence === null ? { type, ...fields } : { type, sequence_number: sequence, ...fields };
    const head = `event: ${type}\ndata: `;
    const buf = Buffer.from(`${head}${JSON.stringify(numbered)}\n\n`);
    return { buf, start: 0, end: buf.length, dataStart: head.length, dataEnd: buf.length - 2, type };
  };
  const write = (type: string, event: JsonObject): void => {
    const [index, item] = [asIndex(event['output_index']), asObject(event['item'])];
    if (type === 'response.output_item.done' && index !== null && item !== null) output.set(index, item);
    emit(frameOf(type, event));
  };

  const place = (index: number): number => {
    const known = indexes.get(index);
    if (known !== undefined) return known;
    indexes.set(index, nextIndex);
    nextIndex += 1;
    return nextIndex - 1;
  };

  let open = seen.open.find(({ item }) => item['type'] === 'message') ?? null;
  const lastDone = seen.done.findLast(({ item }) => item['type'] === 'message');
  const before = seen.text === '' && lastDone !== undefined ? (plainTextOf(lastDone.item) ?? '') : seen.text;

  const startMessage = (index: number): JoinedMessage => {
    joining = false;
    messageIndex = index;
    if (open !== null) indexes.set(index, open.index);
    message = createJoinedMessage({
      write,
      index: () => place(index),
      open: open === null ? null : { item: open.item, part: seen.part },
      text: open === null ? '' : seen.text,
      before,
    });
    return message;
  };

  /** Whether the new attempt finished it or not, the message that the client has begun to read is all there. */
  const closeOpenMessage = (): void => {
    if (open !== null) startMessage(-1).done(null);
    message = open = null;
  };

  /** What comes is no message: the text was whole already, and the reasoning led to what follows. */
  const goOnBehindMessage = (): void => {
    closeOpenMessage();
    joining = false;
    for (const [index, item] of reasoning) {
      if (item === null) continue;
      const at = { output_index: place(index), item };
      write('response.output_item.added', at);
      write('response.output_item.done', at);
    }
    reasoning.clear();
  };

  /** An event about the item at `index`, which is a message's or not. */
  const itemEvent = (type: string, index: number, event: JsonObject): boolean => {
    const item = asObject(event['item']);
    if (joining) {
      const isReasoning = item?.['type'] === 'reasoning' || type.startsWith('response.reasoning');
      if (isReasoning && !reasoning.has(index)) reasoning.set(index, null);
      if (reasoning.has(index)) {
        if (type === 'response.output_item.done') reasoning.set(index, item);
        return true;
      }
      if (item?.['type'] === 'message' || insideMessage.test(type)) {
        // A comment on the work that was whole, and now the answer itself.
        if (item !== null && open !== null && item['phase'] !== open.item['phase']) closeOpenMessage();
        startMessage(index);
      } else goOnBehindMessage();
    }
    if (index !== messageIndex) {
      write(type, { ...event, output_index: place(index) });
    } else if (message !== null) {
      if (type === 'response.output_item.added') message.added(item ?? {});
      else if (type !== 'response.output_item.done') return message.event(type, event);
      else {
        message.done(item);
        message = open = null;
      }
    }
    return true;
  };

  /** Where no event brought an item, the terminal one may bring them all. */
  const adopt = (response: JsonObject): boolean =>
    asObjects(response['output']).every(
      (item, index) =>
        itemEvent('response.output_item.added', index, { item, output_index: index }) &&
        itemEvent('response.output_item.done', index, { item, output_index: index }),
    );

  const ofOneAnswer = (response: JsonObject): JsonObject => ({
    ...response,
    id: seen.responseId,
    ...(seen.createdAt === null ? {} : { created_at: seen.createdAt }),
  });

  if (joining && seen.part === 'whole') {
    closeOpenMessage();
    joining = true;
  }

  return {
    frame(frame) {
      if (handshake.has(frame.type)) return true;
      const event = parseObject(frame.buf.toString('utf8', frame.dataStart, frame.dataEnd));
      if (event === null) return true;
      const index = asIndex(event['output_index']);
      if (index !== null) return itemEvent(frame.type, index, event);
      if (asText(event['item_id']) !== null || asObject(event['item']) !== null) return false;
      if (frame.type.startsWith('response.')) write(frame.type, event);
      else emit(frame);
      return true;
    },
    terminal(frame) {
      const event = parseObject(frame.buf.toString('utf8', frame.dataStart, frame.dataEnd));
      const response = asObject(event?.['response']);
      if (event === null || response === null) return null;
      if (indexes.size === 0 && reasoning.size === 0 && !adopt(response)) return null;
      // An answer that ends without a word where the text was cut is one more way to lose the rest of it.
      if (joining && open !== null && frame.type === 'response.completed') return null;
      message?.done(frame.type === 'response.incomplete' ? { status: 'incomplete' } : null);
      if (joining) closeOpenMessage();
      const items = [...output].sort(([a], [b]) => a - b).map(([, item]) => item);
      return frameOf(frame.type, { ...event, response: { ...ofOneAnswer(response), output: items } });
    },
    failure(frame) {
      const event = parseObject(frame.buf.toString('utf8', frame.dataStart, frame.dataEnd)) ?? {};
      const response = asObject(event['response']);
      return frameOf(frame.type, response === null ? event : { ...event, response: ofOneAnswer(response) });
    },
  };
}
