import { expect, test } from 'vitest';
import { createResponseCollector } from '../../../src-main/protocol/response-collect.ts';
import {
  argumentsDelta,
  asData,
  completed,
  type Event,
  functionCall,
  itemAdded,
  itemDone,
  message,
  runCollector,
  textDelta,
  usage,
} from './feed.ts';

const created: Event = {
  type: 'response.created',
  response: { id: 'resp_1', model: 'gpt-5.4-2026', created_at: 5, status: 'in_progress', tools: [], output: [] },
};

test('an empty output is filled from the done items, in the order of their indexes', () => {
  const call = functionCall('call_1', 'f', '{}');
  const collector = runCollector([
    created,
    itemDone(2, call),
    textDelta('Hello', 1),
    itemDone(1, message('Hello')),
    itemDone(0, { type: 'reasoning', summary: [] }),
    completed({ model: 'gpt-5.4-2026' }),
  ]);
  expect(collector.response()).toEqual({
    id: 'resp_1',
    object: 'response',
    created_at: 5,
    status: 'completed',
    error: null,
    incomplete_details: null,
    model: 'gpt-5.4-2026',
    tools: [],
    output: [{ type: 'reasoning', summary: [] }, message('Hello'), call],
    usage,
  });
  expect({
    status: collector.status(),
    modelRan: collector.modelRan(),
    failure: collector.failure(),
    malformed: collector.malformed(),
    usage: collector.usage(),
  }).toMatchObject({
    status: 'completed',
    modelRan: 'gpt-5.4-2026',
    failure: null,
    malformed: 0,
    usage: { inputTokens: 100, outputTokens: 20 },
  });
});

test('an output that the terminal event brings is taken as it is', () => {
  const output = [message('final')];
  expect(runCollector([itemDone(0, message('draft')), completed({ output })]).response()['output']).toEqual(output);
});

test('items that never got done are made of their deltas', () => {
  const collector = runCollector([
    itemAdded(0, { type: 'reasoning', id: 'rs', summary: [] }),
    { type: 'response.reasoning_summary_text.delta', output_index: 0, summary_index: 1, delta: 'two' },
    { type: 'response.reasoning_summary_text.delta', output_index: 0, summary_index: 0, delta: 'on' },
    { type: 'response.reasoning_summary_text.delta', output_index: 0, summary_index: 0, delta: 'e' },
    { type: 'response.reasoning_text.delta', output_index: 0, content_index: 0, delta: 'raw' },
    itemAdded(1, { type: 'message', id: 'msg', role: 'assistant', content: [], status: 'in_progress' }),
    textDelta('"Hel\\', 1),
    textDelta('lo\n', 1),
    { type: 'response.refusal.delta', output_index: 1, content_index: 1, delta: 'no' },
    itemAdded(2, functionCall('call_1', 'f', '')),
    argumentsDelta(2, '{"a":'),
    itemAdded(3, { type: 'custom_tool_call', call_id: 'call_2', name: 'c', input: '' }),
    { type: 'response.custom_tool_call_input.delta', output_index: 3, delta: 'in' },
    itemAdded(4, functionCall('call_3', 'announced only', '')),
    argumentsDelta(5, '{"no":"name"}'),
    { type: 'response.incomplete', response: { id: 'resp_1', incomplete_details: { reason: 'max_output_tokens' } } },
  ]);
  expect(collector.response()).toEqual({
    id: 'resp_1',
    object: 'response',
    status: 'incomplete',
    error: null,
    incomplete_details: { reason: 'max_output_tokens' },
    output: [
      {
        type: 'reasoning',
        id: 'rs',
        status: 'incomplete',
        summary: [
          { type: 'summary_text', text: 'one' },
          { type: 'summary_text', text: 'two' },
        ],
        content: [{ type: 'reasoning_text', text: 'raw' }],
      },
      {
        type: 'message',
        id: 'msg',
        role: 'assistant',
        status: 'incomplete',
        content: [
          { type: 'output_text', text: '"Hel\\lo\n', annotations: [] },
          { type: 'refusal', refusal: 'no' },
        ],
      },
      { ...functionCall('call_1', 'f', '{"a":'), status: 'incomplete' },
      { type: 'custom_tool_call', call_id: 'call_2', name: 'c', input: 'in', status: 'incomplete' },
    ],
    usage: null,
  });
});

test('what the upstream left out is taken from the fallback, and a missing usage stays null', () => {
  const collector = createResponseCollector({ created_at: 9, model: 'asked' });
  collector.event('response.completed', ...asData('{"type":"response.completed","response":{"id":"r"}}'));
  expect(collector.response()).toEqual({
    id: 'r',
    object: 'response',
    created_at: 9,
    status: 'completed',
    error: null,
    incomplete_details: null,
    model: 'asked',
    output: [],
    usage: null,
  });
  expect(collector.usage().inputTokens).toBeNull();
});

test('without a terminal event the answer is still in progress', () => {
  const collector = runCollector([created, textDelta('Hi')]);
  expect(collector.status()).toBeNull();
  expect(collector.response()).toMatchObject({ status: 'in_progress', output: [{ type: 'message' }] });
});

test('a failure is kept with what it says about a later try', () => {
  const error = { code: 'rate_limit_exceeded', message: 'Please try again in 1m2.5s.' };
  const collector = runCollector([created, { type: 'response.failed', response: { error } }, completed()]);
  expect(collector.status()).toBe('failed');
  expect(collector.failure()).toEqual({
    code: 'rate_limit_exceeded',
    type: null,
    message: 'Please try again in 1m2.5s.',
    param: null,
    status: null,
    resetsAt: null,
    retryAfterMs: 62_500,
  });
});

test('what follows the terminal event is ignored, broken events are counted', () => {
  const collector = createResponseCollector();
  collector.event('response.output_item.done', ...asData('{"item":'));
  collector.event('response.output_text.delta', ...asData('{"delta":1}'));
  for (const event of [itemDone(0, message('a')), completed(), itemDone(1, message('b')), completed({ id: 'other' })]) {
    collector.event(event.type, ...asData(JSON.stringify(event)));
  }
  expect(collector.malformed()).toBe(2);
  expect(collector.response()).toMatchObject({ id: 'resp_1', output: [message('a')] });
});
