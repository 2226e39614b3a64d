import { asText, type JsonObject } from '../json-object.ts';
import { optional, present, readList, readName, readObject, readText, wrongValue } from '../request-fields.ts';

/** Calls that have no result yet, in the order they were made. */
type OpenCalls = { readonly id: string; readonly name: string }[];

/** Ollama's messages as Chat's. Fields that Chat does not know stay, and are left out there. */
export function ollamaMessages(messages: readonly unknown[]): JsonObject[] {
  const open: OpenCalls = [];
  return messages.map((value, index) => {
    const param = `messages[${index}]`;
    const message = readObject(value, param);
    const role = readText(message['role'], `${param}.role`);
    if (role === 'tool') return toolResult(message, param, open);
    if (role === 'assistant') return assistantMessage(message, param, index, open);
    return withImages(message, role, param);
  });
}

function withImages(message: JsonObject, role: string, param: string): JsonObject {
  const { images: _, ...rest } = message;
  const images = optional(message['images'], `${param}.images`, readList) ?? [];
  if (images.length === 0) return rest;
  if (role !== 'user') throw wrongValue(`${param}.images`, 'Only a user message can hold images.');
  const text = optional(message['content'], `${param}.content`, readText) ?? '';
  const parts = images.map((image, index) => imagePart(readName(image, `${param}.images[${index}]`), param));
  return { ...rest, content: [...(text === '' ? [] : [{ type: 'text', text }]), ...parts] };
}

/** How each kind of image begins, in base64. */
const beginnings: readonly (readonly [string, string])[] = [
  ['iVBORw0KGgo', 'image/png'],
  ['/9j/', 'image/jpeg'],
  ['R0lGOD', 'image/gif'],
  ['UklGR', 'image/webp'],
];

/** Ollama's images are bare base64; Chat's are data URLs. */
function imagePart(image: string, param: string): JsonObject {
  if (image.startsWith('data:')) return { type: 'image_url', image_url: { url: image } };
  const media = beginnings.find(([beginning]) => image.startsWith(beginning))?.[1];
  if (media === undefined) {
    throw wrongValue(`${param}.images`, 'An image is base64 of a PNG, JPEG, GIF or WebP file.');
  }
  return { type: 'image_url', image_url: { url: `data:${media};base64,${image}` } };
}

/** Ollama's calls need no id, so they get one that is the same whenever this history is sent again. */
function assistantMessage(message: JsonObject, param: string, index: number, open: OpenCalls): JsonObject {
  const calls = optional(message['tool_calls'], `${param}.tool_calls`, readList) ?? [];
  const made = calls.map((value, place) => {
    const at = `${param}.tool_calls[${place}]`;
    const call = readObject(value, at);
    const { name, arguments: given = {} } = readObject(call['function'], `${at}.function`);
    const id = optional(call['id'], `${at}.id`, readText) || `call_${index}_${place}`;
    open.push({ id, name: readName(name, `${at}.function.name`) });
    return {
      id,
      type: 'function',
      function: { name, arguments: typeof given === 'string' ? given : JSON.stringify(given) },
    };
  });
  return present({ ...message, tool_calls: made.length === 0 ? null : made });
}

/** The result names its call by id, by the tool's name, or not at all: then it is that of the first call without one. */
function toolResult(message: JsonObject, param: string, open: OpenCalls): JsonObject {
  const { tool_name: toolName, name, tool_call_id: given, ...rest } = message;
  const id = asText(given) || null;
  const tool = asText(toolName) ?? asText(name);
  const place = open.findIndex((call) => (id !== null ? call.id === id : tool === null || call.name === tool));
  const found = open[place];
  if (found === undefined) {
    throw wrongValue(param, 'No earlier message calls the tool that this is the result of.');
  }
  open.splice(place, 1);
  return { ...rest, tool_call_id: found.id };
}
