import { checkInclude, checkReasoning, checkText, checkToolChoice, checkTools, oneOf } from './field-rules.ts';
import { checkItems, unknownParameter } from './item-rules.ts';
import { isObject, type JsonObject } from './json-object.ts';
import { errorRefusal, missingParameter } from './refusal.ts';
import type { SimulatedAccount } from './simulated-account.ts';

const accepted = new Set([
  'background',
  'client_metadata',
  'conversation',
  'generate',
  'include',
  'input',
  'instructions',
  'max_output_tokens',
  'max_tool_calls',
  'metadata',
  'model',
  'parallel_tool_calls',
  'previous_response_id',
  'prompt',
  'prompt_cache_key',
  'prompt_cache_retention',
  'reasoning',
  'safety_identifier',
  'service_tier',
  'store',
  'stream',
  'stream_options',
  'temperature',
  'text',
  'tool_choice',
  'tools',
  'top_logprobs',
  'top_p',
  'truncation',
  'type',
  'user',
]);

/** Checks a body of POST /v1/responses as api.openai.com does; returns the whole input as items. */
export function checkOpenAiRequest(
  account: SimulatedAccount,
  body: JsonObject,
  earlier: readonly JsonObject[],
  lite: boolean,
): readonly JsonObject[] {
  for (const name of Object.keys(body)) if (!accepted.has(name)) throw unknownParameter(name);
  checkApiModel(account, body['model']);
  const input = body['input'];
  if (input === undefined) throw missingParameter('input');
  if (typeof input !== 'string' && !Array.isArray(input)) {
    throw errorRefusal(400, 'invalid_type', "Invalid type for 'input': expected a string or an array.", 'input');
  }
  const given: readonly unknown[] =
    typeof input === 'string' ? [{ type: 'message', role: 'user', content: input }] : input;
  const items = checkItems([...earlier, ...given], {
    systemRole: true,
    encryptedPrefix: `enc:${account.accountId}:`,
  });
  for (const item of items) {
    if (item['type'] !== 'additional_tools') continue;
    if (!lite) throw errorRefusal(400, 'invalid_value', "'additional_tools' needs responses-lite.", 'input');
    checkTools(item['tools'], 'input.tools');
  }
  checkTemperature(body['temperature']);
  if (body['service_tier'] !== undefined && body['service_tier'] !== null) {
    oneOf('service_tier', body['service_tier'], ['auto', 'default', 'flex', 'priority', 'scale']);
  }
  checkToolChoice(body['tool_choice'], checkTools(body['tools']));
  checkReasoning(body['reasoning']);
  checkText(body['text']);
  checkInclude(body['include']);
  return items;
}

export function checkApiModel(account: SimulatedAccount, model: unknown): void {
  if (typeof model !== 'string') throw missingParameter('model');
  if (account.models.includes(model)) return;
  const message = `The model \`${model}\` does not exist or you do not have access to it.`;
  throw errorRefusal(404, 'model_not_found', message);
}

export function checkTemperature(value: unknown): void {
  if (value === undefined || value === null) return;
  if (typeof value === 'number' && value >= 0 && value <= 2) return;
  throw errorRefusal(400, 'invalid_value', "Invalid 'temperature': expected a number from 0 to 2.", 'temperature');
}

/** True for a body that is an object, which every endpoint needs first. */
export function requireObject(body: unknown): JsonObject {
  if (isObject(body)) return body;
  throw errorRefusal(400, null, 'We could not parse the JSON body of your request.');
}
