import OpenAI from 'openai';
import { afterEach, expect, test } from 'vitest';
import { rawCall } from '../support/raw-call.ts';
import { type RunningRelay, type RunningRelayOptions, startRelay } from '../support/running-relay.ts';
import { streamAnswer } from '../support/stream-clients.ts';

let running: RunningRelay | null = null;
afterEach(async () => {
  await running?.stop();
  running = null;
});

const MOST = 16;
const words = Array.from({ length: 60 }, (_, index) => `word${index}`).join(' ');

async function relayWith(options: RunningRelayOptions = {}) {
  running = await startRelay(options);
  const { secret } = await running.relay.keys.create({ name: 'short', maxOutputTokens: MOST });
  return { ...running, key: secret };
}
const lastCall = async (relay: RunningRelay) => (await relay.calls()).at(-1)!;

test.each(['responses', 'chat', 'websocket'] as const)(
  'a login that takes no limit is cut at the key’s, cleanly and with its upstream cancelled: %s',
  async (form) => {
    const relay = await relayWith();
    relay.simulator.account('a').faults.add([{ kind: 'pace', perEventMs: 5 }]);
    const answer = await streamAnswer(relay, form, `sim:say ${words}`);
    const call = await lastCall(relay);
    const last = answer.events.at(-1) as { type?: string; response?: object; choices?: { finish_reason?: string }[] };
    expect(words.startsWith(answer.text) && answer.text.length > 20 && answer.text.length <= MOST * 4).toBe(true);
    if (form === 'chat') expect(last.choices?.[0]?.finish_reason).toBe('length');
    else {
      expect(last).toMatchObject({
        type: 'response.incomplete',
        response: {
          status: 'incomplete',
          incomplete_details: { reason: 'max_output_tokens' },
          output: expect.arrayContaining([expect.objectContaining({ type: 'message', status: 'incomplete' })]),
        },
      });
    }
    expect(answer.error).toBeNull();
    expect(call).toMatchObject({
      status: 'ok',
      httpStatus: 200,
      reason: `cut at ${MOST} tokens of output, the limit of its key`,
      usageEstimated: true,
      attempts: [{ outcome: 'cancelled' }],
    });
    expect(call.outputTokens).toBeLessThanOrEqual(MOST);
    expect(call.costMicroUsd).toBeGreaterThan(0);
    const [sent] = relay.simulator.modelRequests();
    await expect.poll(() => sent?.outcome).toBe('client-closed');
  },
);

test('an answer in one piece is cut at the same place', async () => {
  const relay = await relayWith();
  const client = new OpenAI({ apiKey: relay.key, baseURL: `${relay.url}/v1`, maxRetries: 0 });
  const response = await client.responses.create({ model: 'gpt-5.5', input: `sim:say ${words}` });
  const chat = await client.chat.completions.create({
    model: 'gpt-5.5',
    messages: [{ role: 'user', content: `sim:say ${words}` }],
  });
  expect([response.status, response.incomplete_details, chat.choices[0]?.finish_reason]).toEqual([
    'incomplete',
    { reason: 'max_output_tokens' },
    'length',
  ]);
  expect([words.startsWith(response.output_text), response.output_text]).toEqual([
    true,
    chat.choices[0]?.message.content,
  ]);
});

test('an answer within the limit is not touched', async () => {
  const relay = await relayWith();
  const answer = await streamAnswer(relay, 'responses', 'sim:say hello');
  expect([answer.text, answer.events.at(-1)?.['type'], (await lastCall(relay)).usageEstimated]).toEqual([
    'hello',
    'response.completed',
    false,
  ]);
});

test.each([
  [undefined, MOST],
  [1_000, MOST],
  [12, 12],
])('an account that takes the limit is sent it: of %s asked for, %s', async (asked, sent) => {
  const relay = await relayWith({ accounts: [{ name: 'k', kind: 'openai' }] });
  const headers = { authorization: `Bearer ${relay.key}`, 'content-type': 'application/json' };
  const body = { model: 'gpt-5.5', input: 'sim:say hello', max_output_tokens: asked };
  await rawCall(relay.url, { path: '/v1/responses', headers, body: JSON.stringify(body) });
  const chat = {
    model: 'gpt-5.5',
    messages: [{ role: 'user', content: 'sim:say hello' }],
    max_completion_tokens: asked,
  };
  await rawCall(relay.url, { path: '/v1/chat/completions', headers, body: JSON.stringify(chat) });
  const bodies = relay.simulator
    .modelRequests()
    .map(({ body }) => (body as { max_output_tokens?: number }).max_output_tokens);
  expect(bodies).toEqual([sent, sent]);
});
