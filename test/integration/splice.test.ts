import { request as httpRequest } from 'node:http';
import { expect, test, vi } from 'vitest';
import type { CutManner, Fault } from '../../src-main/simulator/fault.ts';
import type { CallRecord } from '../../src-shared/contract/call.ts';
import { rawCall, sseData } from '../support/raw-call.ts';
import { type StreamEvent, streamAnswer, streamForms } from '../support/stream-clients.ts';
import {
  counting,
  cutAfter,
  factsOf,
  fresh,
  heal,
  inputOf,
  lastCall,
  numbersOf,
  poolOf,
  words,
} from './splice-scene.ts';

const summary = { reasoning: { effort: 'high', summary: 'auto' } };

for (const how of ['fin', 'reset', 'clean'] as CutManner[]) {
  test(`a text that is cut (${how}) after any of its deltas is finished by another account, to the letter`, async () => {
    const relay = await poolOf(['a', 'b']);
    for (let afterDeltas = 1; afterDeltas <= 7; afterDeltas += 1) {
      await heal(relay);
      for (const form of streamForms) {
        relay.simulator.account('a').script({ kind: 'cut', at: 'deltas', afterDeltas, how });
        const answer = await streamAnswer(relay, form, `sim:say ${words}`, fresh());
        const { text, error } = answer;
        expect({ form, afterDeltas, text, error }).toEqual({ form, afterDeltas, text: words, error: null });
        const numbers = numbersOf(answer.events);
        expect(numbers).toEqual(counting(numbers));
        expect({ form, ...factsOf(await lastCall(relay)) }).toEqual({
          form,
          status: 'ok',
          spliced: 1,
          accountLabel: 'b',
          attempts: ['a continued', 'b served'],
          usageEstimated: true,
        });
      }
    }
    expect(relay.logged).toEqual([]);
  });
}

test('an account that falls silent in its text is left, and the client is kept alive until another one finishes it', async () => {
  const relay = await poolOf(['a', 'b'], { settings: { 'timeouts.silenceMs': 300, 'timeouts.keepAliveMs': 50 } });
  for (const form of streamForms) {
    relay.simulator.account('a').script({ kind: 'silence', at: 'deltas', afterDeltas: 2 });
    const answer = await streamAnswer(relay, form, `sim:say ${words}`, fresh());
    expect({ form, text: answer.text, error: answer.error }).toEqual({ form, text: words, error: null });
    const alive = form === 'websocket' ? JSON.stringify(answer.events) : answer.raw;
    expect(alive).toContain(form === 'websocket' ? 'codex.keepalive' : ': keep-alive');
    expect((await lastCall(relay)).attempts.map(({ errorCode }) => errorCode)).toEqual(['upstream_timeout', null]);
  }
});

test('a text that repeats itself is finished to the letter too', async () => {
  const relay = await poolOf(['a', 'b']);
  const whole = (await streamAnswer(relay, 'responses', 'sim:tokens 60', fresh())).text;
  for (let afterDeltas = 1; afterDeltas <= 15; afterDeltas += 1) {
    await heal(relay);
    relay.simulator.account('a').script(cutAfter(afterDeltas));
    const { text } = await streamAnswer(relay, 'responses', 'sim:tokens 60', fresh());
    expect({ afterDeltas, text }).toEqual({ afterDeltas, text: whole });
  }
});

test.each(['3', '9', 'all'])(
  'what the other account repeats of the text (%s words) does not come twice',
  async (repeat) => {
    const relay = await poolOf(['a', 'b']);
    for (const form of streamForms) {
      for (const afterDeltas of [1, 3, 6]) {
        relay.simulator.account('a').script(cutAfter(afterDeltas));
        const { text } = await streamAnswer(relay, form, `sim:say ${words}\nsim:repeat ${repeat}`, fresh());
        expect({ form, afterDeltas, text }).toEqual({ form, afterDeltas, text: words });
      }
    }
  },
);

test('a text whose last bytes were lost with the end of the stream is finished with nothing added', async () => {
  const relay = await poolOf(['a', 'b']);
  for (const form of streamForms) {
    relay.simulator.account('a').script({ kind: 'no-terminal' });
    const { text, events } = await streamAnswer(relay, form, `sim:say ${words}`, fresh());
    const done = events.filter(
      ({ type, item }) => type === 'response.output_item.done' && (item as StreamEvent)['type'] === 'message',
    );
    expect({ form, text, done: done.length }).toEqual({ form, text: words, done: form === 'chat' ? 0 : 1 });
  }
});

