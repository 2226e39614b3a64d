import { createHash } from 'node:crypto';
import { RelayError } from '../../src-shared/domain/relay-error.ts';
import { asText, type JsonObject, parseObject } from '../protocol/json-object.ts';
import { inputItemsOf, type KeptResponse, outputItemsOf } from './kept-response.ts';

const MOST = 100;
const USUAL = 20;

/** The page of a response's input items that a query asks for (`limit`, `order`, `after`), in the API's form. Throws `invalid_value`. */
export function listInputItems(chain: readonly KeptResponse[], query: URLSearchParams): JsonObject {
  const items = chain.flatMap((link, index) => {
    const given = inputItemsOf(link.input).map((item, place) => listed(item, link.id, place));
    const isLast = index === chain.length - 1;
    return isLast
      ? given
      : [...given, ...outputItemsOf(link.response).map((item, place) => listed(item, link.id, place))];
  });
  const order = query.get('order') ?? 'desc';
  if (order !== 'asc' && order !== 'desc') throw wrong('order', '"order" must be asc or desc.');
  if (order === 'desc') items.reverse();
  const after = query.get('after');
  const start = after === null ? 0 : items.findIndex((item) => item['id'] === after) + 1;
  if (after !== null && start === 0) throw wrong('after', 'No input item of this response has the id in "after".');
  const data = items.slice(start, start + limitOf(query.get('limit')));
  return {
    object: 'list',
    data,
    first_id: data[0]?.['id'] ?? null,
    last_id: data.at(-1)?.['id'] ?? null,
    has_more: start + data.length < items.length,
  };
}

function limitOf(text: string | null): number {
  if (text === null) return USUAL;
  const limit = Number(text);
  if (Number.isInteger(limit) && limit >= 1 && limit <= MOST) return limit;
  throw wrong('limit', `"limit" must be a whole number from 1 to ${MOST}.`);
}

/** An item as the API lists it: with an id, and a message with its parts spelled out. */
function listed(bytes: Buffer, responseId: string, place: number): JsonObject {
  const item = parseObject(bytes.toString('utf8')) ?? {};
  const type = asText(item['type']) ?? 'message';
  const id = asText(item['id']) ?? madeId(type, responseId, place);
  if (type !== 'message') return { ...item, type, id };
  const { content } = item;
  const text = item['role'] === 'assistant' ? { type: 'output_text', annotations: [] } : { type: 'input_text' };
  return {
    ...item,
    type,
    id,
    status: item['status'] ?? 'completed',
    content: typeof content === 'string' ? [{ ...text, text: content }] : content,
  };
}

const prefixes: Readonly<Record<string, string>> = {
  message: 'msg',
  reasoning: 'rs',
  function_call: 'fc',
  function_call_output: 'fco',
  custom_tool_call: 'ctc',
  custom_tool_call_output: 'ctco',
  compaction: 'cmp',
};

/** The same for the same item whenever it is asked for. */
function madeId(type: string, responseId: string, place: number): string {
  const digest = createHash('sha256').update(`${responseId} ${place}`).digest('hex').slice(0, 32);
  return `${prefixes[type] ?? 'item'}_${digest}`;
}

const wrong = (param: string, message: string): RelayError => new RelayError('invalid_value', { param, message });
