import { afterEach, expect, test, vi } from 'vitest';
import { createChatStream } from '../../../src-main/protocol/chat-stream.ts';
import {
  addUp,
  argumentsDelta,
  asData,
  chatOptions,
  chatUsageOfIt,
  completed,
  deltasOf,
  type Event,
  functionCall,
  itemAdded,
  itemDone,
  message,
  runChat,
  textDelta,
} from './feed.ts';

afterEach(() => vi.restoreAllMocks());

const chunk = (delta: object, finish: string | null = null): object => ({
  id: 'chatcmpl-1',
  object: 'chat.completion.chunk',
  created: 1_700_000_000,
  model: 'gpt-5.4',
  choices: [{ index: 0, delta, logprobs: null, finish_reason: finish }],
});

test('text becomes chunks: the author first, the finish reason and the end marker last', () => {
  const run = runChat([textDelta('Hel'), textDelta('lo'), completed()]);
  expect(run.chunks).toEqual([
    chunk({ role: 'assistant', content: '' }),
    chunk({ content: 'Hel' }),
    chunk({ content: 'lo' }),
    chunk({}, 'stop'),
    '[DONE]',
  ]);
  expect(run.stream.finished()).toBe(true);
});

test('the usage comes in one more chunk when it was asked for, and the others say that they have none', () => {
  const run = runChat([textDelta('Hi'), completed()], { includeUsage: true });
  expect(run.chunks).toEqual([
    { ...chunk({ role: 'assistant', content: '' }), usage: null },
    { ...chunk({ content: 'Hi' }), usage: null },
    { ...chunk({}, 'stop'), usage: null },
    { ...chunk({}), choices: [], usage: chatUsageOfIt },
    '[DONE]',
  ]);
  expect(run.stream.usage()).toEqual({
    inputTokens: 100,
    cachedTokens: 40,
    cacheWriteTokens: 3,
    outputTokens: 20,
    reasoningTokens: 5,
  });
});

test('usage that is missing, null, fractional or negative is unknown, not 0', () => {
  const usages = [undefined, null, {}, { input_tokens: 1.5, output_tokens: -3, input_tokens_details: null }];
  for (const usage of usages) {
    const run = runChat([textDelta('Hi'), completed({ usage })], { includeUsage: true });
    expect(run.chunks.at(-2)).toEqual({ ...chunk({}), choices: [], usage: null });
    expect(run.stream.usage().inputTokens).toBeNull();
  }
});

test('plain text deltas are spliced, never parsed', () => {
  const stream = createChatStream(chatOptions);
  const [buf, start, end] = asData(
    JSON.stringify({ ...textDelta('a "quoted" \\ line\n'), logprobs: [], obfuscation: 'x' }),
  );
  const parse = vi.spyOn(JSON, 'parse');
  for (let round = 0; round < 100; round += 1) stream.event('response.output_text.delta', buf, start, end);
  expect(parse).not.toHaveBeenCalled();
});

test('a "delta" inside another string is not taken for the delta', () => {
  const tricky = { type: 'response.output_text.delta', item_id: '"delta":"wrong"', output_index: 0, content_index: 0 };
  const run = runChat([
    { ...tricky, delta: 'right', obfuscation: '","delta":"wrong' },
    { ...tricky, obfuscation: '\\","delta":"wrong"', nested: { delta: 'wrong' }, delta: ' too' },
    completed(),
  ]);
  expect(addUp(run).content).toBe('right too');
});

test('parallel calls keep their own index, id and name come once, arguments in pieces', () => {
  const run = runChat([
    itemAdded(1, functionCall('call_a', 'read', '')),
    itemAdded(2, functionCall('call_b', 'write', '')),
    argumentsDelta(2, '{"p":'),
    argumentsDelta(1, '{"q":1}'),
    argumentsDelta(2, '"x"}'),
    itemDone(1, functionCall('call_a', 'read', '{"q":1}')),
    itemDone(2, functionCall('call_b', 'write', '{"p":"x"}')),
    completed(),
  ]);
  expect(deltasOf(run)).toEqual([
    { role: 'assistant', content: null },
    { tool_calls: [{ index: 0, id: 'call_a', type: 'function', function: { name: 'read', arguments: '' } }] },
    { tool_calls: [{ index: 1, id: 'call_b', type: 'function', function: { name: 'write', arguments: '' } }] },
    { tool_calls: [{ index: 1, function: { arguments: '{"p":' } }] },
    { tool_calls: [{ index: 0, function: { arguments: '{"q":1}' } }] },
    { tool_calls: [{ index: 1, function: { arguments: '"x"}' } }] },
    'tool_calls',
  ]);
});

