import { readUsage, type Usage, unknownUsage } from '../../src-shared/domain/usage.ts';
import { callOf } from './answer-parts.ts';
import { createCallChunks } from './chat-call-chunks.ts';
import { type ChunkOptions, createChunkWriter } from './chat-chunk.ts';
import { createContentChunks } from './chat-content-chunks.ts';
import { createDeltaReader, type DeltaEvent, itemKey, itemOf } from './delta-event.ts';
import { finishReason } from './finish-reason.ts';
import { asObject, asObjects, type JsonObject, parseObject } from './json-object.ts';
import { createStopCutter } from './stop-cutter.ts';
import { type StreamFailure, streamFailure } from './stream-failure.ts';
import type { ToolNames } from './tool-names.ts';
import { chatUsage } from './usage-shape.ts';

export interface ChatStreamOptions extends ChunkOptions {
  readonly stop: readonly string[];
  readonly toolNames: ToolNames;
  readonly legacyFunctions: boolean;
  /** Reads every delta with JSON.parse; what the client gets is the same. */
  readonly parseOnly?: boolean;
}

export interface ChatStream {
  /**
   * Takes the data of one Responses event, `buf[start, end)`, and gives the SSE text that the Chat client gets for it,
   * `null` where it gets nothing. Never throws.
   */
  event(type: string, buf: Buffer, start: number, end: number): string | null;
  /** The client has everything; later events are ignored. */
  finished(): boolean;
  /** A stop sequence ended the answer: the upstream can be cancelled, its usage stays unknown. */
  stopped(): boolean;
  usage(): Usage;
  failure(): StreamFailure | null;
  /** Events of a known type that were not what they should be. */
  malformed(): number;
}

/** Translates one Responses answer into the chunks of a Chat Completions stream, event by event. */
export function createChatStream(options: ChatStreamOptions): ChatStream {
  const chunk = createChunkWriter(options);
  const reader = createDeltaReader(options.parseOnly);
  const stop = options.stop.length === 0 ? null : createStopCutter(options.stop);
  let begun = false;
  let finished = false;
  let usage = unknownUsage;
  let failure: StreamFailure | null = null;
  let malformed = 0;

  /** The first chunk names the author. */
  const begin = (content: '' | null): string => {
    if (begun) return '';
    begun = true;
    return chunk.delta({ role: 'assistant', content });
  };

  const calls = createCallChunks(chunk, options.legacyFunctions);
  const content = createContentChunks(chunk, begin, stop);

  const itemAdded = (item: JsonObject, key: number | string): string => {
    const call = callOf(item, options.toolNames);
    return call === null ? '' : begin(null) + calls.start(call, key);
  };

  const itemDone = (item: JsonObject, key: number | string): string => {
    const call = callOf(item, options.toolNames);
    if (call !== null) return begin(null) + calls.done(call, key);
    if (item['type'] === 'reasoning') return content.reasoningDone(item, key);
    return item['type'] === 'message' ? content.messageDone(item, key) : '';
  };

  /** The terminal event's own output counts for what no event brought before. */
  const outputOf = (response: JsonObject): string => {
    const [hasText, hasReasoning] = [content.hasText(), content.hasReasoning()];
    let shown = '';
    for (const [index, item] of asObjects(response['output']).entries()) {
      const sent = item['type'] === 'message' ? hasText : item['type'] === 'reasoning' && hasReasoning;
      if (!sent && !stop?.stopped()) shown += itemDone(item, index);
    }
    return shown;
  };

  const end = (event: JsonObject, status: string): string => {
    const response: JsonObject = { ...asObject(event['response']), status };
    usage = readUsage(response['usage']);
    const counted = chatUsage(response['usage']);
    const shown = outputOf(response) + content.flush() + begin('');
    finished = true;
    if (stop?.stopped()) return shown + chunk.finish('stop', counted);
    return shown + chunk.finish(finishReason(response, calls.count() > 0, options.legacyFunctions), counted);
  };

  /** An error frame instead of a finish reason (FAULTS 2.0, "after output began"). */
  const fail = (event: JsonObject): string => {
    finished = true;
    failure = streamFailure(event);
    usage = readUsage(asObject(event['response'])?.['usage']);
    const { message, param } = failure;
    const error = { message, type: failure.type ?? 'server_error', param, code: failure.code ?? 'upstream_error' };
    return `${content.flush()}data: ${JSON.stringify({ error })}\n\n`;
  };

  const onDelta = (type: string, event: DeltaEvent): string => {
    switch (type) {
      case 'response.output_text.delta':
        return content.text(event);
      case 'response.refusal.delta':
        return content.refusal(event);
      case 'response.reasoning_summary_text.delta':
        return content.reasoning('summary', event);
      case 'response.reasoning_text.delta':
        return content.reasoning('content', event);
      default:
        return calls.delta(event.item, event.literal);
    }
  };

  const onEvent = (type: string, event: JsonObject): string => {
    const item = asObject(event['item']);
    switch (type) {
      case 'response.output_item.added':
        return item === null ? '' : itemAdded(item, itemKey(event, item));
      case 'response.output_item.done':
        return item === null ? '' : itemDone(item, itemKey(event, item));
      case 'response.output_text.annotation.added':
        return content.annotation(asObject(event['annotation']) ?? {}, itemOf(event));
      case 'response.completed':
        return end(event, 'completed');
      case 'response.incomplete':
        return end(event, 'incomplete');
      default:
        return fail(event);
    }
  };

  const read = (type: string, buf: Buffer, from: number, to: number): string | null => {
    const partName = deltas.get(type);
    if (partName !== undefined) {
      const event = reader.read(buf, from, to, partName);
      return event === null ? null : onDelta(type, event);
    }
    const event = parseObject(buf.toString('utf8', from, to));
    return event === null ? null : onEvent(type, event);
  };

  return {
    event(type, buf, from, to) {
      if (finished || !(deltas.has(type) || others.has(type))) return null;
      let shown = read(type, buf, from, to);
      if (shown === null) malformed += 1;
      if (stop?.stopped() && !finished) {
        finished = true;
        shown = (shown ?? '') + chunk.finish('stop', null);
      }
      return shown === '' ? null : shown;
    },
    finished: () => finished,
    stopped: () => stop?.stopped() ?? false,
    usage: () => usage,
    failure: () => failure,
    malformed: () => malformed,
  };
}

const deltas: ReadonlyMap<string, 'content_index' | 'summary_index'> = new Map([
  ['response.output_text.delta', 'content_index'],
  ['response.refusal.delta', 'content_index'],
  ['response.reasoning_text.delta', 'content_index'],
  ['response.reasoning_summary_text.delta', 'summary_index'],
  ['response.function_call_arguments.delta', 'content_index'],
  ['response.custom_tool_call_input.delta', 'content_index'],
]);

const others = new Set([
  'response.output_item.added',
  'response.output_item.done',
  'response.output_text.annotation.added',
  'response.completed',
  'response.incomplete',
  'response.failed',
  'error',
]);