test.each<[string, Fault]>([
  ['in its summary', cutAfter(1)],
  ['when it is done', { kind: 'cut', at: 'item-done', how: 'fin' }],
])('reasoning that breaks off %s is begun anew, and only the second answer is finished', async (_where, fault) => {
  const relay = await poolOf(['a', 'b']);
  const effort = { responses: summary, websocket: summary, chat: { reasoning_effort: 'high' } };
  for (const form of streamForms) {
    relay.simulator.account('a').script(fault);
    const answer = await streamAnswer(relay, form, `sim:say ${words}`, { ...fresh(), ...effort[form] });
    expect({ form, text: answer.text, error: answer.error }).toEqual({ form, text: words, error: null });
    expect(factsOf(await lastCall(relay))).toMatchObject({ spliced: 1, attempts: ['a continued', 'b served'] });
    const [, second] = relay.simulator.modelRequests().slice(-2);
    expect(inputOf(second!).map(({ role }) => role)).toEqual(['user']);
  }
});

test('the other account is asked for the rest, with nothing in the request that only the first one can read', async () => {
  const relay = await poolOf(['a', 'b']);
  const { prompt_cache_key: key } = fresh();
  const ask = (input: unknown, more: object = {}) =>
    streamAnswer(relay, 'responses', '', { input, prompt_cache_key: key, ...summary, ...more });
  const first = await ask([{ role: 'user', content: 'sim:say hello' }]);
  const output = (first.events.at(-1)!['response'] as StreamEvent)['output'] as StreamEvent[];
  expect(output.map(({ type }) => type)).toEqual(['reasoning', 'message']);
  // Two deltas of the summary come first.
  relay.simulator.account('a').script(cutAfter(4));
  const second = await ask([
    { role: 'user', content: 'sim:say hello' },
    ...output,
    { role: 'user', content: `sim:say ${words}` },
  ]);
  expect(second.text).toBe(words);
  const [asked, rest] = relay.simulator.modelRequests().slice(-2);
  expect(inputOf(asked!).map(({ type }) => type)).toEqual(['message', 'reasoning', 'message', 'message']);
  expect(inputOf(rest!).map(({ role, content }) => [role, (content as StreamEvent[])[0]?.['text']])).toEqual([
    ['user', 'sim:say hello'],
    ['assistant', 'hello'],
    ['user', `sim:say ${words}`],
    ['assistant', words.split(' ').slice(0, 8).join(' ').concat(' ')],
    ['developer', expect.stringContaining('Continue exactly where it stops')],
  ]);
});

test('a Codex body keeps its bytes, with the answer so far behind its own input', async () => {
  const relay = await poolOf(['a', 'b']);
  const own = {
    model: 'gpt-5.5',
    input: [
      { type: 'message', role: 'developer', content: [{ type: 'input_text', text: 'Be brief. \u2028' }] },
      { type: 'message', role: 'user', content: [{ type: 'input_text', text: `sim:say ${words}` }] },
    ],
    tools: [{ type: 'custom', name: 'apply_patch', format: { type: 'grammar', syntax: 'lark', definition: 'x' } }],
    store: false,
    stream: true,
    prompt_cache_key: 'thread',
    text: { verbosity: 'low' },
  };
  relay.simulator.account('a').script(cutAfter(2));
  const headers = { 'user-agent': 'codex_exec/0.169.0 (Debian)', originator: 'codex_exec' };
  const answer = await rawCall(relay.url, {
    path: '/v1/responses',
    headers: { authorization: `Bearer ${relay.key}`, 'content-type': 'application/json', ...headers },
    body: JSON.stringify(own),
  });
  const events = sseData(answer.text) as StreamEvent[];
  const said = events.flatMap(({ type, delta }) => (type === 'response.output_text.delta' ? [delta] : [])).join('');
  expect(said).toBe(words);
  expect(events.find(({ type }) => type === 'relay.spliced')).toEqual({
    type: 'relay.spliced',
    times: 1,
    account: 'b',
  });
  const [asked, rest] = relay.simulator.modelRequests();
  expect(asked!.body).toEqual(own);
  expect(JSON.stringify({ ...(rest!.body as object), input: inputOf(rest!).slice(0, 2) })).toBe(JSON.stringify(own));
  expect(
    inputOf(rest!)
      .slice(2)
      .map(({ role }) => role),
  ).toEqual(['assistant', 'developer']);
});

