import { refuseApiOnly } from './api-only.ts';
import { chatMessages, customInput } from './chat-upstream-messages.ts';
import { createDroppedNames, type DroppedNames } from './dropped-names.ts';
import { asObject, asObjects, asText, isJsonObject, type JsonObject } from './json-object.ts';
import { present } from './request-fields.ts';

export interface ChatUpstreamRequest {
  /** A Chat Completions body, streaming, with its usage asked for. */
  readonly request: JsonObject;
  readonly dropped: string[];
  /** Custom tools travel as functions with one string argument; their calls are turned back by these names. */
  readonly customTools: ReadonlySet<string>;
}

/** Read here, or of no meaning to an upstream that keeps nothing and has its own notion of reasoning. */
const handled = new Set([
  'model',
  'stream',
  'store',
  'input',
  'instructions',
  'tools',
  'tool_choice',
  'parallel_tool_calls',
  'reasoning',
  'text',
  'max_output_tokens',
  'temperature',
  'top_p',
  'user',
  'service_tier',
  'stop',
  'top_logprobs',
]);

/** For compatible base URLs that speak only Chat Completions. Throws RelayError for what would change the meaning. */
export function responsesToChat(request: JsonObject, stop: readonly string[] = []): ChatUpstreamRequest {
  refuseApiOnly(request);
  const dropped = createDroppedNames();
  const customTools = new Set<string>();
  const tools = asObjects(request['tools']).flatMap((tool) => chatTool(tool, customTools, dropped) ?? []);
  const text = asObject(request['text']);
  const chat = present({
    model: request['model'],
    messages: chatMessages(request, dropped),
    stream: true,
    stream_options: { include_usage: true },
    tools: tools.length === 0 ? null : tools,
    tool_choice: tools.length === 0 ? null : choice(request['tool_choice'], dropped),
    parallel_tool_calls: tools.length === 0 ? null : request['parallel_tool_calls'],
    reasoning_effort: asObject(request['reasoning'])?.['effort'],
    response_format: responseFormat(text?.['format']),
    verbosity: text?.['verbosity'],
    max_tokens: request['max_output_tokens'],
    temperature: request['temperature'],
    top_p: request['top_p'],
    user: request['user'],
    service_tier: request['service_tier'],
    stop: stop.length === 0 ? null : stop,
  });
  for (const [name, value] of Object.entries(request))
    if (!handled.has(name) && hasMeaning(name, value)) dropped.add(name);
  return { request: chat, dropped: dropped.list(), customTools };
}

/** Encrypted reasoning is asked for on every request, and is nothing that Chat could give. */
function hasMeaning(name: string, value: unknown): boolean {
  if (value === null || value === undefined) return false;
  return name !== 'include' || !Array.isArray(value) || value.some((entry) => entry !== 'reasoning.encrypted_content');
}

function chatTool(tool: JsonObject, customTools: Set<string>, dropped: DroppedNames): JsonObject | null {
  const name = asText(tool['name']);
  if (tool['type'] === 'function' && name !== null) {
    const { description, parameters, strict } = tool;
    return { type: 'function', function: present({ name, description, strict, parameters }) };
  }
  if (tool['type'] === 'custom' && name !== null) {
    customTools.add(name);
    return {
      type: 'function',
      function: present({ name, description: tool['description'], parameters: customParameters(tool) }),
    };
  }
  dropped.add(`tools[].${asText(tool['type']) ?? 'other'}`);
  return null;
}

function customParameters(tool: JsonObject): JsonObject {
  const format = asObject(tool['format']);
  const grammar = asText(format?.['definition']);
  const description =
    grammar === null ? null : `Must match this ${asText(format?.['syntax']) ?? ''} grammar:\n${grammar}`;
  return {
    type: 'object',
    properties: { [customInput]: present({ type: 'string', description }) },
    required: [customInput],
    additionalProperties: false,
  };
}

function choice(value: unknown, dropped: DroppedNames): unknown {
  if (!isJsonObject(value)) return value;
  const name = asText(value['name']);
  if ((value['type'] === 'function' || value['type'] === 'custom') && name !== null) {
    return { type: 'function', function: { name } };
  }
  if (value['type'] === 'allowed_tools') {
    const tools = asObjects(value['tools']).map((tool) => choice(tool, dropped));
    return { type: 'allowed_tools', allowed_tools: { mode: value['mode'], tools } };
  }
  dropped.add('tool_choice');
  return null;
}

function responseFormat(value: unknown): JsonObject | null {
  const format = asObject(value);
  if (format?.['type'] !== 'json_schema') return format;
  const { type, ...schema } = format;
  return { type, json_schema: schema };
}
