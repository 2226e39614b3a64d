import { readUsage, type Usage } from '../../src-shared/domain/usage.ts';
import { type OpenItem, openContent, openCustomCall, openFunctionCall } from './answer-items.ts';
import { createEventWriter } from './event-writer.ts';
import { asIndex, asObject, asObjects, asText, type JsonObject, parseObject } from './json-object.ts';
import { responsesUsage } from './usage-shape.ts';

export interface ResponsesFromChatOptions {
  /** Ids of items are made from it. */
  readonly responseId: string;
  readonly model: string;
  /** Seconds since the epoch. */
  readonly createdAt: number;
  /** Functions that stand for custom tools, from `responsesToChat`. */
  readonly customTools?: ReadonlySet<string>;
}

export interface ResponsesFromChat {
  /** Takes the data of one event of a Chat stream, `[DONE]` included; gives Responses events as SSE, or `null`. Never throws. */
  chunk(data: Buffer): Buffer | null;
  /** The upstream's stream is over. Without a finish reason nothing comes: the answer was cut, and the caller says so. */
  end(): Buffer | null;
  /** A terminal event was given. */
  finished(): boolean;
  usage(): Usage;
  malformed(): number;
}

interface Call {
  item: OpenItem | null;
  id: string;
  name: string;
  /** Arguments that came before the name did. */
  early: string;
}

/** Makes of the chunks of a Chat stream the full set of Responses events (PROTOCOL 10). */
export function createResponsesFromChat(options: ResponsesFromChatOptions): ResponsesFromChat {
  const { responseId, createdAt } = options;
  const events = createEventWriter();
  const items: (JsonObject | null)[] = [];
  const calls = new Map<number, Call>();
  const closers: (() => void)[] = [];
  let content: { kind: string; item: OpenItem; outputIndex: number } | null = null;
  let lastCall = -1;
  let model = options.model;
  let begun = false;
  let finished = false;
  let reason: string | null = null;
  let usage: JsonObject | null = null;
  let malformed = 0;

  const response = (status: string, more: JsonObject = {}): JsonObject => ({
    id: responseId,
    object: 'response',
    created_at: createdAt,
    status,
    error: null,
    incomplete_details: null,
    model,
    output: items.filter((item) => item !== null),
    usage,
    ...more,
  });

  const begin = (): void => {
    if (begun) return;
    begun = true;
    events.write('response.created', { response: response('in_progress') });
    events.write('response.in_progress', { response: response('in_progress') });
  };

  const place = (prefix: string) => {
    const outputIndex = items.push(null) - 1;
    return { events, id: `${prefix}_${responseId}_${outputIndex}`, outputIndex };
  };

  const status = (): 'completed' | 'incomplete' => (incompleteReason(reason) === null ? 'completed' : 'incomplete');

  const closeContent = (): void => {
    if (content === null) return;
    const { item, outputIndex } = content;
    content = null;
    items[outputIndex] = item.close(status());
  };

  const addContent = (kind: 'output_text' | 'refusal' | 'reasoning_text', delta: unknown): void => {
    if (typeof delta !== 'string' || delta === '') return;
    if (content?.kind !== kind) {
      closeContent();
      const at = place(kind === 'reasoning_text' ? 'rs' : 'msg');
      content = { kind, item: openContent(at, kind), outputIndex: at.outputIndex };
    }
    content.item.add(delta);
  };

  const openCall = (call: Call): OpenItem => {
    closeContent();
    const custom = options.customTools?.has(call.name) ?? false;
    const at = place(custom ? 'ctc' : 'fc');
    const identity = { callId: call.id === '' ? `call_${responseId}_${at.outputIndex}` : call.id, name: call.name };
    const item = custom ? openCustomCall(at, identity) : openFunctionCall(at, identity);
    closers.push(() => {
      items[at.outputIndex] = item.close(status());
    });
    return item;
  };

  const addCall = (index: number, given: JsonObject): void => {
    lastCall = index;
    const call = calls.get(index) ?? { item: null, id: '', name: '', early: '' };
    calls.set(index, call);
    const { name, arguments: text } = asObject(given['function']) ?? {};
    if (call.item === null) {
      call.id ||= asText(given['id']) ?? '';
      call.name += asText(name) ?? '';
      call.early += asText(text) ?? '';
      if (call.name === '') return;
      call.item = openCall(call);
      call.item.add(call.early);
    } else {
      call.item.add(asText(text) ?? '');
    }
  };

  /** Some servers leave the index out: a new id is a new call, anything else goes on with the last one. */
  const indexOf = (given: JsonObject): number => {
    const index = asIndex(given['index']);
    if (index !== null) return index;
    const id = asText(given['id']);
    if (id === null || id === '') return Math.max(0, lastCall);
    for (const [known, call] of calls) if (call.id === id) return known;
    return lastCall + 1;
  };

  const addDelta = (delta: JsonObject): void => {
    addContent('reasoning_text', delta['reasoning_content'] ?? delta['reasoning']);
    addContent('output_text', delta['content']);
    addContent('refusal', delta['refusal']);
    for (const given of asObjects(delta['tool_calls'])) addCall(indexOf(given), given);
    const legacy = asObject(delta['function_call']);
    if (legacy !== null) addCall(0, { function: legacy });
  };

  const fail = (error: JsonObject): void => {
    begin();
    finished = true;
    events.write('response.failed', { response: response('failed', { error }) });
  };

  const add = (chunk: JsonObject): void => {
    const error = asObject(chunk['error']) ?? (typeof chunk['error'] === 'string' ? { message: chunk['error'] } : null);
    if (error !== null) return fail(error);
    model = asText(chunk['model']) || model;
    begin();
    usage = responsesUsage(chunk['usage']) ?? usage;
    const choice = asObjects(chunk['choices'])[0];
    if (choice === undefined || reason !== null) return;
    addDelta(asObject(choice['delta']) ?? {});
    reason = asText(choice['finish_reason']);
  };

  const end = (): void => {
    if (finished || reason === null) return;
    finished = true;
    closeContent();
    for (const close of closers) close();
    const incomplete = incompleteReason(reason);
    if (incomplete === null) events.write('response.completed', { response: response('completed') });
    else {
      const details = { incomplete_details: { reason: incomplete } };
      events.write('response.incomplete', { response: response('incomplete', details) });
    }
  };

  return {
    chunk(data) {
      if (finished) return null;
      const text = data.toString('utf8').trim();
      if (text === '[DONE]') end();
      else if (text !== '') {
        const chunk = parseObject(text);
        if (chunk === null) malformed += 1;
        else add(chunk);
      }
      return events.take();
    },
    end() {
      end();
      return events.take();
    },
    finished: () => finished,
    usage: () => readUsage(usage),
    malformed: () => malformed,
  };
}

function incompleteReason(finish: string | null): string | null {
  if (finish === 'length') return 'max_output_tokens';
  return finish === 'content_filter' ? 'content_filter' : null;
}
