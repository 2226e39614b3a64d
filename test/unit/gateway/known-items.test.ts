import { expect, test } from 'vitest';
import { asKnownTo } from '../../../src-main/gateway/known-items.ts';

const from = (input: unknown) => ({ request: { input }, chat: null, stop: [] });
const items = [
  { role: 'user', content: 'one' },
  { type: 'reasoning', id: 'rs_1', summary: [] },
  { type: 'reasoning', id: 'rs_2', summary: [], encrypted_content: 'x' },
  { type: 'function_call', id: 'fc_1', call_id: 'c', name: 'n', arguments: '{}' },
  { type: 'web_search_call', id: 'ws_1' },
  { type: 'message', id: 'msg_1', role: 'assistant', content: [] },
  { type: 'message', id: 'msg_of_the_client', role: 'assistant', content: [] },
];
const ids = ['rs_1', 'rs_2', 'fc_1', 'ws_1', 'msg_1'];
const heldBy = (accountId: string | null) => new Map(ids.map((id) => [id, accountId] as const));

test('an account that has the items gets them as they are', () => {
  expect(asKnownTo('a', from(items), heldBy('a')).request).toEqual({ input: items });
});

test.each(['b', null])('an account that does not have them (they are at %s) is asked for none by its id', (holder) => {
  expect(asKnownTo('a', from(items), heldBy(holder)).request).toEqual({
    input: [
      { role: 'user', content: 'one' },
      { type: 'reasoning', id: 'rs_2', summary: [], encrypted_content: 'x' },
      { type: 'function_call', call_id: 'c', name: 'n', arguments: '{}' },
      { type: 'web_search_call', id: 'ws_1' },
      { type: 'message', role: 'assistant', content: [] },
      { type: 'message', id: 'msg_of_the_client', role: 'assistant', content: [] },
    ],
  });
});

test('a request that Relay put nothing into stays the same', () => {
  const whole = from(items);
  const text = from('one');
  expect([asKnownTo('a', whole, new Map()) === whole, asKnownTo('a', text, heldBy('b')) === text]).toEqual([
    true,
    true,
  ]);
});
