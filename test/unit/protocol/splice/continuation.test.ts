import { expect, test } from 'vitest';
import { noContinuation, withContinuation } from '../../../../src-main/protocol/splice/continuation.ts';

const items = [{ type: 'message', role: 'assistant', content: [{ type: 'output_text', text: 'So far' }] }];
const asked = { type: 'message', role: 'user', content: [{ type: 'input_text', text: 'Go' }] };

test('the rest is asked for behind the input, be it a text or a list', () => {
  const rest = { items, sentCharacters: 6 };
  expect(withContinuation({ model: 'm', input: 'Go' }, rest)).toEqual({ model: 'm', input: [asked, ...items] });
  expect(withContinuation({ model: 'm', input: [asked] }, rest)).toEqual({ model: 'm', input: [asked, ...items] });
});

test.each([
  [1_000, 400, 900],
  [100, 2_000, 16],
  [null, 400, null],
])(
  'a limit of %s tokens counts from the beginning of the answer, of which %i characters are sent: %s are left',
  (limit, sentCharacters, left) => {
    const request = withContinuation({ input: [], max_output_tokens: limit }, { ...noContinuation, sentCharacters });
    expect(request['max_output_tokens']).toBe(left);
  },
);
