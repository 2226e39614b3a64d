import type { DroppedNames } from './dropped-names.ts';
import { asObject, asObjects, asText, type JsonObject } from './json-object.ts';
import { present, unsupported } from './request-fields.ts';
import { inputItems } from './responses-input.ts';

/** Items that only record what an upstream's own tools did; the answer that followed stands without them. */
const records = new Set([
  'reasoning',
  'web_search_call',
  'file_search_call',
  'code_interpreter_call',
  'image_generation_call',
]);

/** The name of the one string argument that stands for a custom tool's input. */
export const customInput = 'input';

interface Draft {
  readonly messages: JsonObject[];
  /** The assistant message that takes the calls which follow it. */
  assistant: JsonObject | null;
  /** Images of tool results: a Chat tool message holds text only, so they follow the results as a user message. */
  pictures: JsonObject[];
  readonly dropped: DroppedNames;
}

/** The items of a Responses request as Chat messages. Throws RelayError for an item that Chat cannot carry. */
export function chatMessages(request: JsonObject, dropped: DroppedNames): JsonObject[] {
  const draft: Draft = { messages: [], assistant: null, pictures: [], dropped };
  const instructions = asText(request['instructions']);
  if (instructions !== null && instructions !== '') draft.messages.push({ role: 'system', content: instructions });
  for (const [index, item] of inputItems(request['input']).entries()) addItem(item, `input[${index}]`, draft);
  flushPictures(draft);
  return draft.messages;
}

function addItem(item: JsonObject, param: string, draft: Draft): void {
  const type = asText(item['type']) ?? 'message';
  switch (type) {
    case 'message':
      return addMessage(item, param, draft);
    case 'function_call':
      return addCall(item, asText(item['arguments']) ?? '', draft);
    case 'custom_tool_call':
      return addCall(item, JSON.stringify({ [customInput]: asText(item['input']) ?? '' }), draft);
    case 'function_call_output':
    case 'custom_tool_call_output':
      return addResult(item, param, draft);
  }
  if (!records.has(type)) {
    throw unsupported(`${param}.type`, 'An upstream that speaks only Chat Completions cannot take this item.');
  }
  draft.dropped.add(`input[].${type}`);
}

function addMessage(item: JsonObject, param: string, draft: Draft): void {
  flushPictures(draft);
  const content = item['content'];
  const parts: readonly JsonObject[] =
    typeof content === 'string' ? [{ type: 'input_text', text: content }] : asObjects(content);
  if (item['role'] === 'assistant') return addAssistant(parts, draft);
  draft.assistant = null;
  // `system` is known to every compatible server, `developer` is not.
  const role = item['role'] === 'user' ? 'user' : 'system';
  const mapped = parts.map((part, index) => chatPart(part, `${param}.content[${index}]`));
  draft.messages.push({ role, content: plainText(mapped) ?? mapped });
}

function addAssistant(parts: readonly JsonObject[], draft: Draft): void {
  const refusals = parts.flatMap((part) => asText(part['refusal']) ?? []);
  const text = parts.map((part) => asText(part['text']) ?? '').join('');
  const message = present({ role: 'assistant', refusal: refusals.length === 0 ? null : refusals.join('') });
  draft.assistant = { ...message, content: text === '' && refusals.length > 0 ? null : text };
  draft.messages.push(draft.assistant);
}

function addCall(item: JsonObject, payload: string, draft: Draft): void {
  flushPictures(draft);
  if (draft.assistant === null) {
    draft.assistant = { role: 'assistant', content: null };
    draft.messages.push(draft.assistant);
  }
  const call = {
    id: asText(item['call_id']) ?? '',
    type: 'function',
    function: { name: asText(item['name']) ?? '', arguments: payload },
  };
  draft.assistant['tool_calls'] = [...asObjects(draft.assistant['tool_calls']), call];
}

function addResult(item: JsonObject, param: string, draft: Draft): void {
  draft.assistant = null;
  const output = item['output'];
  const parts = asObjects(output).map((part, index) => chatPart(part, `${param}.output[${index}]`));
  const text = typeof output === 'string' ? output : parts.map((part) => asText(part['text']) ?? '').join('');
  draft.pictures.push(...parts.filter((part) => part['type'] !== 'text'));
  draft.messages.push({ role: 'tool', tool_call_id: asText(item['call_id']) ?? '', content: text });
}

function flushPictures(draft: Draft): void {
  if (draft.pictures.length === 0) return;
  draft.messages.push({ role: 'user', content: draft.pictures });
  draft.pictures = [];
  draft.assistant = null;
}

function chatPart(part: JsonObject, param: string): JsonObject {
  switch (part['type']) {
    case 'text':
    case 'input_text':
    case 'output_text':
      return { type: 'text', text: asText(part['text']) ?? '' };
    case 'image_url':
      return part;
    case 'input_image': {
      const detail = asText(part['detail']);
      const url = asText(part['image_url']);
      if (url === null) throw unsupported(`${param}.file_id`, 'Send the image itself as a data URL in image_url.');
      return { type: 'image_url', image_url: present({ url, detail }) };
    }
    case 'input_file': {
      const { filename, file_data: data, file_id: id } = part;
      if (data === undefined && id === undefined) {
        throw unsupported(`${param}.file_url`, 'Send the file itself as file_data.');
      }
      return { type: 'file', file: present({ filename, file_data: data, file_id: id }) };
    }
  }
  throw unsupported(`${param}.type`, 'An upstream that speaks only Chat Completions cannot take this content.');
}

/** One text part is sent as a string: some compatible servers take nothing else. */
function plainText(parts: readonly JsonObject[]): string | null {
  return parts.length === 1 ? asText(asObject(parts[0])?.['text']) : null;
}
