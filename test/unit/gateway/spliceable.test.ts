import { expect, test } from 'vitest';
import { isSpliceable } from '../../../src-main/gateway/spliceable.ts';

const spliceable = (request: Record<string, unknown>): boolean => isSpliceable((name) => request[name]);

test.each([
  {},
  { text: { verbosity: 'low' } },
  { text: { format: { type: 'text' } } },
  { include: ['reasoning.encrypted_content'], top_logprobs: 0, previous_response_id: null },
  { tools: [{ type: 'function', name: 'look' }], max_output_tokens: 50 },
])('a request for plain text may be gone on with elsewhere: %j', (request) => {
  expect(spliceable(request)).toBe(true);
});

test.each([
  { text: { format: { type: 'json_schema', name: 'x', schema: {} } } },
  { text: { format: { type: 'json_object' } } },
  { top_logprobs: 2 },
  { include: ['message.output_text.logprobs'] },
  { previous_response_id: 'resp_1' },
  { conversation: 'conv_1' },
  { prompt: { id: 'pmpt_1' } },
])('what must be whole, measured or kept by one account may not: %j', (request) => {
  expect(spliceable(request)).toBe(false);
});
