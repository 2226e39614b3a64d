import { customInput } from './chat-upstream-messages.ts';
import type { EventWriter } from './event-writer.ts';
import { asText, type JsonObject, parseObject } from './json-object.ts';

/** One output item that is being written: it opens with its first piece and closes once. */
export interface OpenItem {
  add(delta: string): void;
  /** Writes what ends the item and gives it whole. */
  close(status: 'completed' | 'incomplete'): JsonObject;
}

export interface ItemPlace {
  readonly events: EventWriter;
  readonly id: string;
  readonly outputIndex: number;
}

type PartKind = 'output_text' | 'refusal' | 'reasoning_text';

/** The events of the three kinds of content differ in their names and in the field that holds the text. */
const partEvents = {
  output_text: { name: 'response.output_text', field: 'text', item: 'message' },
  refusal: { name: 'response.refusal', field: 'refusal', item: 'message' },
  reasoning_text: { name: 'response.reasoning_text', field: 'text', item: 'reasoning' },
} as const;

/** A message or reasoning item with one part. */
export function openContent({ events, id, outputIndex }: ItemPlace, kind: PartKind): OpenItem {
  const { name, field, item } = partEvents[kind];
  const at = { item_id: id, output_index: outputIndex, content_index: 0 };
  const whole = (status: string, content: JsonObject[]): JsonObject =>
    item === 'message'
      ? { id, type: 'message', status, role: 'assistant', content }
      : { id, type: 'reasoning', status, summary: [], content };
  const part = (text: string): JsonObject => ({
    type: kind,
    [field]: text,
    ...(kind === 'output_text' ? { annotations: [], logprobs: [] } : {}),
  });
  const logprobs = kind === 'output_text' ? { logprobs: [] } : {};
  const pieces: string[] = [];
  events.write('response.output_item.added', { output_index: outputIndex, item: whole('in_progress', []) });
  events.write('response.content_part.added', { ...at, part: part('') });
  return {
    add(delta) {
      pieces.push(delta);
      events.write(`${name}.delta`, { ...at, delta, ...logprobs });
    },
    close(status) {
      const text = pieces.join('');
      const done = whole(status, [part(text)]);
      events.write(`${name}.done`, { ...at, [field]: text, ...logprobs });
      events.write('response.content_part.done', { ...at, part: part(text) });
      events.write('response.output_item.done', { output_index: outputIndex, item: done });
      return done;
    },
  };
}

export interface CallIdentity {
  readonly callId: string;
  readonly name: string;
}

export function openFunctionCall({ events, id, outputIndex }: ItemPlace, { callId, name }: CallIdentity): OpenItem {
  const at = { item_id: id, output_index: outputIndex };
  const whole = (status: string, text: string): JsonObject => ({
    id,
    type: 'function_call',
    status,
    call_id: callId,
    name,
    arguments: text,
  });
  const pieces: string[] = [];
  events.write('response.output_item.added', { output_index: outputIndex, item: whole('in_progress', '') });
  return {
    add(delta) {
      if (delta === '') return;
      pieces.push(delta);
      events.write('response.function_call_arguments.delta', { ...at, delta });
    },
    close(status) {
      const text = pieces.join('');
      const done = whole(status, text);
      events.write('response.function_call_arguments.done', { ...at, name, arguments: text });
      events.write('response.output_item.done', { output_index: outputIndex, item: done });
      return done;
    },
  };
}

/** A custom tool travelled as a function with one string: its input is known only when the arguments are complete. */
export function openCustomCall({ events, id, outputIndex }: ItemPlace, { callId, name }: CallIdentity): OpenItem {
  const at = { item_id: id, output_index: outputIndex };
  const whole = (status: string, input: string): JsonObject => ({
    id,
    type: 'custom_tool_call',
    status,
    call_id: callId,
    name,
    input,
  });
  const pieces: string[] = [];
  events.write('response.output_item.added', { output_index: outputIndex, item: whole('in_progress', '') });
  return {
    add(delta) {
      pieces.push(delta);
    },
    close(status) {
      const text = pieces.join('');
      const input = asText(parseObject(text)?.[customInput]) ?? text;
      const done = whole(status, input);
      if (input !== '') events.write('response.custom_tool_call_input.delta', { ...at, delta: input });
      events.write('response.custom_tool_call_input.done', { ...at, input });
      events.write('response.output_item.done', { output_index: outputIndex, item: done });
      return done;
    },
  };
}
