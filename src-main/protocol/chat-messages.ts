import { contentParts } from './chat-parts.ts';
import { type DroppedNames, dropUnknown } from './dropped-names.ts';
import type { JsonObject } from './json-object.ts';
import { optional, readList, readName, readObject, readText, unsupported, wrongValue } from './request-fields.ts';
import { shortCallId, type ToolNaming } from './tool-names.ts';

export interface MessageContext {
  readonly naming: ToolNaming;
  readonly dropped: DroppedNames;
}

interface History extends MessageContext {
  readonly items: JsonObject[];
  /** Ids of custom tool calls, whose results are another kind of item. */
  readonly customCalls: Set<string>;
  /** Legacy function calls carry no id: the last one by name. */
  readonly legacyCalls: Map<string, string>;
}

const plainFields = new Set(['role', 'content']);
const toolFields = new Set(['role', 'content', 'tool_call_id']);
const assistantFields = new Set(['role', 'content', 'refusal', 'tool_calls', 'function_call', 'audio']);

/** The `messages` of a Chat request as the `input` items of a Responses request. */
export function messageItems(messages: readonly unknown[], context: MessageContext): JsonObject[] {
  const history: History = { ...context, items: [], customCalls: new Set(), legacyCalls: new Map() };
  for (const [index, value] of messages.entries()) {
    const param = `messages[${index}]`;
    addMessage(readObject(value, param), param, history);
  }
  return history.items;
}

function addMessage(message: JsonObject, param: string, history: History): void {
  const role = readText(message['role'], `${param}.role`);
  switch (role) {
    case 'system':
    case 'developer':
      return addPlain(message, 'developer', param, history);
    case 'user':
      return addPlain(message, 'user', param, history);
    case 'assistant':
      return addAssistant(message, param, history);
    case 'tool':
      return addToolResult(message, param, history);
    case 'function':
      return addFunctionResult(message, param, history);
  }
  throw wrongValue(`${param}.role`, 'A role is one of system, developer, user, assistant, tool and function.');
}

function addPlain(message: JsonObject, role: 'developer' | 'user', param: string, history: History): void {
  dropUnknown(message, plainFields, 'messages[].', history.dropped);
  const content = contentParts(message['content'], role, `${param}.content`, history.dropped);
  history.items.push({ type: 'message', role, content });
}

function addAssistant(message: JsonObject, param: string, history: History): void {
  dropUnknown(message, assistantFields, 'messages[].', history.dropped);
  if (message['audio'] !== null && message['audio'] !== undefined) {
    throw unsupported(`${param}.audio`, 'Relay does not serve audio. Send the transcript as text.');
  }
  const content = [
    ...(optional(message['content'], `${param}.content`, (value, at) =>
      contentParts(value, 'assistant', at, history.dropped),
    ) ?? []),
  ].filter((part) => part['text'] !== '');
  const refusal = optional(message['refusal'], `${param}.refusal`, readText);
  if (refusal !== null && refusal !== '') content.push({ type: 'refusal', refusal });
  if (content.length > 0) history.items.push({ type: 'message', role: 'assistant', content });

  const calls = optional(message['tool_calls'], `${param}.tool_calls`, readList) ?? [];
  for (const [index, call] of calls.entries()) addCall(call, `${param}.tool_calls[${index}]`, history);
  const legacy = optional(message['function_call'], `${param}.function_call`, readObject);
  if (legacy !== null) addLegacyCall(legacy, `${param}.function_call`, history);
}

function addCall(value: unknown, param: string, history: History): void {
  const call = readObject(value, param);
  const id = shortCallId(readName(call['id'], `${param}.id`));
  const type = optional(call['type'], `${param}.type`, readText) ?? 'function';
  if (type === 'custom') {
    const custom = readObject(call['custom'], `${param}.custom`);
    history.customCalls.add(id);
    history.items.push({
      type: 'custom_tool_call',
      call_id: id,
      name: history.naming.short(readName(custom['name'], `${param}.custom.name`)),
      input: readText(custom['input'], `${param}.custom.input`),
    });
    return;
  }
  if (type !== 'function') throw wrongValue(`${param}.type`, 'A tool call is of type function or custom.');
  history.items.push(functionCall(readObject(call['function'], `${param}.function`), id, `${param}.function`, history));
}

function functionCall(call: JsonObject, id: string, param: string, history: History): JsonObject {
  return {
    type: 'function_call',
    call_id: id,
    name: history.naming.short(readName(call['name'], `${param}.name`)),
    arguments: readText(call['arguments'], `${param}.arguments`),
  };
}

function addLegacyCall(call: JsonObject, param: string, history: History): void {
  const id = `call_legacy_${history.items.length}`;
  const item = functionCall(call, id, param, history);
  history.legacyCalls.set(readName(call['name'], `${param}.name`), id);
  history.items.push(item);
}

function addToolResult(message: JsonObject, param: string, history: History): void {
  dropUnknown(message, toolFields, 'messages[].', history.dropped);
  const id = shortCallId(readName(message['tool_call_id'], `${param}.tool_call_id`));
  const type = history.customCalls.has(id) ? 'custom_tool_call_output' : 'function_call_output';
  history.items.push({ type, call_id: id, output: toolOutput(message['content'], `${param}.content`, history) });
}

function addFunctionResult(message: JsonObject, param: string, history: History): void {
  const name = readName(message['name'], `${param}.name`);
  const id = history.legacyCalls.get(name);
  if (id === undefined) throw wrongValue(`${param}.name`, 'No earlier function_call in the messages has this name.');
  const output = toolOutput(message['content'], `${param}.content`, history);
  history.items.push({ type: 'function_call_output', call_id: id, output });
}

/** A tool that answers nothing is sent as `null` by some clients. */
function toolOutput(content: unknown, param: string, history: History): string | readonly JsonObject[] {
  if (content === null || content === undefined) return '';
  return typeof content === 'string' ? content : contentParts(content, 'tool', param, history.dropped);
}