test('a custom tool call streams its input, under the name that the client gave', () => {
  const call = { type: 'custom_tool_call', id: 'ctc_1', call_id: 'call_1', name: 'short', input: '' };
  const run = runChat(
    [
      itemAdded(0, call),
      { type: 'response.custom_tool_call_input.delta', output_index: 0, item_id: 'ctc_1', delta: 'a\n' },
      { type: 'response.custom_tool_call_input.delta', output_index: 0, item_id: 'ctc_1', delta: 'b' },
      itemDone(0, { ...call, input: 'a\nb' }),
      completed(),
    ],
    { toolNames: new Map([['short', 'a/very/long name']]) },
  );
  expect(deltasOf(run)).toEqual([
    { role: 'assistant', content: null },
    { tool_calls: [{ index: 0, id: 'call_1', type: 'custom', custom: { name: 'a/very/long name', input: '' } }] },
    { tool_calls: [{ index: 0, custom: { input: 'a\n' } }] },
    { tool_calls: [{ index: 0, custom: { input: 'b' } }] },
    'tool_calls',
  ]);
});

test('a legacy client gets function_call, and only the first of several', () => {
  const run = runChat(
    [
      itemDone(0, functionCall('call_a', 'read', '{}')),
      itemDone(1, functionCall('call_b', 'write', '{}')),
      completed(),
    ],
    { legacyFunctions: true },
  );
  expect(deltasOf(run)).toEqual([
    { role: 'assistant', content: null },
    { function_call: { name: 'read', arguments: '' } },
    { function_call: { arguments: '{}' } },
    'function_call',
  ]);
});

const reasoningDelta = (kind: 'summary' | 'content', part: number, delta: string): Event => ({
  type: kind === 'summary' ? 'response.reasoning_summary_text.delta' : 'response.reasoning_text.delta',
  item_id: 'rs_1',
  output_index: 0,
  [`${kind}_index`]: part,
  delta,
});

test('reasoning is shown as reasoning_content, its sections a blank line apart', () => {
  const run = runChat([
    reasoningDelta('summary', 0, 'First'),
    reasoningDelta('summary', 0, ' thought'),
    reasoningDelta('summary', 1, 'Second'),
    reasoningDelta('content', 0, 'raw'),
    itemDone(0, {
      type: 'reasoning',
      id: 'rs_1',
      summary: [
        { type: 'summary_text', text: 'First thought' },
        { type: 'summary_text', text: 'Second' },
      ],
      content: [{ type: 'reasoning_text', text: 'raw' }],
    }),
    textDelta('Answer', 1),
    completed(),
  ]);
  expect(addUp(run)).toMatchObject({ reasoning: 'First thought\n\nSecond\n\nraw', content: 'Answer' });
});

test('items that come only as done are sent once, also when done comes twice', () => {
  const events = [
    itemDone(0, { type: 'reasoning', id: 'rs', summary: [{ type: 'summary_text', text: 'why' }] }),
    itemDone(1, { id: 'msg', ...message('Hello') }),
    itemDone(2, functionCall('call_a', 'read', '{"a":1}')),
  ];
  expect(addUp(runChat([...events, ...events, completed()]))).toEqual({
    content: 'Hello',
    refusal: '',
    reasoning: 'why',
    calls: [{ id: 'call_a', type: 'function', name: 'read', payload: '{"a":1}' }],
    annotations: [],
    finish: 'tool_calls',
    usage: null,
  });
});

test('deltas that name their item by id only are not repeated when the item is done', () => {
  const { output_index: _, ...delta } = textDelta('Hello');
  const run = runChat([delta as Event, itemDone(0, { id: 'msg_0', ...message('Hello') }), completed()]);
  expect(addUp(run).content).toBe('Hello');
});

test('what only the terminal event holds is sent with it', () => {
  const output = [
    { type: 'reasoning', id: 'rs', summary: [{ type: 'summary_text', text: 'why' }] },
    { id: 'msg', ...message('Hello') },
    functionCall('call_a', 'read', '{}'),
  ];
  const whole = addUp(runChat([completed({ output })]));
  expect(whole).toMatchObject({ content: 'Hello', reasoning: 'why', finish: 'tool_calls' });
  const partly = addUp(runChat([textDelta('Hello', 1), completed({ output })]));
  expect(partly).toMatchObject({ content: 'Hello', reasoning: 'why', calls: whole.calls });
});

test('a refusal has its own field', () => {
  const run = runChat([
    { type: 'response.refusal.delta', item_id: 'm', output_index: 0, content_index: 0, delta: 'I will' },
    { type: 'response.refusal.delta', item_id: 'm', output_index: 0, content_index: 0, delta: ' not' },
    itemDone(0, { type: 'message', content: [{ type: 'refusal', refusal: 'I will not' }] }),
    completed(),
  ]);
  expect(deltasOf(run)).toEqual([
    { role: 'assistant', content: null },
    { refusal: 'I will' },
    { refusal: ' not' },
    'stop',
  ]);
});

