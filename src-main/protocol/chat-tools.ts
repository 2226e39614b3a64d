import { asText, isJsonObject, type JsonObject } from './json-object.ts';
import { optional, present, readFlag, readList, readName, readObject, readText, wrongValue } from './request-fields.ts';

type Rename = (name: string) => string;
const sameName: Rename = (name) => name;

/** Tools that an upstream runs by itself; they have one shape in both protocols. */
const hosted = new Set([
  'apply_patch',
  'code_interpreter',
  'computer',
  'computer_use_preview',
  'file_search',
  'image_generation',
  'local_shell',
  'mcp',
  'namespace',
  'shell',
  'tool_search',
]);

export const isWebSearch = (type: unknown): boolean => typeof type === 'string' && type.startsWith('web_search');

/** The name of a tool or of a tool choice, nested as in Chat or flat as in Responses. */
export function toolName(tool: unknown): string | null {
  if (!isJsonObject(tool)) return null;
  const nested = tool['type'] === 'custom' ? tool['custom'] : tool['function'];
  return asText(isJsonObject(nested) ? nested['name'] : tool['name']);
}

/** One tool of a Chat request, nested or flat, as a Responses tool. */
export function chatTool(value: unknown, param: string, rename: Rename): JsonObject {
  const tool = readObject(value, param);
  const type = readText(tool['type'], `${param}.type`);
  if (type === 'function') return functionTool(...definition(tool, 'function', param), rename);
  if (type === 'custom') return customTool(...definition(tool, 'custom', param), rename);
  if (isWebSearch(type)) return { ...tool, type: 'web_search' };
  if (hosted.has(type)) return tool;
  throw wrongValue(`${param}.type`, 'This type of tool is not known. Use function, custom or web_search.');
}

/** Flattens what has the Chat form and renames what has a newer name; any other tool stays as it is (PROTOCOL 2.5, 2.7). */
export function responsesTool(value: unknown, param: string): JsonObject {
  const tool = readObject(value, param);
  const type = readText(tool['type'], `${param}.type`);
  if (type.startsWith('web_search_preview')) return { ...tool, type: 'web_search' };
  if (type === 'function' && isJsonObject(tool['function'])) return chatTool(tool, param, sameName);
  if (type === 'custom' && isJsonObject(tool['custom'])) return chatTool(tool, param, sameName);
  return tool;
}

/** The entries of the legacy `functions` list have the form of a nested function tool. */
export function functionTool(definition: JsonObject, param: string, rename: Rename): JsonObject {
  return present({
    type: 'function',
    name: rename(readName(definition['name'], `${param}.name`)),
    description: optional(definition['description'], `${param}.description`, readText),
    // Chat tools are loose unless they say so, Responses tools are strict unless they say so.
    strict: optional(definition['strict'], `${param}.strict`, readFlag) ?? false,
    parameters: optional(definition['parameters'], `${param}.parameters`, readObject) ?? {
      type: 'object',
      properties: {},
    },
  });
}

function customTool(definition: JsonObject, param: string, rename: Rename): JsonObject {
  return present({
    type: 'custom',
    name: rename(readName(definition['name'], `${param}.name`)),
    description: optional(definition['description'], `${param}.description`, readText),
    format: optional(definition['format'], `${param}.format`, customFormat),
  });
}

function customFormat(value: unknown, param: string): JsonObject {
  const format = readObject(value, param);
  if (format['type'] !== 'grammar') return { type: readText(format['type'], `${param}.type`) };
  const nested = isJsonObject(format['grammar']);
  const grammar = nested ? readObject(format['grammar'], param) : format;
  const at = nested ? `${param}.grammar` : param;
  return {
    type: 'grammar',
    syntax: readText(grammar['syntax'], `${at}.syntax`),
    definition: readText(grammar['definition'], `${at}.definition`),
  };
}

function definition(tool: JsonObject, kind: 'function' | 'custom', param: string): [JsonObject, string] {
  const nested = tool[kind];
  return nested === undefined ? [tool, param] : [readObject(nested, `${param}.${kind}`), `${param}.${kind}`];
}

/** Every form of `tool_choice`, nested or flat, in the flat form of a Responses request. */
export function toolChoice(value: unknown, param: string, rename: Rename = sameName): string | JsonObject {
  if (value === 'auto' || value === 'none' || value === 'required') return value;
  if (typeof value === 'string') throw wrongValue(param, 'A tool choice is auto, none, required or names a tool.');
  const choice = readObject(value, param);
  const type = readText(choice['type'], `${param}.type`);
  if (type === 'allowed_tools') return allowedTools(choice, param, rename);
  if (type === 'function' || type === 'custom') return namedTool(choice, type, param, rename);
  return isWebSearch(type) ? { ...choice, type: 'web_search' } : choice;
}

function namedTool(choice: JsonObject, type: 'function' | 'custom', param: string, rename: Rename): JsonObject {
  const [named, at] = definition(choice, type, param);
  return { type, name: rename(readName(named['name'], `${at}.name`)) };
}

function allowedTools(choice: JsonObject, param: string, rename: Rename): JsonObject {
  const nested = choice['allowed_tools'];
  const at = nested === undefined ? param : `${param}.allowed_tools`;
  const allowed = nested === undefined ? choice : readObject(nested, at);
  const tools = readList(allowed['tools'], `${at}.tools`);
  return {
    type: 'allowed_tools',
    mode: optional(allowed['mode'], `${at}.mode`, readText) ?? 'auto',
    tools: tools.map((tool, index) =>
      toolChoice(readObject(tool, `${at}.tools[${index}]`), `${at}.tools[${index}]`, rename),
    ),
  };
}

/** Chat's `web_search_options` as the tool that does the same. */
export function webSearchTool(value: unknown, param: string): JsonObject {
  const options = readObject(value, param);
  const location = optional(options['user_location'], `${param}.user_location`, readObject);
  const approximate = location?.['approximate'];
  return present({
    type: 'web_search',
    search_context_size: optional(options['search_context_size'], `${param}.search_context_size`, readText),
    user_location: location && { type: 'approximate', ...(isJsonObject(approximate) ? approximate : location) },
  });
}
