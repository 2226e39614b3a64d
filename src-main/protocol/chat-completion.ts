import { callOf, chatAnnotation, chatCall, reasoningSections, sectionBreak } from './answer-parts.ts';
import { finishReason } from './finish-reason.ts';
import { asObject, asObjects, asText, type JsonObject } from './json-object.ts';
import { present } from './request-fields.ts';
import { cutAtStop } from './stop-cutter.ts';
import type { ToolNames } from './tool-names.ts';
import { chatUsage } from './usage-shape.ts';

export interface CompletionContext {
  readonly id: string;
  /** The model that the client asked for. */
  readonly model: string;
  /** Seconds since the epoch. */
  readonly createdAt: number;
  readonly stop: readonly string[];
  readonly toolNames: ToolNames;
  readonly legacyFunctions: boolean;
}

/** A whole Responses answer as a `chat.completion`; says what the chunks of a stream would add up to. */
export function responseToChatCompletion(response: JsonObject, context: CompletionContext): JsonObject {
  const items = asObjects(response['output']);
  const { text, refusal, annotations } = written(items);
  const cut = cutAtStop(text, context.stop);
  const calls = items.flatMap((item) => callOf(item, context.toolNames) ?? []);
  const reasoning = items.flatMap((item) => (item['type'] === 'reasoning' ? reasoningSections(item) : []));
  const content = cut ?? text;
  const first = calls[0];
  const message = {
    role: 'assistant',
    content: content === '' && (calls.length > 0 || refusal !== '') ? null : content,
    refusal: refusal === '' ? null : refusal,
    ...(reasoning.length > 0 ? { reasoning_content: reasoning.map((section) => section.text).join(sectionBreak) } : {}),
    annotations: cut === null ? annotations : annotations.filter((entry) => beginsBefore(entry, cut.length)),
    ...(first === undefined
      ? {}
      : context.legacyFunctions
        ? { function_call: { name: first.name, arguments: first.payload } }
        : { tool_calls: calls.map(chatCall) }),
  };
  const reason = cut === null ? finishReason(response, calls.length > 0, context.legacyFunctions) : 'stop';
  return present({
    id: context.id,
    object: 'chat.completion',
    created: context.createdAt,
    model: context.model,
    choices: [{ index: 0, message, logprobs: null, finish_reason: reason }],
    usage: chatUsage(response['usage']),
    service_tier: asText(response['service_tier']),
  });
}

function written(items: readonly JsonObject[]): { text: string; refusal: string; annotations: JsonObject[] } {
  const annotations: JsonObject[] = [];
  let text = '';
  let refusal = '';
  for (const item of items) {
    if (item['type'] !== 'message') continue;
    for (const part of asObjects(item['content'])) {
      for (const entry of asObjects(part['annotations'])) {
        const citation = chatAnnotation(entry, text.length);
        if (citation !== null) annotations.push(citation);
      }
      if (part['type'] === 'refusal') refusal += asText(part['refusal']) ?? '';
      else text += asText(part['text']) ?? '';
    }
  }
  return { text, refusal, annotations };
}

function beginsBefore(annotation: JsonObject, length: number): boolean {
  const start = asObject(annotation['url_citation'])?.['start_index'];
  return typeof start !== 'number' || start < length;
}
