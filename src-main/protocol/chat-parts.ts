import { type DroppedNames, dropUnknown } from './dropped-names.ts';
import type { JsonObject } from './json-object.ts';
import {
  optional,
  present,
  readList,
  readName,
  readObject,
  readText,
  unsupported,
  wrongType,
  wrongValue,
} from './request-fields.ts';

/** What a message of this author may hold. */
export type PartAuthor = 'developer' | 'user' | 'assistant' | 'tool';

const partFields = new Set([
  'type',
  'text',
  'refusal',
  'image_url',
  'detail',
  'file',
  'file_id',
  'file_data',
  'file_url',
  'filename',
  'prompt_cache_breakpoint',
  'annotations',
  'logprobs',
]);

const textType = (author: PartAuthor): string => (author === 'assistant' ? 'output_text' : 'input_text');

/** A message's content as Responses parts: a string is one text part. Accepts Chat parts and Responses parts alike. */
export function contentParts(
  content: unknown,
  author: PartAuthor,
  param: string,
  dropped: DroppedNames,
): readonly JsonObject[] {
  if (typeof content === 'string') return [{ type: textType(author), text: content }];
  if (!Array.isArray(content)) throw wrongType(param, 'a string or an array of parts');
  return readList(content, param).map((part, index) => contentPart(part, author, `${param}[${index}]`, dropped));
}

function contentPart(value: unknown, author: PartAuthor, param: string, dropped: DroppedNames): JsonObject {
  if (typeof value === 'string') return { type: textType(author), text: value };
  const part = readObject(value, param);
  const type = readText(part['type'], `${param}.type`);
  dropUnknown(part, partFields, 'messages[].content[].', dropped);
  const breakpoint = part['prompt_cache_breakpoint'];
  switch (type) {
    case 'text':
    case 'input_text':
    case 'output_text':
      return present({
        type: textType(author),
        text: readText(part['text'], `${param}.text`),
        prompt_cache_breakpoint: breakpoint,
      });
    case 'refusal':
      if (author !== 'assistant') break;
      return { type, refusal: readText(part['refusal'], `${param}.refusal`) };
    case 'image_url':
    case 'input_image':
      if (author !== 'user' && author !== 'tool') break;
      return present({ ...imagePart(part, param), prompt_cache_breakpoint: breakpoint });
    case 'file':
    case 'input_file':
      if (author !== 'user' && author !== 'tool') break;
      return present({ ...filePart(part, param), prompt_cache_breakpoint: breakpoint });
    case 'input_audio':
      throw unsupported(`${param}.type`, 'Relay does not serve audio. Send text, images or files.');
  }
  throw wrongValue(`${param}.type`, `A ${author} message cannot hold this type of content part.`);
}

function imagePart(part: JsonObject, param: string): JsonObject {
  refuseFileId(part['file_id'], `${param}.file_id`);
  const image = part['image_url'];
  if (typeof image === 'string') {
    return { type: 'input_image', image_url: image, detail: detailOf(part['detail'], `${param}.detail`) };
  }
  const nested = readObject(image, `${param}.image_url`);
  return {
    type: 'input_image',
    image_url: readName(nested['url'], `${param}.image_url.url`),
    detail: detailOf(nested['detail'], `${param}.image_url.detail`),
  };
}

const detailOf = (value: unknown, param: string): string => optional(value, param, readName) ?? 'auto';

function filePart(part: JsonObject, param: string): JsonObject {
  const nested = part['type'] === 'file';
  const file = nested ? readObject(part['file'], `${param}.file`) : part;
  const at = nested ? `${param}.file` : param;
  refuseFileId(file['file_id'], `${at}.file_id`);
  const url = optional(file['file_url'], `${at}.file_url`, readName);
  return present({
    type: 'input_file',
    filename: optional(file['filename'], `${at}.filename`, readText),
    file_data: url === null ? readName(file['file_data'], `${at}.file_data`) : null,
    file_url: url,
  });
}

/** A file id is known only to the account that made it (PROTOCOL 9.1), and a call may go to any account. */
function refuseFileId(value: unknown, param: string): void {
  if (value === null || value === undefined) return;
  throw unsupported(
    param,
    'A file id belongs to one account. Send the content itself instead: file_data or a data URL.',
  );
}
