import type { JsonObject } from '../json-object.ts';
import { inputItems } from '../responses-input.ts';
import { plainTextOf, type SeenAnswer } from './seen-answer.ts';

/** What the account that goes on with an answer is given behind the original input. */
export interface Continuation {
  /** The answer so far as the assistant's turns, then what to do; empty where the answer begins anew. */
  readonly items: readonly JsonObject[];
  /** Characters of the answer that the client has already. */
  readonly sentCharacters: number;
}

export const noContinuation: Continuation = { items: [], sentCharacters: 0 };

const instruction =
  'The connection broke while your answer was being sent; what stands above is the part that arrived. ' +
  'Continue exactly where it stops: begin with the very next character, a space or line break included. ' +
  'Repeat nothing, do not mention the interruption, and finish the answer as you would have. ' +
  'If nothing is missing, say nothing more.';

/** `role` is whose words the order to go on is: `user` for upstreams that speak Chat, whose templates often take no system message but the first. */
export function continuationOf(seen: SeenAnswer, role: 'developer' | 'user'): Continuation {
  const turns = [
    ...seen.done.flatMap(({ item }) => turn(item, plainTextOf(item) ?? '')),
    ...seen.open.flatMap(({ item }) => turn(item, seen.text)),
  ];
  const sentCharacters = turns.reduce((sum, { text }) => sum + text.length, 0);
  if (turns.length === 0) return { items: [], sentCharacters };
  const ask = { type: 'message', role, content: [{ type: 'input_text', text: instruction }] };
  return { items: [...turns.map(({ item }) => item), ask], sentCharacters };
}

/** The API takes no limit below this. */
const LEAST_OUTPUT_TOKENS = 16;

/** A request for the rest of the answer; its limit of output counts from the answer's beginning. */
export function withContinuation(request: JsonObject, { items, sentCharacters }: Continuation): JsonObject {
  const limit = request['max_output_tokens'];
  const left = typeof limit === 'number' ? Math.max(LEAST_OUTPUT_TOKENS, limit - Math.ceil(sentCharacters / 4)) : limit;
  return {
    ...request,
    ...(limit === undefined ? {} : { max_output_tokens: left }),
    input: [...inputItems(request['input']), ...items],
  };
}

/** Without the item's id, which only the account that made it knows. */
function turn(message: JsonObject, text: string): { readonly item: JsonObject; readonly text: string }[] {
  if (message['type'] !== 'message' || text === '') return [];
  const phase = typeof message['phase'] === 'string' ? { phase: message['phase'] } : {};
  const content = [{ type: 'output_text', text }];
  return [{ item: { type: 'message', role: 'assistant', ...phase, content }, text }];
}
