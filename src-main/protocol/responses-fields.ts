import { refuseMeaningChanges, stopSequences } from './chat-parameters.ts';
import { isJsonObject, type JsonObject } from './json-object.ts';
import {
  optional,
  readFlag,
  readInteger,
  readList,
  readName,
  readNumber,
  readObject,
  readText,
  unsupported,
  wrongType,
  wrongValue,
} from './request-fields.ts';

const texts = ['instructions', 'previous_response_id', 'prompt_cache_key', 'service_tier', 'user', 'safety_identifier'];
const flags = ['stream', 'store', 'parallel_tool_calls', 'background'];
const numbers = ['temperature', 'top_p'];
const integers = ['max_output_tokens', 'max_tool_calls', 'top_logprobs'];
const objects = ['text', 'reasoning', 'metadata', 'client_metadata', 'stream_options'];

/** Checks the types of a Responses body field by field. Throws RelayError with the field's name (FAULTS C-03, C-05). */
export function validateResponsesRequest(body: JsonObject): void {
  readName(body['model'], 'model');
  validateInput(body['input']);
  for (const name of texts) optional(body[name], name, readText);
  for (const name of flags) optional(body[name], name, readFlag);
  for (const name of numbers) optional(body[name], name, readNumber);
  for (const name of integers) optional(body[name], name, readInteger);
  for (const name of objects) optional(body[name], name, readObject);
  for (const [index, tool] of (optional(body['tools'], 'tools', readList) ?? []).entries()) {
    readText(readObject(tool, `tools[${index}]`)['type'], `tools[${index}].type`);
  }
  for (const [index, entry] of (optional(body['include'], 'include', readList) ?? []).entries()) {
    readText(entry, `include[${index}]`);
  }
  const choice = body['tool_choice'];
  if (choice !== undefined && choice !== null && typeof choice !== 'string' && !isJsonObject(choice)) {
    throw wrongType('tool_choice', 'a string or an object');
  }
  stopSequences(body['stop']);
  refuseMeaningChanges(body);
  if (body['background'] === true) {
    throw unsupported('background', 'Relay answers in the same call. Leave out "background" and stream the answer.');
  }
}

function validateInput(input: unknown): void {
  if (typeof input === 'string') return;
  if (!Array.isArray(input)) throw wrongType('input', 'a string or an array');
  if (input.length === 0) throw wrongValue('input', '"input" must hold at least one item.');
  for (const [index, value] of input.entries()) {
    const item = readObject(value, `input[${index}]`);
    optional(item['type'], `input[${index}].type`, readText);
    optional(item['role'], `input[${index}].role`, readText);
    if (item['type'] === undefined && item['role'] === undefined) {
      throw wrongValue(`input[${index}].type`, 'An input item needs a type, or a role and content.');
    }
  }
}
