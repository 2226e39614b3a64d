import { messageItems } from './chat-messages.ts';
import {
  includeUsage,
  reasoning,
  refuseMeaningChanges,
  refuseTopLogprobs,
  serviceTier,
  stopSequences,
  textConfig,
  tokenLimit,
} from './chat-parameters.ts';
import { chatTool, functionTool, isWebSearch, toolChoice, toolName, webSearchTool } from './chat-tools.ts';
import { createDroppedNames, type DroppedNames, dropUnknown } from './dropped-names.ts';
import { asObjects, type JsonObject } from './json-object.ts';
import {
  optional,
  present,
  readFlag,
  readList,
  readName,
  readNumber,
  readObject,
  readText,
  wrongValue,
} from './request-fields.ts';
import { createToolNaming, type ToolNames, type ToolNaming } from './tool-names.ts';

export interface ChatTranslation {
  /** A Responses body. Carries what some upstream takes; each upstream drops what it cannot take itself. */
  readonly request: JsonObject;
  /** Parameters that no Responses upstream takes, by the client's names. */
  readonly dropped: string[];
  /** Stop sequences, which Relay emulates: no Responses upstream has them. */
  readonly stop: string[];
  /** Whether the client asked for a last chunk with the usage. */
  readonly includeUsage: boolean;
  readonly toolNames: ToolNames;
  /** The client used `functions`, so it understands `function_call` only. */
  readonly legacyFunctions: boolean;
  /** Responses parameter -> the client's name for it, for the upstream's list of what it dropped. */
  readonly clientNames: ReadonlyMap<string, string>;
}

/** Parameters that are read here, refused here, or mean nothing to lose. */
const known = new Set([
  'model',
  'messages',
  'stream',
  'stream_options',
  'stop',
  'n',
  'logprobs',
  'top_logprobs',
  'audio',
  'modalities',
  'tools',
  'functions',
  'tool_choice',
  'function_call',
  'parallel_tool_calls',
  'web_search_options',
  'response_format',
  'verbosity',
  'reasoning',
  'reasoning_effort',
  'service_tier',
  'max_tokens',
  'max_completion_tokens',
  'temperature',
  'top_p',
  'user',
  'metadata',
  'moderation',
  'safety_identifier',
  'prompt_cache_key',
  'prompt_cache_options',
  'prompt_cache_retention',
  'store',
]);

/** Translates a Chat Completions body. Throws RelayError naming the field that cannot be used. */
export function chatToResponses(chat: JsonObject): ChatTranslation {
  const dropped = createDroppedNames();
  const model = readName(chat['model'], 'model');
  const messages = readList(chat['messages'], 'messages');
  if (messages.length === 0) throw wrongValue('messages', '"messages" must hold at least one message.');
  optional(chat['stream'], 'stream', readFlag);
  refuseMeaningChanges(chat);
  refuseTopLogprobs(chat);
  const naming = createToolNaming(toolNamesOf(chat));
  const input = messageItems(messages, { naming, dropped });
  if (input.length === 0) throw wrongValue('messages', 'The messages hold nothing that could be answered.');
  const tools = toolList(chat, naming);
  const limit = tokenLimit(chat);
  const stop = stopSequences(chat['stop']);
  const usage = includeUsage(chat['stream_options'], dropped);
  const request = present({
    model,
    stream: true,
    service_tier: serviceTier(chat['service_tier']),
    input,
    tools: tools.length === 0 ? null : tools,
    tool_choice: choice(chat, naming),
    parallel_tool_calls: usesFunctions(chat)
      ? false
      : optional(chat['parallel_tool_calls'], 'parallel_tool_calls', readFlag),
    reasoning: reasoning(chat, dropped),
    store: false,
    prompt_cache_key: optional(chat['prompt_cache_key'], 'prompt_cache_key', readText),
    text: textConfig(chat),
    max_output_tokens: limit?.value,
    temperature: optional(chat['temperature'], 'temperature', readNumber),
    top_p: optional(chat['top_p'], 'top_p', readNumber),
    user: optional(chat['user'], 'user', readText),
    metadata: optional(chat['metadata'], 'metadata', readObject),
    moderation: optional(chat['moderation'], 'moderation', readObject),
    safety_identifier: optional(chat['safety_identifier'], 'safety_identifier', readText),
    prompt_cache_options: optional(chat['prompt_cache_options'], 'prompt_cache_options', readObject),
    prompt_cache_retention: optional(chat['prompt_cache_retention'], 'prompt_cache_retention', readText),
  });
  listDropped(chat, limit?.name ?? null, dropped);
  return {
    request,
    dropped: dropped.list(),
    stop,
    includeUsage: usage,
    toolNames: naming.names,
    legacyFunctions: usesFunctions(chat),
    clientNames: new Map(limit === null ? [] : [['max_output_tokens', limit.name]]),
  };
}

function listDropped(chat: JsonObject, usedLimit: string | null, dropped: DroppedNames): void {
  dropUnknown(chat, known, '', dropped);
  // Chat's `store` keeps completions for evaluations; nothing is kept here.
  if (optional(chat['store'], 'store', readFlag) === true) dropped.add('store');
  for (const name of ['max_completion_tokens', 'max_tokens']) {
    if (chat[name] !== undefined && chat[name] !== null && name !== usedLimit) dropped.add(name);
  }
}

const usesFunctions = (chat: JsonObject): boolean => Array.isArray(chat['functions']) && chat['functions'].length > 0;

function toolNamesOf(chat: JsonObject): string[] {
  const names = [...asObjects(chat['tools']).map(toolName), ...asObjects(chat['functions']).map(toolName)];
  return names.filter((name) => name !== null);
}

function toolList(chat: JsonObject, naming: ToolNaming): JsonObject[] {
  const given = optional(chat['tools'], 'tools', readList) ?? [];
  const functions = optional(chat['functions'], 'functions', readList) ?? [];
  if (given.length > 0 && functions.length > 0) throw wrongValue('functions', 'Send "tools" or "functions", not both.');
  const tools = given.map((tool, index) => chatTool(tool, `tools[${index}]`, naming.short));
  for (const [index, entry] of functions.entries()) {
    const param = `functions[${index}]`;
    tools.push(functionTool(readObject(entry, param), param, naming.short));
  }
  const search = optional(chat['web_search_options'], 'web_search_options', webSearchTool);
  if (search !== null && !tools.some((tool) => isWebSearch(tool['type']))) tools.push(search);
  return tools;
}

function choice(chat: JsonObject, naming: ToolNaming): string | JsonObject | null {
  const given = optional(chat['tool_choice'], 'tool_choice', (value, param) => toolChoice(value, param, naming.short));
  if (given !== null) return given;
  return optional(chat['function_call'], 'function_call', (value, param) => {
    if (value === 'auto' || value === 'none') return value;
    const name = readName(readObject(value, param)['name'], `${param}.name`);
    return { type: 'function', name: naming.short(name) };
  });
}
