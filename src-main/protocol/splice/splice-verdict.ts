import { plainTextOf, type SeenAnswer } from './seen-answer.ts';

/**
 * - `restart`: the client saw nothing of the answer but reasoning; another account answers anew
 * - `continue`: the client saw plain text; another account goes on behind it
 * - `never`: going on could repeat an action or break the answer; the client gets the error
 */
export type SpliceVerdict =
  | { readonly kind: 'restart' | 'continue'; readonly seen: SeenAnswer }
  | { readonly kind: 'never'; readonly why: string };

/** How often one answer is gone on with. */
const MAX_SPLICES = 2;

/** Whether an answer whose upstream died can be gone on with. `spliced`: how often it was already. */
export function spliceVerdict(seen: SeenAnswer | string, spliced: number): SpliceVerdict {
  const why = typeof seen === 'string' ? seen : obstacle(seen, spliced);
  if (typeof seen === 'string' || why !== null) return { kind: 'never', why: why ?? '' };
  const messages = [...seen.open, ...seen.done].some(({ item }) => item['type'] === 'message');
  return { kind: messages ? 'continue' : 'restart', seen };
}

function obstacle(seen: SeenAnswer, spliced: number): string | null {
  if (spliced >= MAX_SPLICES) return `it was continued ${spliced} times already`;
  if (seen.responseId === null) return 'it has no id';
  if (seen.open.length > 1) return 'several items came at once';
  for (const { item } of [...seen.open, ...seen.done]) {
    if (item['type'] !== 'message' && item['type'] !== 'reasoning') return 'it calls a tool';
  }
  for (const { item } of seen.done) {
    if (item['type'] === 'message' && plainTextOf(item) === null) return 'it is more than plain text';
  }
  return null;
}
