import { checkInclude, checkReasoning, checkText, checkToolChoice, checkTools } from './field-rules.ts';
import { checkItems } from './item-rules.ts';
import { isObject, type JsonObject, listOr } from './json-object.ts';
import { detailRefusal, errorRefusal } from './refusal.ts';
import type { SimulatedAccount } from './simulated-account.ts';

/** All that the Codex CLI sends (PROTOCOL 2.3); the backend names anything else as unsupported (2.7). */
const accepted = new Set([
  'model',
  'instructions',
  'stream',
  'service_tier',
  'input',
  'tools',
  'tool_choice',
  'parallel_tool_calls',
  'reasoning',
  'store',
  'include',
  'prompt_cache_key',
  'text',
  'client_metadata',
  'access_programs',
]);
const serviceTiers = ['priority', 'flex', 'ultrafast', 'auto', 'default'];

export interface CodexRequest {
  readonly account: SimulatedAccount;
  readonly body: JsonObject;
  /** What came before over the same WebSocket, by `previous_response_id`. */
  readonly earlier: readonly JsonObject[];
  readonly transport: 'http' | 'websocket';
  /** The lite header, or its stand-in in the metadata of a WebSocket message. */
  readonly lite: boolean;
}

/** Refuses what the ChatGPT backend refuses (PROTOCOL 2.7, 11); returns the whole input. */
export function checkCodexRequest({ account, body, earlier, transport, lite }: CodexRequest): readonly JsonObject[] {
  const socket = transport === 'websocket';
  for (const name of Object.keys(body)) {
    if (accepted.has(name)) continue;
    if (socket && (name === 'type' || name === 'generate' || name === 'previous_response_id')) continue;
    if (name === 'stream_options' && isSummaryDelivery(body[name])) continue;
    throw detailRefusal(400, `Unsupported parameter: ${name}`);
  }
  if (body['store'] !== false) throw detailRefusal(400, 'Store must be set to false');
  if (body['stream'] !== true && !(socket && body['stream'] === undefined)) {
    throw detailRefusal(400, 'Stream must be set to true');
  }
  checkModel(account, body['model']);
  if (body['service_tier'] !== undefined && !serviceTiers.includes(String(body['service_tier']))) {
    throw detailRefusal(400, `Unsupported service_tier: ${String(body['service_tier'])}`);
  }
  if (!Array.isArray(body['input'])) throw detailRefusal(400, 'Input must be a list');
  const input = [...earlier, ...listOr(body['input'])];
  // A prewarm of a lite model has no items at all (PROTOCOL 4.3).
  if (input.length === 0 && body['generate'] !== false) throw detailRefusal(400, 'Input must not be empty');
  checkInstructions(body['instructions'], input);
  const items = checkItems(input, { systemRole: false, encryptedPrefix: `enc:${account.accountId}:` });
  const extra = items.filter((item) => item['type'] === 'additional_tools');
  if (extra.length > 0 && !lite) {
    throw errorRefusal(400, 'invalid_value', "Input items of type 'additional_tools' need responses-lite.", 'input');
  }
  for (const item of extra) checkTools(item['tools'], 'input.tools');
  const tools = checkTools(body['tools']);
  if (tools.some((tool) => tool['type'] === 'web_search_preview')) {
    throw detailRefusal(400, 'Unsupported tool type: web_search_preview');
  }
  checkToolChoice(body['tool_choice'], tools);
  checkReasoning(body['reasoning']);
  checkText(body['text']);
  checkInclude(body['include']);
  return items;
}

function checkModel(account: SimulatedAccount, model: unknown): void {
  if (typeof model !== 'string') throw detailRefusal(400, 'Model is required');
  if (account.models.includes(model)) return;
  throw detailRefusal(400, `The '${model}' model is not supported when using Codex with a ChatGPT account.`);
}

/** Native clients put their instructions into the first developer message; all others must send the field (PROTOCOL 2.3, 2.7). */
function checkInstructions(instructions: unknown, input: readonly unknown[]): void {
  if (typeof instructions === 'string') return;
  const first = input[0];
  if (first === undefined) return;
  if (isObject(first) && (first['role'] === 'developer' || first['type'] === 'additional_tools')) return;
  throw detailRefusal(400, 'Instructions are required');
}

const isSummaryDelivery = (value: unknown): boolean =>
  isObject(value) && Object.keys(value).every((name) => name === 'reasoning_summary_delivery');
