import { isObject, type JsonObject, listOr } from './json-object.ts';
import { errorRefusal, invalidValue, missingParameter } from './refusal.ts';

/** Ids that a client replays carry the prefix of their type. */
const idPrefixes: Readonly<Record<string, string>> = {
  message: 'msg',
  reasoning: 'rs',
  function_call: 'fc',
  custom_tool_call: 'ctc',
  compaction: 'cmp',
  web_search_call: 'ws',
};

const knownTypes = new Set([
  ...Object.keys(idPrefixes),
  'function_call_output',
  'custom_tool_call_output',
  'local_shell_call',
  'local_shell_call_output',
  'image_generation_call',
  'tool_search_call',
  'tool_search_output',
  'compaction_trigger',
  'additional_tools',
  // Codex 0.169 with a provider named OpenAI sends it after the prompt of a lite model: { reasoning: { effort } }.
  'configuration_update',
  'item_reference',
]);

const userParts = ['input_text', 'input_image', 'input_file'];
const assistantParts = ['output_text', 'refusal'];
const outputTypes: Readonly<Record<string, { readonly call: string; readonly label: string }>> = {
  function_call_output: { call: 'function_call', label: 'function call output' },
  custom_tool_call_output: { call: 'custom_tool_call', label: 'custom tool call output' },
};

export interface ItemRules {
  /** The Codex backend refuses `system`; the API takes it. */
  readonly systemRole: boolean;
  /** What this account's `encrypted_content` starts with. */
  readonly encryptedPrefix: string;
}

/** Refuses what the Responses service refuses in `input` (PROTOCOL 2.5, 2.7). */
export function checkItems(items: readonly unknown[], rules: ItemRules): readonly JsonObject[] {
  const calls = new Map<string, { readonly type: string; answered: boolean }>();
  const checked = items.map((item, index) => {
    const at = `input[${index}]`;
    if (!isObject(item)) throw invalidValue(at, `Invalid type for '${at}': expected an object.`);
    const type = item['type'] ?? (item['role'] === undefined ? undefined : 'message');
    if (typeof type !== 'string' || !knownTypes.has(type)) {
      throw invalidValue(`${at}.type`, `Invalid value: '${String(type)}' is not a type of input item.`);
    }
    checkId(item['id'], type, at);
    if (type === 'message') checkMessage(item, at, rules);
    if (type === 'reasoning' || type === 'compaction') checkEncrypted(item, at, rules);
    if (type === 'function_call' || type === 'custom_tool_call') checkCall(item, type, at, calls);
    if (type in outputTypes) checkOutput(item, type, at, calls);
    return item;
  });
  for (const [callId, call] of calls) {
    if (call.answered) continue;
    throw errorRefusal(400, null, `No tool output found for ${call.type.replaceAll('_', ' ')} ${callId}.`, 'input');
  }
  return checked;
}

function checkId(id: unknown, type: string, at: string): void {
  const prefix = idPrefixes[type];
  if (id === undefined || id === null || prefix === undefined) return;
  if (typeof id === 'string' && id.startsWith(`${prefix}_`)) return;
  throw invalidValue(`${at}.id`, `Invalid '${at}.id': '${String(id)}'. Expected an ID that begins with '${prefix}'.`);
}

function checkMessage(item: JsonObject, at: string, rules: ItemRules): void {
  const role = item['role'];
  if (role === 'system' && !rules.systemRole) {
    throw errorRefusal(400, 'invalid_value', 'System messages are not allowed', `${at}.role`);
  }
  if (role !== 'user' && role !== 'assistant' && role !== 'developer' && role !== 'system') {
    throw invalidValue(`${at}.role`, `Invalid value: '${String(role)}' is not a role.`);
  }
  const content = item['content'];
  if (typeof content === 'string') return;
  if (!Array.isArray(content)) throw missingParameter(`${at}.content`);
  checkParts(content, role === 'assistant' ? assistantParts : userParts, `${at}.content`);
}

