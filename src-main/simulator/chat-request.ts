import { checkName, unknownParameter } from './item-rules.ts';
import { isObject, type JsonObject, listOr, objectOr, textOr } from './json-object.ts';
import { checkApiModel, checkTemperature } from './openai-rules.ts';
import { errorRefusal, invalidValue, missingParameter } from './refusal.ts';
import type { SimulatedAccount } from './simulated-account.ts';

const accepted = new Set([
  ...['audio', 'frequency_penalty', 'function_call', 'functions', 'logit_bias', 'logprobs', 'max_completion_tokens'],
  ...['max_tokens', 'messages', 'metadata', 'modalities', 'model', 'n', 'parallel_tool_calls', 'prediction'],
  ...['presence_penalty', 'prompt_cache_key', 'prompt_cache_retention', 'reasoning_effort', 'response_format'],
  ...['safety_identifier', 'seed', 'service_tier', 'stop', 'store', 'stream', 'stream_options', 'temperature'],
  ...['tool_choice', 'tools', 'top_logprobs', 'top_p', 'user', 'verbosity', 'web_search_options'],
]);

/** A Chat body read as what the model sees: the fields and items of a Responses body. */
export interface ChatRequest {
  readonly body: JsonObject;
  readonly items: readonly JsonObject[];
}

/** Checks a body of POST /v1/chat/completions as api.openai.com does. */
export function readChatRequest(account: SimulatedAccount, body: JsonObject): ChatRequest {
  for (const name of Object.keys(body)) if (!accepted.has(name)) throw unknownParameter(name);
  checkApiModel(account, body['model']);
  const messages = body['messages'];
  if (!Array.isArray(messages)) throw missingParameter('messages');
  if (messages.length === 0) throw invalidValue('messages', "Invalid 'messages': empty array.");
  checkTemperature(body['temperature']);
  const tools = listOr(body['tools']).map(readTool);
  if (tools.length > 0 && body['reasoning_effort'] !== undefined && refusesEffortWithTools(String(body['model']))) {
    throw errorRefusal(
      400,
      'unsupported_parameter',
      `Function tools with reasoning_effort are not supported for ${String(body['model'])} in /v1/chat/completions. Use /v1/responses.`,
      'reasoning_effort',
    );
  }
  const open = new Set<string>();
  const items = messages.flatMap((message: unknown, index) => readMessage(message, `messages[${index}]`, open));
  if (open.size > 0) throw unanswered();
  return {
    items,
    body: {
      model: body['model'],
      tools,
      tool_choice: readChoice(body['tool_choice']),
      parallel_tool_calls: body['parallel_tool_calls'] ?? true,
      reasoning: body['reasoning_effort'] === undefined ? {} : { effort: body['reasoning_effort'] },
      text: { format: readFormat(body['response_format']) },
      max_output_tokens: body['max_completion_tokens'] ?? body['max_tokens'] ?? null,
    },
  };
}

/** True from gpt-5.6 on (CLIENTS.md). */
function refusesEffortWithTools(model: string): boolean {
  const version = /^gpt-(\d+)(?:\.(\d+))?/.exec(model);
  if (version === null) return false;
  const [major, minor] = [Number(version[1]), Number(version[2] ?? 0)];
  return major > 5 || (major === 5 && minor >= 6);
}

function readTool(tool: unknown, index: number): JsonObject {
  const at = `tools[${index}]`;
  const outer = objectOr(tool);
  const kind = outer['type'] === 'custom' ? 'custom' : 'function';
  const inner = outer[kind];
  if (!isObject(inner)) throw missingParameter(`${at}.${kind}`);
  if (typeof inner['name'] !== 'string') throw missingParameter(`${at}.${kind}.name`);
  checkName(inner['name'], `${at}.${kind}.name`);
  return { type: kind, name: inner['name'], parameters: objectOr(inner['parameters']) };
}

function readChoice(choice: unknown): unknown {
  if (!isObject(choice)) return choice ?? 'auto';
  const inner = objectOr(choice['function'] ?? choice['custom']);
  if (typeof inner['name'] !== 'string') throw missingParameter('tool_choice.function.name');
  return { type: choice['type'], name: inner['name'] };
}

function readFormat(format: unknown): JsonObject {
  const given = objectOr(format);
  if (given['type'] !== 'json_schema') return { type: given['type'] ?? 'text' };
  const schema = objectOr(given['json_schema']);
  if (typeof schema['name'] !== 'string') throw missingParameter('response_format.json_schema.name');
  return { type: 'json_schema', name: schema['name'], schema: objectOr(schema['schema']) };
}

function readMessage(value: unknown, at: string, open: Set<string>): readonly JsonObject[] {
  if (!isObject(value)) throw invalidValue(at, `Invalid type for '${at}': expected an object.`);
  const role = value['role'];
  if (role === 'tool') {
    const callId = textOr(value['tool_call_id'], '');
    if (!open.delete(callId)) {
      const message = `messages with role 'tool' must be a response to a preceding message with 'tool_calls'.`;
      throw errorRefusal(400, null, `Invalid parameter: ${message}`, at);
    }
    return [{ type: 'function_call_output', call_id: callId, output: readContent(value['content'], at) }];
  }
  if (open.size > 0) throw unanswered();
  if (role !== 'system' && role !== 'developer' && role !== 'user' && role !== 'assistant') {
    throw invalidValue(`${at}.role`, `Invalid value: '${String(role)}' is not a role.`);
  }
  const calls = listOr(value['tool_calls']).map((call, index) => readCall(call, `${at}.tool_calls[${index}]`, open));
  if (value['content'] === undefined || value['content'] === null) {
    if (role !== 'assistant') throw missingParameter(`${at}.content`);
    return calls;
  }
  return [{ type: 'message', role, content: readContent(value['content'], at) }, ...calls];
}

function readCall(value: unknown, at: string, open: Set<string>): JsonObject {
  const call = objectOr(value);
  const inner = objectOr(call['function'] ?? call['custom']);
  if (typeof call['id'] !== 'string') throw missingParameter(`${at}.id`);
  if (typeof inner['name'] !== 'string') throw missingParameter(`${at}.function.name`);
  open.add(call['id']);
  return { type: 'function_call', call_id: call['id'], name: inner['name'], arguments: inner['arguments'] ?? '{}' };
}

function readContent(content: unknown, at: string): unknown {
  if (typeof content === 'string') return content;
  if (!Array.isArray(content)) throw invalidValue(`${at}.content`, `Invalid type for '${at}.content'.`);
  return content.map((value: unknown, index) => {
    const part = objectOr(value);
    switch (part['type']) {
      case 'text':
        return { type: 'input_text', text: textOr(part['text'], '') };
      case 'refusal':
        return { type: 'input_text', text: textOr(part['refusal'], '') };
      case 'image_url': {
        const url = objectOr(part['image_url'])['url'];
        if (typeof url !== 'string') throw missingParameter(`${at}.content[${index}].image_url.url`);
        return { type: 'input_image', image_url: url };
      }
      case 'file':
        return { type: 'input_file' };
      default:
        throw invalidValue(`${at}.content[${index}]`, `Invalid value: '${String(part['type'])}'.`);
    }
  });
}

const unanswered = (): Error =>
  errorRefusal(
    400,
    null,
    "An assistant message with 'tool_calls' must be followed by tool messages responding to each 'tool_call_id'.",
    'messages',
  );
