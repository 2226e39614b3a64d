import { asText, type JsonObject } from './json-object.ts';

type Field = 'text' | 'refusal' | 'summary' | 'reasoning' | 'arguments' | 'input';

export interface DraftDelta {
  readonly field: Field;
  readonly partName: 'content_index' | 'summary_index';
}

const deltas: ReadonlyMap<string, DraftDelta> = new Map([
  ['response.output_text.delta', { field: 'text', partName: 'content_index' }],
  ['response.refusal.delta', { field: 'refusal', partName: 'content_index' }],
  ['response.reasoning_summary_text.delta', { field: 'summary', partName: 'summary_index' }],
  ['response.reasoning_text.delta', { field: 'reasoning', partName: 'content_index' }],
  ['response.function_call_arguments.delta', { field: 'arguments', partName: 'content_index' }],
  ['response.custom_tool_call_input.delta', { field: 'input', partName: 'content_index' }],
]);

/** What the delta adds to, or `null` for events that are not deltas of an item. */
export const isDraftDelta = (type: string): DraftDelta | null => deltas.get(type) ?? null;

/** An output item as far as its deltas tell, for an item that never got its `done` event. */
export interface ItemDraft {
  begin(item: JsonObject): void;
  add(delta: DraftDelta, part: number, literal: string): void;
  /** `null` where nothing is known that a client could use. */
  item(): JsonObject | null;
}

export function createItemDraft(): ItemDraft {
  const literals = new Map<Field, Map<number, string[]>>();
  let begun: JsonObject | null = null;

  const sections = (field: Field): { part: number; text: string }[] =>
    [...(literals.get(field) ?? [])]
      .sort(([a], [b]) => a - b)
      // The pieces stay escaped until now: most items get their `done` event and these are never read.
      .map(([part, pieces]) => ({ part, text: pieces.map((piece) => asText(JSON.parse(piece)) ?? '').join('') }));

  const message = (): JsonObject[] =>
    [
      ...sections('text').map(({ part, text }) => ({ part, content: { type: 'output_text', text, annotations: [] } })),
      ...sections('refusal').map(({ part, text }) => ({ part, content: { type: 'refusal', refusal: text } })),
    ]
      .sort((a, b) => a.part - b.part)
      .map(({ content }) => content);

  return {
    begin(item) {
      begun = item;
    },
    add({ field }, part, literal) {
      const parts = literals.get(field) ?? new Map<number, string[]>();
      literals.set(field, parts);
      const pieces = parts.get(part);
      if (pieces === undefined) parts.set(part, [literal]);
      else pieces.push(literal);
    },
    item() {
      const base = { ...begun, status: 'incomplete' };
      if (literals.has('text') || literals.has('refusal')) {
        return { type: 'message', role: 'assistant', ...base, content: message() };
      }
      if (literals.has('summary') || literals.has('reasoning')) {
        const summary = sections('summary').map(({ text }) => ({ type: 'summary_text', text }));
        const content = sections('reasoning').map(({ text }) => ({ type: 'reasoning_text', text }));
        return { type: 'reasoning', ...base, summary, ...(content.length > 0 ? { content } : {}) };
      }
      // A call without its name, or one that was only announced, is not a call.
      for (const field of ['arguments', 'input'] as const) {
        if (begun !== null && literals.has(field)) return { ...base, [field]: sections(field)[0]?.text ?? '' };
      }
      return null;
    },
  };
}
