import { type JsonObject, listOr, objectOr, textOr } from './json-object.ts';
import type { ResponseEvent } from './response-events.ts';
import type { EventWriter } from './sse-sink.ts';

/** A Chat completion that is not streamed, from the finished response. */
export function chatCompletion(response: JsonObject): JsonObject {
  const items = listOr(response['output']).map(objectOr);
  const parts = items.flatMap((item) => listOr(item['content']).map(objectOr));
  const content = parts.map((part) => textOr(part['text'], '')).join('');
  const refusal = parts.map((part) => textOr(part['refusal'], '')).join('');
  const annotations = parts.flatMap((part) => listOr(part['annotations']).map(chatAnnotation));
  const calls = items.filter(isCall).map(chatCall);
  return {
    id: chatId(response),
    object: 'chat.completion',
    created: response['created_at'],
    model: response['model'],
    choices: [
      {
        index: 0,
        message: {
          role: 'assistant',
          content: content === '' ? null : content,
          refusal: refusal === '' ? null : refusal,
          annotations,
          ...(calls.length === 0 ? {} : { tool_calls: calls }),
        },
        logprobs: null,
        finish_reason: finishReason(response, calls.length > 0),
      },
    ],
    usage: chatUsage(response['usage']),
    service_tier: 'default',
    system_fingerprint: null,
  };
}

/** Writes the events of an answer as Chat chunks; events that Chat has no word for are left out. */
export function createChunkWriter(options: { readonly includeUsage: boolean }): EventWriter {
  let calls = 0;
  let base: JsonObject = {};
  const chunk = (delta: JsonObject, finish: string | null = null): string =>
    line({
      ...base,
      choices: [{ index: 0, delta, logprobs: null, finish_reason: finish }],
      ...(options.includeUsage ? { usage: null } : {}),
    });

  return (event: ResponseEvent): string => {
    const response = objectOr(event['response']);
    switch (event.type) {
      case 'response.created':
        base = {
          id: chatId(response),
          object: 'chat.completion.chunk',
          created: response['created_at'],
          model: response['model'],
          service_tier: 'default',
          system_fingerprint: null,
        };
        return chunk({ role: 'assistant', content: '', refusal: null });
      case 'response.output_text.delta':
        return chunk({ content: event['delta'] });
      case 'response.refusal.delta':
        return chunk({ refusal: event['delta'] });
      case 'response.output_text.annotation.added':
        return chunk({ annotations: [chatAnnotation(event['annotation'])] });
      case 'response.output_item.added': {
        const item = objectOr(event['item']);
        if (!isCall(item)) return '';
        calls += 1;
        return chunk({ tool_calls: [{ index: calls - 1, ...chatCall(item) }] });
      }
      case 'response.function_call_arguments.delta':
        return chunk({ tool_calls: [{ index: calls - 1, function: { arguments: event['delta'] } }] });
      case 'response.custom_tool_call_input.delta':
        return chunk({ tool_calls: [{ index: calls - 1, custom: { input: event['delta'] } }] });
      case 'response.completed':
      case 'response.incomplete': {
        const finish = chunk({}, finishReason(response, calls > 0));
        if (!options.includeUsage) return finish;
        return finish + line({ ...base, choices: [], usage: chatUsage(response['usage']) });
      }
      case 'response.failed':
        return line({ error: { type: 'server_error', param: null, ...objectOr(response['error']) } });
      case 'error':
        return line({ error: event['error'] });
      default:
        return '';
    }
  };
}

const line = (value: JsonObject): string => `data: ${JSON.stringify(value)}\n\n`;
const chatId = (response: JsonObject): string => textOr(response['id'], '').replace('resp_', 'chatcmpl-');
const isCall = (item: JsonObject): boolean => item['type'] === 'function_call' || item['type'] === 'custom_tool_call';

const chatCall = (item: JsonObject): JsonObject =>
  item['type'] === 'custom_tool_call'
    ? { id: item['call_id'], type: 'custom', custom: { name: item['name'], input: item['input'] } }
    : { id: item['call_id'], type: 'function', function: { name: item['name'], arguments: item['arguments'] } };

const chatAnnotation = (annotation: unknown): JsonObject => {
  const { type, ...citation } = objectOr(annotation);
  return { type, url_citation: citation };
};

function finishReason(response: JsonObject, called: boolean): string {
  const reason = objectOr(response['incomplete_details'])['reason'];
  if (reason === 'content_filter') return 'content_filter';
  if (reason !== undefined) return 'length';
  return called ? 'tool_calls' : 'stop';
}

function chatUsage(value: unknown): JsonObject | null {
  const usage = objectOr(value);
  if (Object.keys(usage).length === 0) return null;
  return {
    prompt_tokens: usage['input_tokens'],
    completion_tokens: usage['output_tokens'],
    total_tokens: usage['total_tokens'],
    prompt_tokens_details: {
      cached_tokens: objectOr(usage['input_tokens_details'])['cached_tokens'] ?? 0,
      audio_tokens: 0,
    },
    completion_tokens_details: {
      reasoning_tokens: objectOr(usage['output_tokens_details'])['reasoning_tokens'] ?? 0,
      audio_tokens: 0,
      accepted_prediction_tokens: 0,
      rejected_prediction_tokens: 0,
    },
  };
}
