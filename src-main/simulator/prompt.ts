import { isObject, type JsonObject, listOr, objectOr, textOr } from './json-object.ts';

export interface OfferedTool {
  readonly kind: 'function' | 'custom';
  readonly name: string;
  readonly namespace: string | null;
  readonly parameters: JsonObject;
}

/** What an answer depends on, read from a Responses body or a Chat body alike. */
export interface Prompt {
  readonly userText: string;
  readonly images: number;
  readonly files: number;
  /** Texts of the tool outputs that the input ends with. */
  readonly trailingOutputs: readonly string[];
  /** Tool outputs since the last user message, those that a compaction took away included. */
  readonly outputsSinceUser: number;
  readonly itemCount: number;
  readonly tools: readonly OfferedTool[];
  readonly toolChoice: 'auto' | 'none' | 'required' | { readonly name: string };
  readonly parallelCalls: boolean;
  /** The schema that the answer must fit; an empty one for a bare JSON object; null for text. */
  readonly schema: JsonObject | null;
  readonly compact: boolean;
  readonly effort: string | null;
  readonly wantsSummary: boolean;
  readonly wantsEncrypted: boolean;
  /** What the answer has said already, a text a message, where it is asked to go on from there. */
  readonly said: readonly string[];
}

/** `items` is the whole input, what came before over the same socket included. */
export function readPrompt(body: JsonObject, input: readonly JsonObject[]): Prompt {
  const { items, said } = withoutAnswer(input);
  const isUser = (item: JsonObject): boolean => item['role'] === 'user';
  const lastUser = items.findLastIndex(isUser);
  const content = items[lastUser]?.['content'];
  const parts = typeof content === 'string' ? [{ type: 'input_text', text: content }] : listOr(content).map(objectOr);
  const isOutput = (item: JsonObject): boolean => String(item['type']).endsWith('_call_output');
  const lastOther = items.findLastIndex((item) => !isOutput(item));
  const reasoning = objectOr(body['reasoning']);
  const nested = items.filter((item) => item['type'] === 'additional_tools').flatMap((item) => listOr(item['tools']));
  return {
    userText: parts.flatMap((part) => (typeof part['text'] === 'string' ? [part['text']] : [])).join('\n'),
    images: parts.filter((part) => part['type'] === 'input_image').length,
    files: parts.filter((part) => part['type'] === 'input_file').length,
    trailingOutputs: items.slice(lastOther + 1).map((item) => outputText(item['output'])),
    outputsSinceUser: items
      .slice(lastUser + 1)
      .reduce((sum, item) => sum + (isOutput(item) ? 1 : compactedOutputs(item)), 0),
    itemCount: items.length,
    tools: [...listOr(body['tools']), ...nested].flatMap((tool) => offeredTools(tool, null)),
    toolChoice: readToolChoice(body['tool_choice']),
    parallelCalls: body['parallel_tool_calls'] !== false,
    schema: readSchema(objectOr(objectOr(body['text'])['format'])),
    compact: items.at(-1)?.['type'] === 'compaction_trigger',
    effort: reasoning['effort'] === undefined || reasoning['effort'] === null ? null : String(reasoning['effort']),
    wantsSummary: typeof reasoning['summary'] === 'string',
    wantsEncrypted: listOr(body['include']).includes('reasoning.encrypted_content'),
    said,
  };
}

/** Takes off the end of the input an answer that broke off and the order to go on with it, as a model would read the two. */
function withoutAnswer(items: readonly JsonObject[]): { items: readonly JsonObject[]; said: readonly string[] } {
  const order = items.at(-1);
  if (order === undefined || order['role'] === 'assistant' || !goOn.test(messageText(order)))
    return { items, said: [] };
  const first = items.findLastIndex((item, index) => index < items.length - 1 && item['role'] !== 'assistant') + 1;
  const said = items.slice(first, -1).map(messageText);
  return said.length === 0 ? { items, said } : { items: items.slice(0, first), said };
}

const goOn = /\bcontinue exactly where it stops\b/i;

const messageText = (item: JsonObject): string => (item['type'] === 'message' ? outputText(item['content']) : '');

/** A compaction carries the number of outputs it stands for, or a client that compacts would never come to its last step. */
export const compactedContent = (encrypted: string, outputs: number): string => `${encrypted}.${outputs}`;

function compactedOutputs(item: JsonObject): number {
  if (item['type'] !== 'compaction') return 0;
  return Number(/\.(\d+)$/.exec(textOr(item['encrypted_content'], ''))?.[1] ?? 0);
}

function outputText(output: unknown): string {
  if (typeof output === 'string') return output;
  return listOr(output)
    .map((part) => textOr(objectOr(part)['text'], ''))
    .join('');
}

function offeredTools(tool: unknown, namespace: string | null): readonly OfferedTool[] {
  if (!isObject(tool)) return [];
  const name = textOr(tool['name'], '');
  if (tool['type'] === 'namespace') return listOr(tool['tools']).flatMap((inner) => offeredTools(inner, name));
  if (tool['type'] !== 'function' && tool['type'] !== 'custom') return [];
  return [{ kind: tool['type'], name, namespace, parameters: objectOr(tool['parameters']) }];
}

function readToolChoice(choice: unknown): Prompt['toolChoice'] {
  if (choice === 'none' || choice === 'required') return choice;
  return isObject(choice) && typeof choice['name'] === 'string' ? { name: choice['name'] } : 'auto';
}

function readSchema(format: JsonObject): JsonObject | null {
  if (format['type'] === 'json_schema') return objectOr(format['schema']);
  return format['type'] === 'json_object' ? {} : null;
}
