import { catalogModel } from '../../../src-shared/catalog/models.ts';
import { effortOrder } from '../../../src-shared/contract/key.ts';
import { isJsonObject, type JsonObject } from '../json-object.ts';
import { optional, present, readFlag, readList, readName, readObject, wrongValue } from '../request-fields.ts';
import { ollamaMessages } from './ollama-messages.ts';

/** Tags are for files; `latest` is what Ollama's clients put where there is none. */
export const withoutTag = (model: string): string => model.replace(/:latest$/, '');

/** Options that a Chat request has a place for. */
const mapped = new Set(['num_predict', 'temperature', 'top_p', 'stop']);
/** Members of the request that are read here; what is left goes on under its own name, so that it is seen to be left out. */
const read = new Set(['model', 'messages', 'stream', 'think', 'format', 'options', 'tools']);

export interface OllamaRequest {
  /** A Chat Completions body. */
  readonly chat: JsonObject;
  /** Whether the client wants to see what the model thinks. */
  readonly showsThinking: boolean;
}

/**
 * A request of Ollama's /api/chat as a Chat Completions body (docs/api.md of ollama/ollama). What has no place there stands in
 * it as `options.<name>` or under its own name, and is left out as any unknown parameter is: visibly.
 * Throws RelayError naming the field that cannot be used.
 */
export function ollamaToChat(given: JsonObject): OllamaRequest {
  const model = withoutTag(readName(given['model'], 'model'));
  const options = optional(given['options'], 'options', readObject) ?? {};
  const messages = ollamaMessages(readList(given['messages'], 'messages'));
  const format = formatOf(given['format']);
  const think = given['think'];
  const rest = Object.entries(given).filter(([name]) => !read.has(name));
  const left = Object.entries(options).filter(([name]) => !mapped.has(name));
  const chat = present({
    ...Object.fromEntries(rest),
    ...Object.fromEntries(left.map(([name, value]) => [`options.${name}`, value])),
    model,
    messages: format?.['type'] === 'json_object' ? asksForJson(messages) : messages,
    stream: optional(given['stream'], 'stream', readFlag) ?? true,
    tools: optional(given['tools'], 'tools', readList),
    response_format: format,
    ...thinking(think, model),
    max_completion_tokens: outputLimit(options['num_predict']),
    temperature: options['temperature'],
    top_p: options['top_p'],
    stop: options['stop'],
  });
  return { chat, showsThinking: think !== false };
}

/** `json`, or a JSON schema; some clients send an empty string for none. */
function formatOf(format: unknown): JsonObject | null {
  if (format === undefined || format === null || format === '') return null;
  if (format === 'json') return { type: 'json_object' };
  if (!isJsonObject(format)) throw wrongValue('format', '"format" must be "json" or a JSON schema.');
  return { type: 'json_schema', json_schema: { name: 'answer', schema: format } };
}

/** OpenAI refuses the JSON mode where no message speaks of JSON; Ollama only advises to. */
function asksForJson(messages: readonly JsonObject[]): readonly JsonObject[] {
  if (messages.some((message) => /json/i.test(JSON.stringify(message['content'] ?? '')))) return messages;
  return [...messages, { role: 'system', content: 'Answer with one JSON object.' }];
}

/** `true` shows it, a level is an effort, `false` asks for as little as the model can do with. */
function thinking(think: unknown, model: string): JsonObject {
  if (think === undefined || think === null) return {};
  if (think === true) return { reasoning: { summary: 'auto' } };
  if (typeof think === 'string') return { reasoning_effort: think };
  if (think !== false) throw wrongValue('think', '"think" must be true, false or a level such as "low".');
  const efforts: readonly string[] = catalogModel(model)?.efforts ?? [];
  const least = effortOrder.find((effort) => efforts.includes(effort));
  return least === undefined ? {} : { reasoning_effort: least };
}

/** Ollama counts tokens of output; -1 and -2 are no limit. */
const outputLimit = (value: unknown): unknown => (typeof value === 'number' && value <= 0 ? null : value);
