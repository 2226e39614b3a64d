import type { JsonObject } from './json-object.ts';
import { listOr, objectOr, textOr } from './json-object.ts';

export interface ResponseEvent extends JsonObject {
  readonly type: string;
}

interface Ending {
  readonly type: 'response.completed' | 'response.incomplete';
  /** The whole final response object. */
  readonly response: JsonObject;
}

/** The full event set of one answer, in the API's order, with sequence numbers, indexes and item ids (PROTOCOL 10). */
export function responseEvents(started: JsonObject, items: readonly JsonObject[], ending: Ending): ResponseEvent[] {
  const events: ResponseEvent[] = [
    { type: 'response.created', response: started },
    { type: 'response.in_progress', response: started },
  ];
  items.forEach((item, index) => {
    events.push(
      { type: 'response.output_item.added', output_index: index, item: beginning(item) },
      ...inner(item).map((event) => ({ ...event, item_id: item['id'], output_index: index })),
      { type: 'response.output_item.done', output_index: index, item },
    );
  });
  events.push({ type: ending.type, response: ending.response });
  return events.map((event, index) => ({ ...event, sequence_number: index }));
}

/** An item as it looks before anything of it is there. */
function beginning(item: JsonObject): JsonObject {
  switch (item['type']) {
    case 'message':
      return { ...item, status: 'in_progress', content: [] };
    case 'reasoning':
      return { ...item, summary: [] };
    case 'function_call':
      return { ...item, status: 'in_progress', arguments: '' };
    case 'custom_tool_call':
      return { ...item, status: 'in_progress', input: '' };
    case 'web_search_call':
      return { type: item['type'], id: item['id'], status: 'in_progress' };
    default:
      return item;
  }
}

function inner(item: JsonObject): ResponseEvent[] {
  switch (item['type']) {
    case 'message':
      return listOr(item['content']).flatMap((part, index) =>
        partEvents(objectOr(part)).map((event) => ({ ...event, content_index: index })),
      );
    case 'reasoning':
      return listOr(item['summary']).flatMap((part, index) =>
        summaryEvents(objectOr(part)).map((event) => ({ ...event, summary_index: index })),
      );
    case 'function_call': {
      const text = textOr(item['arguments'], '');
      const type = 'response.function_call_arguments';
      return [
        ...pieces(text, 6).map((delta) => ({ type: `${type}.delta`, delta })),
        { type: `${type}.done`, name: item['name'], arguments: text },
      ];
    }
    case 'custom_tool_call': {
      const text = textOr(item['input'], '');
      const type = 'response.custom_tool_call_input';
      return [
        ...pieces(text, 24).map((delta) => ({ type: `${type}.delta`, delta })),
        { type: `${type}.done`, input: text },
      ];
    }
    case 'web_search_call':
      return ['in_progress', 'searching', 'completed'].map((state) => ({ type: `response.web_search_call.${state}` }));
    default:
      return [];
  }
}

function partEvents(part: JsonObject): ResponseEvent[] {
  const refusal = part['type'] === 'refusal';
  const text = textOr(refusal ? part['refusal'] : part['text'], '');
  const empty = refusal ? { ...part, refusal: '' } : { ...part, text: '', annotations: [] };
  const name = refusal ? 'response.refusal' : 'response.output_text';
  const extra = refusal ? {} : { logprobs: [] };
  return [
    { type: 'response.content_part.added', part: empty },
    ...wordGroups(text).map((delta) => ({ type: `${name}.delta`, delta, ...extra })),
    ...listOr(part['annotations']).map((annotation, index) => ({
      type: 'response.output_text.annotation.added',
      annotation_index: index,
      annotation,
    })),
    { type: `${name}.done`, ...(refusal ? { refusal: text } : { text }), ...extra },
    { type: 'response.content_part.done', part },
  ];
}

function summaryEvents(part: JsonObject): ResponseEvent[] {
  const text = textOr(part['text'], '');
  return [
    { type: 'response.reasoning_summary_part.added', part: { ...part, text: '' } },
    ...wordGroups(text).map((delta) => ({ type: 'response.reasoning_summary_text.delta', delta })),
    { type: 'response.reasoning_summary_text.done', text },
    { type: 'response.reasoning_summary_part.done', part },
  ];
}

/** Four words to a delta, with the spaces after them. */
const wordGroups = (text: string): readonly string[] => text.match(/(?:\S+\s*|\s+){1,4}/g) ?? [];

function pieces(text: string, size: number): readonly string[] {
  const characters = Array.from(text);
  return Array.from({ length: Math.ceil(characters.length / size) }, (_, index) =>
    characters.slice(index * size, (index + 1) * size).join(''),
  );
}
