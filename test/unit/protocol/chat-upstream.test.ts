import { accumulateResponse } from 'openai/lib/responses/ResponseAccumulator';
import type { Response, ResponseStreamEvent } from 'openai/resources/responses/responses';
import { expect, test } from 'vitest';
import {
  createResponsesFromChat,
  type ResponsesFromChatOptions,
} from '../../../src-main/protocol/chat-upstream-stream.ts';
import { chatUsageOfIt, dataOf, type Event, runCollector, usage } from './feed.ts';

const options: ResponsesFromChatOptions = { responseId: 'resp_1', model: 'asked', createdAt: 1_700_000_000 };

function run(chunks: readonly unknown[], more: Partial<ResponsesFromChatOptions> = {}) {
  const translator = createResponsesFromChat({ ...options, ...more });
  let text = '';
  for (const chunk of chunks) {
    const data = typeof chunk === 'string' ? chunk : JSON.stringify(chunk);
    text += translator.chunk(Buffer.from(data))?.toString() ?? '';
  }
  text += translator.end()?.toString() ?? '';
  const events = dataOf(text).map((data) => JSON.parse(data) as Event);
  return { translator, text, events };
}

const chunk = (delta: unknown, finish: string | null = null): object => ({
  id: 'x',
  model: 'ran',
  choices: [{ index: 0, delta, finish_reason: finish }],
});
const done = [{ id: 'x', model: 'ran', choices: [], usage: chatUsageOfIt }, '[DONE]'];

const response = (status: string, output: unknown[], more: object = {}): object => ({
  id: 'resp_1',
  object: 'response',
  created_at: 1_700_000_000,
  status,
  error: null,
  incomplete_details: null,
  model: 'ran',
  output,
  usage,
  ...more,
});

/** What the SDK's own accumulator makes of the events. */
function accumulated(events: readonly Event[]): Response | undefined {
  let snapshot: Response | undefined;
  for (const event of events) snapshot = accumulateResponse(event as unknown as ResponseStreamEvent, snapshot);
  return snapshot;
}

const textItem = (text: string) => ({
  id: 'msg_resp_1_0',
  type: 'message',
  status: 'completed',
  role: 'assistant',
  content: [{ type: 'output_text', text, annotations: [], logprobs: [] }],
});

test('text becomes the full set of events, numbered, with names and data that agree', () => {
  const { events, text } = run([
    chunk({ role: 'assistant', content: '' }),
    chunk({ content: 'Hel' }),
    chunk({ content: 'lo' }),
    chunk({}, 'stop'),
    ...done,
  ]);
  const at = { item_id: 'msg_resp_1_0', output_index: 0, content_index: 0 };
  const item = textItem('Hello');
  const part = (whole: string) => ({ type: 'output_text', text: whole, annotations: [], logprobs: [] });
  const bare = response('in_progress', [], { usage: null });
  expect(events).toEqual(
    [
      { type: 'response.created', response: bare },
      { type: 'response.in_progress', response: bare },
      {
        type: 'response.output_item.added',
        output_index: 0,
        item: { ...item, status: 'in_progress', content: [] },
      },
      { type: 'response.content_part.added', ...at, part: part('') },
      { type: 'response.output_text.delta', ...at, delta: 'Hel', logprobs: [] },
      { type: 'response.output_text.delta', ...at, delta: 'lo', logprobs: [] },
      { type: 'response.output_text.done', ...at, text: 'Hello', logprobs: [] },
      { type: 'response.content_part.done', ...at, part: part('Hello') },
      { type: 'response.output_item.done', output_index: 0, item },
      { type: 'response.completed', response: response('completed', [item]) },
    ].map((event, index) => ({ sequence_number: index, ...event })),
  );
  expect(text.startsWith('event: response.created\ndata: {"type":"response.created",')).toBe(true);
  expect(accumulated(events)).toMatchObject({ status: 'completed', output: [item] });
});

test('reasoning, text, parallel calls and a refusal are items of their own', () => {
  const { events, translator } = run([
    chunk({ reasoning_content: 'th' }),
    chunk({ reasoning: 'ink' }),
    chunk({ content: 'See:' }),
    chunk({ tool_calls: [{ index: 0, id: 'call_a', type: 'function', function: { name: 'read', arguments: '' } }] }),
    chunk({
      tool_calls: [{ index: 1, id: 'call_b', type: 'function', function: { name: 'write', arguments: '{"b"' } }],
    }),
    chunk({
      tool_calls: [
        { index: 0, function: { arguments: '{}' } },
        { index: 1, function: { arguments: ':1}' } },
      ],
    }),
    chunk({ refusal: 'No.' }),
    chunk({}, 'tool_calls'),
    ...done,
  ]);
  const call = (index: number, id: string, name: string, text: string) => ({
    ...{ id: `fc_resp_1_${index}`, type: 'function_call', status: 'completed', call_id: id, name, arguments: text },
  });
  const output = [
    {
      id: 'rs_resp_1_0',
      type: 'reasoning',
      status: 'completed',
      summary: [],
      content: [{ type: 'reasoning_text', text: 'think' }],
    },
    { ...textItem('See:'), id: 'msg_resp_1_1' },
    call(2, 'call_a', 'read', '{}'),
    call(3, 'call_b', 'write', '{"b":1}'),
    {
      id: 'msg_resp_1_4',
      type: 'message',
      status: 'completed',
      role: 'assistant',
      content: [{ type: 'refusal', refusal: 'No.' }],
    },
  ];
  expect(events.at(-1)).toEqual({
    type: 'response.completed',
    sequence_number: events.length - 1,
    response: response('completed', output),
  });
  expect(accumulated(events)).toMatchObject({ status: 'completed', output });
  expect(runCollector(events.slice(0, -1)).response()['output']).toEqual(output);
  expect(translator.finished()).toBe(true);
  expect(translator.usage()).toMatchObject({ inputTokens: 100, reasoningTokens: 5 });
});

