import { asList, asObject } from '../protocol/json-object.ts';

/** State that only the account knows which was asked first. */
const accountBound = ['previous_response_id', 'conversation', 'prompt'];

/**
 * Whether an answer to this request may be gone on with on another account when it breaks off: not where it must be valid as a
 * whole, nor where it comes with token probabilities, nor where the request hangs on what one account keeps.
 */
export function isSpliceable(member: (name: string) => unknown): boolean {
  const format = asObject(asObject(member('text'))?.['format'])?.['type'];
  if (format !== undefined && format !== 'text') return false;
  if (accountBound.some((name) => (member(name) ?? null) !== null)) return false;
  const probabilities = (member('top_logprobs') ?? 0) !== 0;
  return !probabilities && !asList(member('include')).includes('message.output_text.logprobs');
}