test('a comment that was finished is not said again: the call that was to follow it follows', async () => {
  const relay = await poolOf(['a', 'b']);
  const look = { type: 'function', name: 'look', parameters: { type: 'object', properties: {} } };
  for (const form of ['responses', 'websocket'] as const) {
    relay.simulator.account('a').script({ kind: 'cut', at: 'item-done' });
    const asked = 'sim:comment Let me look at it first.\nsim:call look {"at":"it"}';
    const { events } = await streamAnswer(relay, form, asked, {
      ...fresh(),
      tools: [look],
      reasoning: { effort: 'none' },
      include: [],
    });
    const done = events.flatMap(({ type, item }) =>
      type === 'response.output_item.done' ? [(item as StreamEvent)['type']] : [],
    );
    expect(done.filter((type) => type !== 'reasoning')).toEqual(['message', 'function_call']);
  }
});

test('a client that leaves while the rest is asked for ends that too', async () => {
  const relay = await poolOf(['a', 'b']);
  relay.simulator.account('a').script(cutAfter(2));
  relay.simulator.account('b').script({ kind: 'silence', at: 'created' });
  const { hostname, port } = new URL(relay.url);
  const request = httpRequest({
    hostname,
    port,
    path: '/v1/responses',
    method: 'POST',
    headers: { authorization: `Bearer ${relay.key}`, 'content-type': 'application/json' },
  });
  request.on('error', () => {});
  request.end(JSON.stringify({ model: 'gpt-5.5', stream: true, input: `sim:say ${words}` }));
  const patience = { timeout: 10_000, interval: 10 };
  await vi.waitFor(
    () => expect(relay.simulator.modelRequests().map(({ account }) => account)).toEqual(['a', 'b']),
    patience,
  );
  request.destroy();
  await vi.waitFor(async () => expect((await lastCall(relay)).status).toBe('cancelled'), patience);
  await vi.waitFor(() => expect(relay.simulator.modelRequests().at(-1)!.outcome).toBe('client-closed'), patience);
  expect((await lastCall(relay)).attempts.map(({ outcome }) => outcome)).toEqual(['failed', 'cancelled']);
  expect(relay.relay.accounts.list().map(({ inFlight }) => inFlight)).toEqual([0, 0]);
});

test('the tokens of both attempts are counted, and said to be an estimate', async () => {
  const relay = await poolOf(['a', 'b']);
  await streamAnswer(relay, 'responses', `sim:say ${words}`, fresh());
  relay.simulator.account('a').script(cutAfter(3));
  const { events } = await streamAnswer(relay, 'responses', `sim:say ${words}`, fresh());
  const [whole, spliced] = (await relay.calls()) as [CallRecord, CallRecord];
  const { usage } = events.at(-1)!['response'] as { usage: { input_tokens: number; output_tokens: number } };
  expect(spliced.usageEstimated).toBe(true);
  // The first attempt was asked the same as a call that was not cut, and had sent twelve words.
  expect(spliced.inputTokens! - usage.input_tokens).toBeGreaterThan(whole.inputTokens!);
  expect(spliced.outputTokens! - usage.output_tokens).toBe(
    Math.ceil(words.split(' ').slice(0, 12).join(' ').length + 1) / 4,
  );
  expect(spliced.costMicroUsd!).toBeGreaterThan(whole.costMicroUsd!);
});

test('the answer says before its end that it was put together, where no client minds', async () => {
  const relay = await poolOf(['a', 'b']);
  const note = { type: 'relay.spliced', times: 1, account: 'b' };
  for (const form of streamForms) {
    relay.simulator.account('a').script(cutAfter(2));
    const { raw, events } = await streamAnswer(relay, form, `sim:say ${words}`, fresh());
    if (form === 'websocket') expect(events.at(-2)).toEqual(note);
    else expect(raw).toContain(`\n: relay.spliced ${JSON.stringify(note)}\n\n`);
  }
});

test('a stop sequence counts across the place where the answer broke off', async () => {
  const relay = await poolOf(['a', 'b']);
  relay.simulator.account('a').script(cutAfter(3));
  const more = { ...fresh(), stop: ['down to see how'] };
  const { text, events } = await streamAnswer(relay, 'chat', `sim:say ${words}`, more);
  expect(text).toBe(words.slice(0, words.indexOf('down to see how')));
  expect(JSON.stringify(events.at(-1))).toContain('"finish_reason":"stop"');
  expect(factsOf(await lastCall(relay))).toMatchObject({ status: 'ok', spliced: 1 });
});
