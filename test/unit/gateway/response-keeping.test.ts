import { expect, test } from 'vitest';
import type { CallPlan } from '../../../src-main/gateway/call-plan.ts';
import { asItIs } from '../../../src-main/gateway/continued-body.ts';
import type { KeptResponse } from '../../../src-main/gateway/kept-response.ts';
import type { KeptResponses } from '../../../src-main/gateway/kept-responses.ts';
import { openBody } from '../../../src-main/gateway/request-body.ts';
import { itemIdsOf, keepingOf } from '../../../src-main/gateway/response-keeping.ts';
import type { RoutedAccount } from '../../../src-main/routing/ports.ts';

const login = { id: 'login', kind: 'chatgpt', wire: 'responses' } as RoutedAccount;
const paid = { id: 'paid', kind: 'openai', wire: 'responses' } as RoutedAccount;
const chat = { id: 'chat', kind: 'openai', wire: 'chat' } as RoutedAccount;
const responsesPlan = { shape: 'responses', native: false, chat: null, conversationId: 'conv' } as CallPlan;

async function keeping(request: object, plan: Partial<CallPlan> = {}, isOn = true) {
  const given: [KeptResponse, readonly string[]][] = [];
  const kept = {
    isOn: () => isOn,
    keep: (...each: [KeptResponse, readonly string[]]) => void given.push(each),
  } as KeptResponses;
  const body = await openBody(Buffer.from(JSON.stringify(request)), 16);
  const made = keepingOf({ kept, now: () => 7 }, 'key', 'call_1', { ...responsesPlan, ...plan }, body, asItIs(body));
  return { made, given };
}

test('an answer is kept with the request’s own input and the ids of its items, and with nothing else of the request', async () => {
  const { made, given } = await keeping({ model: 'm', instructions: 'x'.repeat(100_000), input: 'one' });
  const response = { id: 'resp_up', output: [{ id: 'rs_1' }, { id: 'msg_1' }, { type: 'odd' }] };
  const json = JSON.stringify(response);
  const pieces = [json.slice(0, 9), json.slice(9)].map((piece) => Buffer.from(piece));
  made?.keep({ id: response.id, itemIds: itemIdsOf(response.output), json: pieces }, login);
  expect(given).toEqual([
    [
      {
        keyId: 'key',
        id: 'resp_up',
        chainId: 'resp_up',
        previousId: null,
        conversationId: 'conv',
        accountId: 'login',
        atUpstream: false,
        createdAt: 7,
        input: Buffer.from('"one"'),
        response: Buffer.from(JSON.stringify(response)),
      },
      ['rs_1', 'msg_1'],
    ],
  ]);
  const { input, response: whole } = given[0]![0];
  expect([input.buffer.byteLength, whole.buffer.byteLength]).toEqual([input.length, whole.length]);
});

test('only an account that keeps responses itself has its id replaced', async () => {
  const { made } = await keeping({ input: 'one' });
  const own = { store: true, previous_response_id: null, id: 'resp_call_1' };
  expect([login, chat, paid].map((account) => made?.changed(account))).toEqual([null, null, own]);
});

test.each<[string, object, Partial<CallPlan>, boolean]>([
  ['the client says store: false', { input: 'one', store: false }, {}, true],
  ['it is a Codex client’s own body', { input: [] }, { native: true }, true],
  ['it is Chat Completions', { input: 'one' }, { shape: 'chat' }, true],
  ['it is a Chat body on the Responses path', { messages: [] }, {}, true],
  ['the setting is off', { input: 'one' }, {}, false],
])('nothing is kept where %s', async (_why, request, plan, isOn) => {
  expect((await keeping(request, plan, isOn)).made).toBe(null);
});

test('an answer without an id cannot be gone on from, so it is not kept', async () => {
  const { made, given } = await keeping({ input: 'one' });
  made?.keep({ id: undefined, itemIds: [], json: [Buffer.from('{"output":[]}')] }, login);
  expect(given).toEqual([]);
});