test('a custom tool that travelled as a function comes back as a custom call', () => {
  const call = (text: string) =>
    chunk({ tool_calls: [{ index: 0, id: 'call_a', function: { name: 'patch', arguments: text } }] });
  const { events } = run([call('{"input":"a\\n'), call('b"}'), chunk({}, 'tool_calls'), ...done], {
    customTools: new Set(['patch']),
  });
  const item = {
    id: 'ctc_resp_1_0',
    type: 'custom_tool_call',
    status: 'completed',
    call_id: 'call_a',
    name: 'patch',
    input: 'a\nb',
  };
  expect(events.slice(2).map(({ sequence_number: _, ...event }) => event)).toEqual([
    { type: 'response.output_item.added', output_index: 0, item: { ...item, status: 'in_progress', input: '' } },
    { type: 'response.custom_tool_call_input.delta', item_id: item.id, output_index: 0, delta: 'a\nb' },
    { type: 'response.custom_tool_call_input.done', item_id: item.id, output_index: 0, input: 'a\nb' },
    { type: 'response.output_item.done', output_index: 0, item },
    { type: 'response.completed', response: response('completed', [item]) },
  ]);
});

test('calls without index, without id, or with their name late are still told apart', () => {
  const { events } = run([
    chunk({ tool_calls: [{ id: 'call_a', function: { name: 'f', arguments: '{"a"' } }] }),
    chunk({ tool_calls: [{ function: { arguments: ':1}' } }] }),
    chunk({ tool_calls: [{ id: 'call_b', function: { name: 'g', arguments: '{}' } }] }),
    chunk({ tool_calls: [{ index: 7, function: { arguments: '{"l' } }] }),
    chunk({ tool_calls: [{ index: 7, function: { name: 'late', arguments: 'ate":1}' } }] }),
    chunk({ tool_calls: [{ index: 8, function: { arguments: 'never named' } }] }),
    chunk({}, 'tool_calls'),
  ]);
  expect(events.at(-1)?.['response']).toMatchObject({
    output: [
      { call_id: 'call_a', name: 'f', arguments: '{"a":1}' },
      { call_id: 'call_b', name: 'g', arguments: '{}' },
      { call_id: 'call_resp_1_2', name: 'late', arguments: '{"late":1}' },
    ],
    usage: null,
  });
});

test.each([
  ['length', 'max_output_tokens'],
  ['content_filter', 'content_filter'],
])('finish reason %s is an incomplete answer', (finish, reason) => {
  const { events } = run([chunk({ content: 'Hi' }), chunk({}, finish), ...done]);
  expect(events.at(-1)).toMatchObject({
    type: 'response.incomplete',
    response: { status: 'incomplete', incomplete_details: { reason }, output: [{ status: 'incomplete' }], usage },
  });
});

test('a stream that ends without a finish reason gives no terminal event', () => {
  const { events, translator } = run([chunk({ content: 'Hi' }), '[DONE]']);
  expect(events.at(-1)?.type).toBe('response.output_text.delta');
  expect(translator.finished()).toBe(false);
});

test('an error inside the stream is a failed answer, and nothing follows it', () => {
  const { events, translator } = run([
    chunk({ content: 'Hi' }),
    { error: { message: 'Busy.', code: 'overloaded' } },
    chunk({}, 'stop'),
    ...done,
  ]);
  expect(events.at(-1)).toMatchObject({
    type: 'response.failed',
    response: { status: 'failed', error: { message: 'Busy.', code: 'overloaded' } },
  });
  expect(translator.finished()).toBe(true);
  expect(runCollector(events).failure()).toMatchObject({ code: 'overloaded', message: 'Busy.' });
});

test('broken and empty events are passed over and counted', () => {
  const { events, translator } = run([
    '',
    '{"choices":[',
    chunk({ content: 'Hi' }),
    chunk({}, 'stop'),
    ...done,
    chunk({ content: 'x' }),
  ]);
  expect(translator.malformed()).toBe(1);
  expect(events.at(-1)?.['response']).toEqual(response('completed', [textItem('Hi')]));
});
