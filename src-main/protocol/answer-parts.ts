import { asObjects, asText, type JsonObject } from './json-object.ts';
import type { ToolNames } from './tool-names.ts';

/** A tool call of an answer, in the words of Chat. */
export interface AnswerCall {
  readonly type: 'function' | 'custom';
  readonly id: string;
  readonly name: string;
  /** JSON text of a function's arguments, or a custom tool's input. */
  readonly payload: string;
}

/** Between the sections of what is shown as `reasoning_content`. */
export const sectionBreak = '\n\n';

/** The call that an output item holds; `null` where it is none that Chat can carry. */
export function callOf(item: JsonObject, toolNames: ToolNames): AnswerCall | null {
  const custom = item['type'] === 'custom_tool_call';
  if (!custom && item['type'] !== 'function_call') return null;
  const id = asText(item['call_id']) ?? asText(item['id']);
  const name = asText(item['name']);
  if (id === null || name === null) return null;
  return {
    type: custom ? 'custom' : 'function',
    id,
    name: toolNames.get(name) ?? name,
    payload: asText(custom ? item['input'] : item['arguments']) ?? '',
  };
}

export const chatCall = (call: AnswerCall): JsonObject =>
  call.type === 'custom'
    ? { id: call.id, type: 'custom', custom: { name: call.name, input: call.payload } }
    : { id: call.id, type: 'function', function: { name: call.name, arguments: call.payload } };

/** The sections of a reasoning item: its summaries, then its raw reasoning. */
export function reasoningSections(item: JsonObject): { kind: 'summary' | 'content'; part: number; text: string }[] {
  return (['summary', 'content'] as const).flatMap((kind) =>
    asObjects(item[kind]).flatMap((section, part) => {
      const text = asText(section['text']);
      return text === null || text === '' ? [] : [{ kind, part, text }];
    }),
  );
}

/** A web citation in Chat's form, its place counted from the beginning of the whole answer; `null` for other annotations. */
export function chatAnnotation(annotation: JsonObject, offset: number): JsonObject | null {
  if (annotation['type'] !== 'url_citation') return null;
  const { type, ...citation } = annotation;
  return {
    type,
    url_citation: {
      ...citation,
      ...shifted('start_index', citation['start_index'], offset),
      ...shifted('end_index', citation['end_index'], offset),
    },
  };
}

const shifted = (name: string, index: unknown, offset: number): JsonObject =>
  typeof index === 'number' ? { [name]: index + offset } : {};