const citation = { type: 'url_citation', start_index: 1, end_index: 3, url: 'https://example.test', title: 'T' };
const chatCitation = (offset: number): object => ({
  type: 'url_citation',
  url_citation: { start_index: 1 + offset, end_index: 3 + offset, url: 'https://example.test', title: 'T' },
});

test('citations count from the beginning of the whole answer and come once', () => {
  const added: Event = { type: 'response.output_text.annotation.added', output_index: 1, annotation: citation };
  const run = runChat([
    textDelta('12345', 0),
    itemDone(0, message('12345')),
    textDelta('abc', 1),
    added,
    itemDone(1, message('abc', { annotations: [citation] })),
    itemDone(2, message('xyz', { annotations: [citation, { type: 'file_citation', file_id: 'f' }] })),
    completed(),
  ]);
  expect(addUp(run)).toMatchObject({ content: '12345abcxyz', annotations: [chatCitation(5), chatCitation(8)] });
});

test.each([
  ['max_output_tokens', 'length'],
  ['content_filter', 'content_filter'],
  ['interrupted', 'stop'],
  ['something new', 'length'],
])('incomplete for %s ends with %s', (reason, finish) => {
  const run = runChat([
    textDelta('Hi'),
    { type: 'response.incomplete', response: { incomplete_details: { reason }, usage: { input_tokens: 7 } } },
  ]);
  expect(addUp(run).finish).toBe(finish);
  expect(run.stream.usage().inputTokens).toBe(7);
});

test('a failure becomes an error frame with the upstream code, without a finish reason', () => {
  const run = runChat([
    textDelta('one'),
    textDelta('two'),
    { type: 'response.failed', response: { error: { code: 'server_is_overloaded', message: 'Busy.' } } },
    textDelta('three'),
    completed(),
  ]);
  expect(run.chunks.slice(1)).toEqual([
    chunk({ content: 'one' }),
    chunk({ content: 'two' }),
    { error: { message: 'Busy.', type: 'server_error', param: null, code: 'server_is_overloaded' } },
  ]);
  const { finished, stopped, failure } = run.stream;
  expect({ finished: finished(), stopped: stopped(), failure: failure() }).toMatchObject({
    finished: true,
    stopped: false,
    failure: { code: 'server_is_overloaded' },
  });
});

test('a top-level error event is a failure too, and held-back text is shown before it', () => {
  const run = runChat([textDelta('almost EN'), { type: 'error', code: 'oops', message: 'No.', param: 'x' }], {
    stop: ['END'],
  });
  expect(run.chunks.slice(1)).toEqual([
    chunk({ content: 'almost ' }),
    chunk({ content: 'EN' }),
    { error: { message: 'No.', type: 'server_error', param: 'x', code: 'oops' } },
  ]);
});

test('events after the terminal event are ignored', () => {
  const run = runChat([textDelta('Hi'), completed(), textDelta('more'), completed()]);
  expect(addUp(run).content).toBe('Hi');
  expect(run.chunks.filter((entry) => entry === '[DONE]')).toHaveLength(1);
});

test('unknown events and broken JSON leave the stream as it was; broken ones are counted', () => {
  const run = runChat([
    '{"type":"codex.rate_limits"}',
    textDelta('a'),
    '{"type":"response.output_text.delta","delta":"b',
    '{"type":"response.output_item.done","item":',
    '{"type":"response.output_text.delta","output_index":0,"delta":7}',
    '{"type":"response.web_search_call.searching","output_index":3}',
    textDelta('c'),
    completed(),
  ]);
  expect(addUp(run).content).toBe('ac');
  expect(run.stream.malformed()).toBe(3);
});

test('a stop sequence ends the answer, also when it is split over deltas', () => {
  const run = runChat([textDelta('one E'), textDelta('N'), textDelta('D two'), textDelta('three')], {
    stop: ['END', 'NEVER'],
    includeUsage: true,
  });
  expect(run.chunks.slice(1)).toEqual([
    { ...chunk({ content: 'one ' }), usage: null },
    { ...chunk({}, 'stop'), usage: null },
    { ...chunk({}), choices: [], usage: null },
    '[DONE]',
  ]);
  expect([run.stream.finished(), run.stream.stopped()]).toEqual([true, true]);
});

test('a stop sequence in an item that comes only as done, or only in the terminal event, stops there', () => {
  const stop = ['END'];
  expect(addUp(runChat([itemDone(0, message('one END two')), textDelta('x', 1)], { stop }))).toMatchObject({
    content: 'one ',
    finish: 'stop',
  });
  const run = runChat([completed({ output: [message('one END'), functionCall('c', 'f', '{}')] })], { stop });
  expect(addUp(run)).toMatchObject({ content: 'one ', calls: [], finish: 'stop' });
});

test('an answer without output still has an author and an end', () => {
  expect(deltasOf(runChat([completed()]))).toEqual([{ role: 'assistant', content: '' }, 'stop']);
});
