import { type ChatStreamOptions, createChatStream } from '../chat-stream.ts';
import { asObject, asObjects, asText, type JsonObject, parseObject } from '../json-object.ts';
import { type OllamaContext, ollamaCalls, ollamaEnd, ollamaLine } from './ollama-answer.ts';

export type OllamaStreamOptions = OllamaContext & Pick<ChatStreamOptions, 'stop' | 'toolNames' | 'parseOnly'>;

export interface OllamaStream {
  /** Takes the data of one Responses event; gives the lines that the client gets for it, `null` where it gets none. Never throws. */
  event(type: string, buf: Buffer, start: number, end: number): string | null;
  /** A stop sequence ended the answer. */
  stopped(): boolean;
}

/** Translates one Responses answer, by way of Chat's chunks, into the lines of JSON that Ollama streams. */
export function createOllamaStream(options: OllamaStreamOptions): OllamaStream {
  const { stop, toolNames, parseOnly, model } = options;
  const chat = createChatStream({
    ...{ id: '', model, createdAt: 0, includeUsage: true, stop, toolNames, legacyFunctions: false },
    ...(parseOnly === undefined ? {} : { parseOnly }),
  });
  /** Calls by their index, as far as they have come. */
  const calls: { id: unknown; name: unknown; arguments: string }[] = [];
  let finishReason: string | null = null;
  let usage: JsonObject | null = null;
  let firstOutputMs: number | null = null;

  const line = (message: JsonObject, done: JsonObject = { done: false }): string =>
    `${JSON.stringify(ollamaLine(options, message, done))}\n`;

  const takeCall = (delta: JsonObject): void => {
    const { name, arguments: text } = asObject(delta['function']) ?? {};
    const index = Number(delta['index']);
    calls[index] ??= { id: delta['id'], name, arguments: '' };
    calls[index].arguments += asText(text) ?? '';
  };

  const onDelta = (delta: JsonObject): string => {
    for (const call of asObjects(delta['tool_calls'])) takeCall(call);
    const content = `${asText(delta['content']) ?? ''}${asText(delta['refusal']) ?? ''}`;
    const thinking = options.showsThinking ? (asText(delta['reasoning_content']) ?? '') : '';
    if (content === '' && thinking === '') return '';
    firstOutputMs ??= options.elapsedMs();
    return line({ content, ...(thinking === '' ? {} : { thinking }) });
  };

  /** Calls come whole, in the line before the last. */
  const end = (): string => {
    const whole = ollamaCalls(
      calls.map(({ id, name, arguments: text }) => ({ id, function: { name, arguments: text } })),
    );
    const made = whole.length === 0 ? '' : line({ content: '', tool_calls: whole });
    const at = firstOutputMs ?? options.elapsedMs();
    return made + line({ content: '' }, ollamaEnd(options, { finishReason, usage, firstOutputMs: at }));
  };

  const onChunk = (data: string): string => {
    if (data === '[DONE]') return end();
    const chunk = parseObject(data) ?? {};
    const error = asObject(chunk['error']);
    if (error !== null) return `${JSON.stringify({ error: asText(error['message']) ?? 'The upstream failed.' })}\n`;
    usage = asObject(chunk['usage']) ?? usage;
    const [choice] = asObjects(chunk['choices']);
    finishReason = asText(choice?.['finish_reason']) ?? finishReason;
    return onDelta(asObject(choice?.['delta']) ?? {});
  };

  return {
    event(type, buf, start, to) {
      const text = chat.event(type, buf, start, to);
      if (text === null) return null;
      // Not by a pattern: its `.` ends at U+2028, which may stand in JSON.
      const data = text.split('\n').filter((each) => each.startsWith('data: '));
      const lines = data.map((each) => onChunk(each.slice('data: '.length))).join('');
      return lines === '' ? null : lines;
    },
    stopped: chat.stopped,
  };
}
