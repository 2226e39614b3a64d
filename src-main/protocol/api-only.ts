import { RelayError } from '../../src-shared/domain/relay-error.ts';
import { refuseTopLogprobs } from './chat-parameters.ts';
import { asList, type JsonObject } from './json-object.ts';
import { unsupported } from './request-fields.ts';

const refusals: ReadonlyMap<string, string> = new Map([
  ['conversation', 'The account behind this call keeps no conversations. Send the whole input instead.'],
  ['prompt', 'The account behind this call has no stored prompts. Send the prompt as instructions and input.'],
]);

/** Refuses what only the Responses API itself can do: go on from what it stored, and give token probabilities. */
export function refuseApiOnly(body: JsonObject): void {
  if (body['previous_response_id'] !== undefined && body['previous_response_id'] !== null) {
    throw new RelayError('previous_response_not_found', {
      param: 'previous_response_id',
      message: 'The account behind this call keeps no responses. Send the whole input instead of previous_response_id.',
    });
  }
  for (const [name, message] of refusals) {
    if (body[name] !== undefined && body[name] !== null) throw unsupported(name, message);
  }
  refuseTopLogprobs(body);
  const index = asList(body['include']).indexOf('message.output_text.logprobs');
  if (index !== -1) throw unsupported(`include[${index}]`, 'Token probabilities are not available.');
}
