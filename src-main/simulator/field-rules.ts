import { checkName, unknownParameter } from './item-rules.ts';
import { isObject, type JsonObject, listOr } from './json-object.ts';
import { errorRefusal, invalidValue, missingParameter } from './refusal.ts';

const efforts = ['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max'];
const summaries = ['auto', 'concise', 'detailed'];
const verbosities = ['low', 'medium', 'high'];
const hostedTools = [
  'web_search',
  'web_search_preview',
  'image_generation',
  'local_shell',
  'tool_search',
  'code_interpreter',
  'file_search',
  'mcp',
];
const includes = [
  'reasoning.encrypted_content',
  'web_search_call.action.sources',
  'code_interpreter_call.outputs',
  'file_search_call.results',
  'message.input_image.image_url',
  'message.output_text.logprobs',
];

/** Tools in the flat Responses shape; what nests them under `function` is a Chat body that was not translated. */
export function checkTools(value: unknown, at = 'tools'): readonly JsonObject[] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) throw invalidValue(at, `Invalid type for '${at}': expected an array of tools.`);
  return value.map((tool: unknown, index) => {
    const here = `${at}[${index}]`;
    if (!isObject(tool)) throw invalidValue(here, `Invalid type for '${here}': expected an object.`);
    const type = tool['type'];
    if (type === 'function' || type === 'custom' || type === 'namespace') {
      if (typeof tool['name'] !== 'string') throw missingParameter(`${here}.name`);
      checkName(tool['name'], `${here}.name`);
      if ('function' in tool) throw unknownParameter(`${here}.function`);
      if (type === 'namespace') checkTools(tool['tools'], `${here}.tools`);
    } else if (typeof type !== 'string' || !hostedTools.includes(type)) {
      throw invalidValue(`${here}.type`, `Invalid value: '${String(type)}' is not a supported tool.`);
    }
    return tool;
  });
}

export function checkToolChoice(choice: unknown, tools: readonly JsonObject[]): void {
  if (choice === undefined || choice === 'auto' || choice === 'none') return;
  if (choice === 'required') {
    if (tools.length === 0) throw invalidValue('tool_choice', "Tool choice 'required' needs at least one tool.");
    return;
  }
  if (!isObject(choice)) throw invalidValue('tool_choice', `Invalid value: '${String(choice)}'.`);
  const type = choice['type'];
  if (type !== 'function' && type !== 'custom') return;
  const name = choice['name'];
  if (typeof name !== 'string') throw missingParameter('tool_choice.name');
  if (tools.some((tool) => tool['type'] === type && tool['name'] === name)) return;
  throw invalidValue('tool_choice', `Tool choice '${name}' not found in 'tools' parameter.`);
}

export function checkReasoning(value: unknown): void {
  if (value === undefined || value === null) return;
  if (!isObject(value)) throw invalidValue('reasoning', "Invalid type for 'reasoning': expected an object.");
  const { effort, summary } = value;
  // Custom numeric efforts go as JSON numbers (PROTOCOL 2.3).
  if (effort !== undefined && effort !== null && typeof effort !== 'number') {
    oneOf('reasoning.effort', effort, efforts);
  }
  if (summary !== undefined && summary !== null) oneOf('reasoning.summary', summary, summaries);
}

export function checkText(value: unknown): void {
  if (value === undefined || value === null) return;
  if (!isObject(value)) throw invalidValue('text', "Invalid type for 'text': expected an object.");
  if (value['verbosity'] !== undefined && value['verbosity'] !== null) {
    oneOf('text.verbosity', value['verbosity'], verbosities);
  }
  const format = value['format'];
  if (format === undefined || format === null) return;
  if (!isObject(format)) throw invalidValue('text.format', "Invalid type for 'text.format': expected an object.");
  oneOf('text.format.type', format['type'], ['text', 'json_object', 'json_schema']);
  if (format['type'] !== 'json_schema') return;
  if (typeof format['name'] !== 'string') throw missingParameter('text.format.name');
  checkName(format['name'], 'text.format.name');
  if (!isObject(format['schema'])) throw missingParameter('text.format.schema');
}

export function checkInclude(value: unknown): void {
  if (value === undefined || value === null) return;
  for (const entry of listOr(value)) oneOf('include', entry, includes);
}

export function oneOf(param: string, value: unknown, allowed: readonly string[]): void {
  if (typeof value === 'string' && allowed.includes(value)) return;
  const values = allowed.map((entry) => `'${entry}'`).join(', ');
  throw errorRefusal(
    400,
    'invalid_value',
    `Invalid value: '${String(value)}'. Supported values are: ${values}.`,
    param,
  );
}