function checkParts(parts: readonly unknown[], allowed: readonly string[], at: string): void {
  parts.forEach((part, index) => {
    const here = `${at}[${index}]`;
    const type = isObject(part) ? part['type'] : undefined;
    if (!isObject(part) || typeof type !== 'string' || !allowed.includes(type)) {
      const values = allowed.map((value) => `'${value}'`).join(', ');
      throw invalidValue(here, `Invalid value: '${String(type)}'. Supported values are: ${values}.`);
    }
    if ('prompt_cache_breakpoint' in part) throw unknownParameter(`${here}.prompt_cache_breakpoint`);
    if (type === 'input_image') checkImage(part, here);
    if ((type === 'input_text' || type === 'output_text') && typeof part['text'] !== 'string') {
      throw missingParameter(`${here}.text`);
    }
    if (type === 'refusal' && typeof part['refusal'] !== 'string') throw missingParameter(`${here}.refusal`);
  });
}

function checkImage(part: JsonObject, at: string): void {
  const url = part['image_url'];
  if (typeof part['file_id'] === 'string' && url === undefined) return;
  if (typeof url !== 'string') {
    const got = isObject(url) ? 'an object' : String(url);
    throw errorRefusal(
      400,
      'invalid_type',
      `Invalid type for '${at}.image_url': expected an image URL, but got ${got} instead.`,
      `${at}.image_url`,
    );
  }
  if (/^(https:\/\/|data:image\/[a-z+.-]+;base64,)/.test(url)) return;
  throw invalidValue(
    `${at}.image_url`,
    `Invalid '${at}.image_url'. Expected a valid URL, but got a value that is none.`,
  );
}

/** Encrypted reasoning and compaction belong to the account that made them (PROTOCOL 9.1). */
function checkEncrypted(item: JsonObject, at: string, rules: ItemRules): void {
  const content = item['encrypted_content'];
  if (content === undefined || content === null) {
    if (item['type'] === 'compaction') throw missingParameter(`${at}.encrypted_content`);
    return;
  }
  if (typeof content === 'string' && content.startsWith(rules.encryptedPrefix)) return;
  const reason =
    typeof content === 'string' && content.startsWith('enc:')
      ? 'Encrypted content organization_id did not match the target organization.'
      : `The encrypted content ${String(content).slice(0, 4)}... could not be verified.`;
  throw errorRefusal(400, 'invalid_encrypted_content', reason, `${at}.encrypted_content`);
}

function checkCall(
  item: JsonObject,
  type: string,
  at: string,
  calls: Map<string, { readonly type: string; answered: boolean }>,
): void {
  const field = type === 'function_call' ? 'arguments' : 'input';
  for (const name of ['call_id', 'name', field]) {
    if (typeof item[name] !== 'string') throw missingParameter(`${at}.${name}`);
  }
  checkName(String(item['name']), `${at}.name`);
  calls.set(String(item['call_id']), { type, answered: false });
}

function checkOutput(
  item: JsonObject,
  type: string,
  at: string,
  calls: ReadonlyMap<string, { readonly type: string; answered: boolean }>,
): void {
  const { call, label } = outputTypes[type]!;
  const callId = String(item['call_id'] ?? '');
  const found = calls.get(callId);
  if (found === undefined || found.type !== call) {
    throw errorRefusal(400, null, `No tool call found for ${label} with call_id ${callId}.`, 'input');
  }
  found.answered = true;
  const output = item['output'];
  if (typeof output === 'string') return;
  if (!Array.isArray(output)) throw missingParameter(`${at}.output`);
  checkParts(listOr(output), userParts, `${at}.output`);
}

/** The rule for names of tools and calls: the API's, and the reason why MCP names need shortening (PROTOCOL 10). */
export function checkName(name: string, at: string): void {
  if (name.length > 64) {
    throw errorRefusal(
      400,
      'string_above_max_length',
      `Invalid '${at}': string too long. Expected a string with maximum length 64, but got a string with length ${name.length} instead.`,
      at,
    );
  }
  if (/^[a-zA-Z0-9_-]+$/.test(name)) return;
  throw invalidValue(
    at,
    `Invalid '${at}': string does not match pattern. Expected a string that matches the pattern '^[a-zA-Z0-9_-]+$'.`,
  );
}

export const unknownParameter = (name: string): Error =>
  errorRefusal(400, 'unknown_parameter', `Unknown parameter: '${name}'.`, name);
