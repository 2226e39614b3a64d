import { createParser, type EventSourceMessage } from 'eventsource-parser';
import { expect } from 'vitest';
import { type ChatStreamOptions, createChatStream } from '../../../src-main/protocol/chat-stream.ts';
import { createResponseCollector, type ResponseCollector } from '../../../src-main/protocol/response-collect.ts';
import { RelayError } from '../../../src-shared/domain/relay-error.ts';

export type Event = Record<string, unknown> & { type: string };

/** A place inside a larger buffer, as the frame splitter gives it. */
export const asData = (json: string): [Buffer, number, number] => {
  const data = Buffer.from(json);
  return [Buffer.concat([Buffer.from('data: '), data, Buffer.from('\n\n')]), 6, 6 + data.length];
};

export const chatOptions: ChatStreamOptions = {
  id: 'chatcmpl-1',
  model: 'gpt-5.4',
  createdAt: 1_700_000_000,
  includeUsage: false,
  stop: [],
  toolNames: new Map(),
  legacyFunctions: false,
};

/** The data of every SSE event of a text, by the reference parser. */
export function dataOf(text: string): string[] {
  const messages: EventSourceMessage[] = [];
  createParser({ onEvent: (message) => messages.push(message) }).feed(text);
  return messages.map((message) => message.data);
}

export interface ChatRun {
  readonly stream: ReturnType<typeof createChatStream>;
  readonly text: string;
  /** Chunks as objects, and `[DONE]`. */
  readonly chunks: unknown[];
}

export function runChat(events: readonly (Event | string)[], options: Partial<ChatStreamOptions> = {}): ChatRun {
  const stream = createChatStream({ ...chatOptions, ...options });
  let text = '';
  for (const event of events) {
    const json = typeof event === 'string' ? event : JSON.stringify(event);
    const type = typeof event === 'string' ? (/"type":"([^"]*)"/.exec(event)?.[1] ?? '') : event.type;
    text += stream.event(type, ...asData(json)) ?? '';
  }
  const chunks = dataOf(text).map((data): unknown => (data === '[DONE]' ? data : JSON.parse(data)));
  return { stream, text, chunks };
}

export function runCollector(events: readonly Event[]): ResponseCollector {
  const collector = createResponseCollector();
  for (const event of events) collector.event(event.type, ...asData(JSON.stringify(event)));
  return collector;
}

interface Choice {
  readonly delta: Record<string, unknown>;
  readonly finish_reason: string | null;
}

/** The deltas and the finish reasons of a run, without what is the same in every chunk. */
export const deltasOf = (run: ChatRun): unknown[] =>
  run.chunks.flatMap((chunk) => {
    if (typeof chunk !== 'object' || chunk === null || !('choices' in chunk)) return [];
    return (chunk.choices as Choice[]).map((choice) => choice.finish_reason ?? choice.delta);
  });

export interface Added {
  content: string;
  refusal: string;
  reasoning: string;
  calls: { id: string; type: string; name: string; payload: string }[];
  annotations: unknown[];
  finish: string | null;
  usage: unknown;
}

interface CallDelta {
  readonly index: number;
  readonly id?: string;
  readonly type?: string;
  readonly function?: { name?: string; arguments?: string };
  readonly custom?: { name?: string; input?: string };
}

/** What a Chat client adds up to from the chunks. */
export function addUp(run: ChatRun): Added {
  const sum: Added = { content: '', refusal: '', reasoning: '', calls: [], annotations: [], finish: null, usage: null };
  for (const chunk of run.chunks) {
    if (typeof chunk !== 'object' || chunk === null) continue;
    const { choices = [], usage } = chunk as { choices?: Choice[]; usage?: unknown };
    if (usage !== undefined && usage !== null) sum.usage = usage;
    for (const { delta, finish_reason: finish } of choices) {
      sum.finish = finish ?? sum.finish;
      if (typeof delta['content'] === 'string') sum.content += delta['content'];
      if (typeof delta['refusal'] === 'string') sum.refusal += delta['refusal'];
      if (typeof delta['reasoning_content'] === 'string') sum.reasoning += delta['reasoning_content'];
      if (Array.isArray(delta['annotations'])) sum.annotations.push(...delta['annotations']);
      for (const call of (delta['tool_calls'] ?? []) as CallDelta[]) addCall(sum, call);
    }
  }
  return sum;
}

function addCall(sum: Added, call: CallDelta): void {
  if (call.id !== undefined) {
    expect(call.index).toBe(sum.calls.length);
    sum.calls.push({ id: call.id, type: call.type ?? '', name: '', payload: '' });
  }
  const open = sum.calls[call.index];
  if (open === undefined) throw new Error(`a delta for call ${call.index}, which was not opened`);
  open.name += call.function?.name ?? call.custom?.name ?? '';
  open.payload += call.function?.arguments ?? call.custom?.input ?? '';
}

/** Code, param and message of the RelayError that is thrown. */
export function refusalOf(run: () => unknown): { code: string; param: string | null } {
  try {
    run();
  } catch (error) {
    if (error instanceof RelayError) return { code: error.code, param: error.param };
    throw error;
  }
  throw new Error('nothing was refused');
}

export const completed = (more: Record<string, unknown> = {}): Event => ({
  type: 'response.completed',
  response: { id: 'resp_1', model: 'gpt-5.4', status: 'completed', output: [], usage, ...more },
});

export const usage = {
  input_tokens: 100,
  input_tokens_details: { cached_tokens: 40, cache_write_tokens: 3 },
  output_tokens: 20,
  output_tokens_details: { reasoning_tokens: 5 },
  total_tokens: 120,
};

export const chatUsageOfIt = {
  prompt_tokens: 100,
  completion_tokens: 20,
  total_tokens: 120,
  prompt_tokens_details: { cached_tokens: 40, cache_write_tokens: 3 },
  completion_tokens_details: { reasoning_tokens: 5 },
};

export const textDelta = (delta: string, outputIndex = 0, contentIndex = 0): Event => ({
  type: 'response.output_text.delta',
  item_id: `msg_${outputIndex}`,
  output_index: outputIndex,
  content_index: contentIndex,
  delta,
  sequence_number: 4,
});

export const itemDone = (outputIndex: number, item: Record<string, unknown>): Event => ({
  type: 'response.output_item.done',
  output_index: outputIndex,
  item,
});

export const itemAdded = (outputIndex: number, item: Record<string, unknown>): Event => ({
  type: 'response.output_item.added',
  output_index: outputIndex,
  item,
});

export const message = (text: string, more: Record<string, unknown> = {}): Record<string, unknown> => ({
  type: 'message',
  role: 'assistant',
  content: [{ type: 'output_text', text, annotations: [], ...more }],
});

export const functionCall = (id: string, name: string, text: string): Record<string, unknown> => ({
  type: 'function_call',
  id: `fc_${id}`,
  call_id: id,
  name,
  arguments: text,
});

export const argumentsDelta = (outputIndex: number, delta: string): Event => ({
  type: 'response.function_call_arguments.delta',
  item_id: 'x',
  output_index: outputIndex,
  delta,
});
