import { asIndex, asObject, asObjects, asText, type JsonObject, parseObject } from '../json-object.ts';
import { present } from '../request-fields.ts';

/** What every line of an answer says of itself, and when. */
export interface OllamaContext {
  /** The model that the client asked for. */
  readonly model: string;
  readonly showsThinking: boolean;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Milliseconds since the call began. */
  readonly elapsedMs: () => number;
}

/** One line of a stream, or the whole of an answer that is not one. */
export const ollamaLine = ({ model, now }: OllamaContext, message: JsonObject, done: JsonObject): JsonObject => ({
  model,
  created_at: new Date(now()).toISOString(),
  message: { role: 'assistant', ...message },
  ...done,
});

export interface OllamaEnd {
  readonly finishReason: string | null;
  /** Chat's usage. */
  readonly usage: JsonObject | null;
  /** When the first output came (ms since the call began). */
  readonly firstOutputMs: number;
}

/** The members of the last line. Durations are nanoseconds; figures that are not known are left out. */
export function ollamaEnd({ elapsedMs }: OllamaContext, { finishReason, usage, firstOutputMs }: OllamaEnd): JsonObject {
  const total = Math.max(elapsedMs(), firstOutputMs);
  return present({
    done: true,
    // Ollama knows no other reasons of an answer.
    done_reason: finishReason === 'length' ? 'length' : 'stop',
    total_duration: nanoseconds(total),
    load_duration: 0,
    prompt_eval_count: asIndex(usage?.['prompt_tokens']),
    prompt_eval_duration: nanoseconds(firstOutputMs),
    eval_count: asIndex(usage?.['completion_tokens']),
    eval_duration: nanoseconds(total - firstOutputMs),
  });
}

const nanoseconds = (ms: number): number => Math.round(ms * 1_000_000);

/**
 * Chat's tool calls as Ollama's, whose arguments are an object. A call that was cut off is none: the reason of the end,
 * `length`, says so.
 */
export function ollamaCalls(calls: readonly JsonObject[]): JsonObject[] {
  return calls.flatMap((call, index) => {
    const { name, arguments: text } = asObject(call['function']) ?? {};
    const given = text === '' ? {} : parseObject(asText(text) ?? '');
    return given === null ? [] : [{ id: call['id'], function: { index, name, arguments: given } }];
  });
}

/** A whole `chat.completion` as one answer of Ollama's; says what the lines of a stream add up to. */
export function completionToOllama(completion: JsonObject, context: OllamaContext): JsonObject {
  const [choice] = asObjects(completion['choices']);
  const message = asObject(choice?.['message']) ?? {};
  const thinking = context.showsThinking ? asText(message['reasoning_content']) : null;
  const calls = ollamaCalls(asObjects(message['tool_calls']));
  return ollamaLine(
    context,
    present({
      content: `${asText(message['content']) ?? ''}${asText(message['refusal']) ?? ''}`,
      thinking: thinking || null,
      tool_calls: calls.length === 0 ? null : calls,
    }),
    ollamaEnd(context, {
      finishReason: asText(choice?.['finish_reason']),
      usage: asObject(completion['usage']),
      firstOutputMs: context.elapsedMs(),
    }),
  );
}
