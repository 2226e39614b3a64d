import type { DroppedNames } from './dropped-names.ts';
import { asObject, isJsonObject, type JsonObject } from './json-object.ts';
import { optional, readList, readObject, readText, unsupported } from './request-fields.ts';

/** `input` as a list of items: a string is one user message (PROTOCOL 2.7). */
export function inputItems(input: unknown): readonly JsonObject[] {
  if (typeof input === 'string') {
    return [{ type: 'message', role: 'user', content: [{ type: 'input_text', text: input }] }];
  }
  return readList(input, 'input').map((item, index) => readObject(item, `input[${index}]`));
}

/** The items in the form that the ChatGPT backend takes; items that need no change stay the same object. */
export function chatgptItems(input: unknown, dropped: DroppedNames): JsonObject[] {
  return inputItems(input).flatMap((item, index) => {
    const changed = chatgptItem(item, `input[${index}]`, dropped);
    return changed === null ? [] : [changed];
  });
}

function chatgptItem(item: JsonObject, param: string, dropped: DroppedNames): JsonObject | null {
  const type = optional(item['type'], `${param}.type`, readText) ?? ('role' in item ? 'message' : null);
  switch (type) {
    case 'message':
      return message(item, param, dropped);
    case 'function_call_output':
    case 'custom_tool_call_output':
      return Array.isArray(item['output'])
        ? { ...item, output: parts(item['output'], `${param}.output`, 'input_text', dropped) }
        : item;
    case 'item_reference':
      // Clients that count on `store` refer to reasoning by its id; like one without its content, it can be left out.
      if (typeof item['id'] === 'string' && item['id'].startsWith('rs_')) {
        dropped.add('input[].reasoning');
        return null;
      }
      throw unsupported(
        `${param}.type`,
        'A ChatGPT login keeps no items. Send the item itself instead of a reference to it.',
      );
    case 'reasoning':
      // Without its encrypted content it is only an id of something that was never stored.
      if (typeof item['encrypted_content'] === 'string') return item;
      dropped.add('input[].reasoning');
      return null;
    default:
      return item;
  }
}

function message(item: JsonObject, param: string, dropped: DroppedNames): JsonObject {
  const role = item['role'] === 'system' ? 'developer' : item['role'];
  const textType = role === 'assistant' ? 'output_text' : 'input_text';
  const content = item['content'];
  const changed =
    typeof content === 'string'
      ? [{ type: textType, text: content }]
      : parts(readList(content, `${param}.content`), `${param}.content`, textType, dropped);
  return { ...item, type: 'message', role, content: changed };
}

function parts(content: readonly unknown[], param: string, textType: string, dropped: DroppedNames): unknown[] {
  return content.map((value, index) => {
    const part = readObject(value, `${param}[${index}]`);
    return contentPart(part, `${param}[${index}]`, textType, dropped);
  });
}

function contentPart(part: JsonObject, param: string, textType: string, dropped: DroppedNames): JsonObject {
  if (part['type'] === 'input_audio') {
    throw unsupported(`${param}.type`, 'Relay does not serve audio. Send text, images or files.');
  }
  if (typeof part['file_id'] === 'string') {
    throw unsupported(
      `${param}.file_id`,
      'A file id is not known to a ChatGPT login. Send the content itself instead.',
    );
  }
  const { prompt_cache_breakpoint: breakpoint, ...rest } = part;
  if (breakpoint !== undefined) dropped.add('prompt_cache_breakpoint');
  const plain = breakpoint === undefined ? part : rest;
  if (plain['type'] === 'text') return { ...plain, type: textType };
  if (plain['type'] !== 'image_url') return plain;
  const nested = asObject(plain['image_url']);
  const url = isJsonObject(nested) ? nested['url'] : plain['image_url'];
  return { type: 'input_image', image_url: url, detail: nested?.['detail'] ?? plain['detail'] ?? 'auto' };
}
