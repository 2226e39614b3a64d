import { expect, test } from 'vitest';
import type { Fault } from '../../src-main/simulator/fault.ts';
import type { RunningRelay } from '../support/running-relay.ts';
import { type StreamEvent, type StreamForm, streamAnswer, streamForms } from '../support/stream-clients.ts';
import { cutAfter, factsOf, fresh, heal, lastCall, poolOf, words } from './splice-scene.ts';

/** What each form of client reads of an answer that is not gone on with: the beginning, the error, and nothing after it. */
async function expectOnlyTheError(
  relay: RunningRelay,
  ask: { text: string; more?: StreamEvent; forms?: readonly StreamForm[]; code?: string },
) {
  for (const form of ask.forms ?? streamForms) {
    const before = relay.simulator.modelRequests().length;
    const answer = await streamAnswer(relay, form, ask.text, { ...fresh(), ...ask.more });
    expect({ form, error: answer.error }).toEqual({ form, error: ask.code ?? 'upstream_stream_truncated' });
    const at = answer.events.findIndex(({ error, type }) => error != null || type === 'response.failed');
    expect({ form, after: answer.events.slice(at + 1) }).toEqual({ form, after: [] });
    expect(JSON.stringify(answer.events)).not.toMatch(/"finish_reason":"|response\.(completed|incomplete)"/);
    expect({ form, asked: relay.simulator.modelRequests().length - before }).toEqual({ form, asked: 1 });
    expect({ form, ...factsOf(await lastCall(relay)) }).toMatchObject({
      form,
      status: 'error',
      spliced: 0,
      attempts: ['a failed'],
      usageEstimated: false,
    });
  }
}

const schema = {
  type: 'object',
  properties: { city: { type: 'string' }, land: { type: 'string' }, sea: { type: 'string' } },
};
const longCall = `sim:call look {"at":"${words}"}`;
const chatTool = { type: 'function', function: { name: 'look', parameters: schema } };
const flatTool = { type: 'function', name: 'look', parameters: schema };

test.each<[string, Fault, StreamForm, string, StreamEvent]>([
  ['a tool call half sent', cutAfter(2), 'responses', longCall, { tools: [flatTool] }],
  ['a tool call half sent', cutAfter(2), 'chat', longCall, { tools: [chatTool] }],
  ['a tool call half sent', cutAfter(2), 'websocket', longCall, { tools: [flatTool] }],
  [
    'a tool call behind a comment',
    cutAfter(3),
    'responses',
    `sim:comment Let me look.\n${longCall}`,
    { tools: [flatTool] },
  ],
  [
    'structured output',
    cutAfter(1),
    'responses',
    'sim:json',
    { text: { format: { type: 'json_schema', name: 'x', schema } } },
  ],
  [
    'structured output',
    cutAfter(1),
    'chat',
    'sim:json',
    { response_format: { type: 'json_schema', json_schema: { name: 'x', schema } } },
  ],
  ['structured output', cutAfter(1), 'websocket', 'sim:json', { text: { format: { type: 'json_object' } } }],
  ['a refusal', cutAfter(1), 'responses', 'sim:refuse', {}],
  ['a citation', cutAfter(1), 'responses', 'sim:cite', {}],
])('%s that breaks off ends in the error', async (what, fault, form, text, more) => {
  const relay = await poolOf(['a', 'b']);
  relay.simulator.account('a').script(fault);
  await expectOnlyTheError(relay, { text, more, forms: [form] });
  const { reason } = (await lastCall(relay)).attempts[0]!;
  // An answer that must be whole is not watched at all.
  if (what !== 'structured output') expect(reason).toMatch(/ It was not continued, because it [a-z ]+\.$/);
});

test('U-21 a failure that the upstream declares after output is passed on', async () => {
  const relay = await poolOf(['a', 'b']);
  for (const kind of ['failed', 'error-event'] as const) {
    await heal(relay);
    for (const form of streamForms) {
      relay.simulator.account('a').script({ kind, code: 'server_error', message: 'broke', afterDeltas: 2 });
      await expectOnlyTheError(relay, { text: `sim:say ${words}`, forms: [form], code: 'server_error' });
    }
  }
});

test('with splicing off nothing follows a cut but the error', async () => {
  const relay = await poolOf(['a', 'b'], { settings: { 'routing.splice': 'off' } });
  for (const form of streamForms) {
    relay.simulator.account('a').script(cutAfter(2));
    await expectOnlyTheError(relay, { text: `sim:say ${words}`, forms: [form] });
  }
});

test.each<[string, Fault]>([
  ['a cut', cutAfter(2)],
  ['a failure that the upstream declares', { kind: 'failed', code: 'server_error', message: 'broke', afterDeltas: 2 }],
])('after %s the client’s own retry lands on another account', async (_what, fault) => {
  const relay = await poolOf(['a', 'b'], { settings: { 'routing.splice': 'off', 'routing.strategy': 'balanced' } });
  for (const form of streamForms) {
    const conversation = fresh();
    await streamAnswer(relay, form, 'sim:say hello', conversation);
    const owner = (await lastCall(relay)).accountLabel!;
    relay.simulator.account(owner).script(fault);
    expect((await streamAnswer(relay, form, `sim:say ${words}`, conversation)).error).not.toBeNull();
    expect((await streamAnswer(relay, form, `sim:say ${words}`, conversation)).text).toBe(words);
    expect((await lastCall(relay)).accountLabel).toBe(owner === 'a' ? 'b' : 'a');
  }
});

test('a key says for itself whether its answers are continued', async () => {
  const relay = await poolOf(['a', 'b'], { settings: { 'routing.splice': 'off' } });
  const [key] = relay.relay.keys.list();
  await relay.relay.keys.change(key!.id, { splice: 'text' });
  relay.simulator.account('a').script(cutAfter(2));
  expect((await streamAnswer(relay, 'responses', `sim:say ${words}`, fresh())).text).toBe(words);
  await relay.relay.settings.patch({ 'routing.splice': 'text' });
  await relay.relay.keys.change(key!.id, { splice: 'off' });
  relay.simulator.account('a').script(cutAfter(2));
  await expectOnlyTheError(relay, { text: `sim:say ${words}`, forms: ['responses'] });
});
