import { expect, test } from 'vitest';
import { type CompletionContext, responseToChatCompletion } from '../../../src-main/protocol/chat-completion.ts';
import type { JsonObject } from '../../../src-main/protocol/json-object.ts';
import { addUp, chatUsageOfIt, completed, functionCall, itemDone, message, runChat, usage } from './feed.ts';

const context: CompletionContext = {
  id: 'chatcmpl-1',
  model: 'asked',
  createdAt: 1_700_000_000,
  stop: [],
  toolNames: new Map([['short', 'a long name']]),
  legacyFunctions: false,
};
const complete = (response: JsonObject, more: Partial<CompletionContext> = {}) =>
  responseToChatCompletion({ status: 'completed', usage, ...response }, { ...context, ...more });
const whole = (said: object, finish: string): object => ({
  id: 'chatcmpl-1',
  object: 'chat.completion',
  created: 1_700_000_000,
  model: 'asked',
  choices: [
    {
      index: 0,
      message: { role: 'assistant', content: null, refusal: null, annotations: [], ...said },
      logprobs: null,
      finish_reason: finish,
    },
  ],
  usage: chatUsageOfIt,
});
const citation = (start: number) => ({
  type: 'url_citation',
  start_index: start,
  end_index: start + 2,
  url: 'u',
  title: 't',
});
const chatCitation = (start: number) => ({
  type: 'url_citation',
  url_citation: { start_index: start, end_index: start + 2, url: 'u', title: 't' },
});

test('text, reasoning, citations and usage', () => {
  const output = [
    {
      type: 'reasoning',
      summary: [{ text: 'one' }, { text: 'two' }],
      content: [{ type: 'reasoning_text', text: 'raw' }],
    },
    { type: 'web_search_call', status: 'completed' },
    message('12345'),
    message('abcdef', { annotations: [citation(1), { type: 'file_path' }] }),
  ];
  expect(complete({ output, service_tier: 'priority' })).toEqual({
    ...whole(
      { content: '12345abcdef', reasoning_content: 'one\n\ntwo\n\nraw', annotations: [chatCitation(6)] },
      'stop',
    ),
    service_tier: 'priority',
  });
});

test('calls of both kinds, under the names that the client gave', () => {
  const output = [
    functionCall('call_1', 'short', '{"a":1}'),
    { type: 'custom_tool_call', call_id: 'call_2', name: 'c', input: 'in' },
  ];
  expect(complete({ output })).toEqual(
    whole(
      {
        tool_calls: [
          { id: 'call_1', type: 'function', function: { name: 'a long name', arguments: '{"a":1}' } },
          { id: 'call_2', type: 'custom', custom: { name: 'c', input: 'in' } },
        ],
      },
      'tool_calls',
    ),
  );
  expect(complete({ output }, { legacyFunctions: true })).toEqual(
    whole({ function_call: { name: 'a long name', arguments: '{"a":1}' } }, 'function_call'),
  );
});

test('a refusal', () => {
  const output = [{ type: 'message', content: [{ type: 'refusal', refusal: 'No.' }] }];
  expect(complete({ output })).toEqual(whole({ refusal: 'No.' }, 'stop'));
});

test.each([
  ['max_output_tokens', 'length'],
  ['content_filter', 'content_filter'],
  ['interrupted', 'stop'],
])('incomplete for %s ends with %s', (reason, finish) => {
  const response = { status: 'incomplete', incomplete_details: { reason }, output: [message('Hi')] };
  expect(complete(response)).toEqual(whole({ content: 'Hi' }, finish));
});

test('a stop sequence cuts the text and the citations behind it', () => {
  const output = [message('one END two', { annotations: [citation(0), citation(9)] })];
  const cut = whole({ content: 'one ', annotations: [chatCitation(0)] }, 'stop');
  expect(complete({ output }, { stop: ['END'] })).toEqual(cut);
});

test('a citation that begins where the text is cut goes with it, one that names no place stays', () => {
  const nowhere = { type: 'url_citation', url: 'https://a.example', title: 'A' };
  const output = [message('one END two', { annotations: [nowhere, citation(3), citation(4)] })];
  const { type, ...cited } = nowhere;
  const annotations = [{ type, url_citation: cited }, chatCitation(3)];
  expect(complete({ output }, { stop: ['END'] })).toEqual(whole({ content: 'one ', annotations }, 'stop'));
});

test('unknown usage is left out, an empty answer is an empty string', () => {
  const { usage: _, ...rest } = whole({ content: '' }, 'stop') as JsonObject;
  expect(complete({ output: [], usage: null })).toEqual(rest);
});

test('the chunks of a stream add up to the same message', () => {
  const output = [
    { type: 'reasoning', summary: [{ text: 'one' }, { text: 'two' }] },
    message('12345', { annotations: [citation(1)] }),
    message('abc', { annotations: [citation(0)] }),
    functionCall('call_1', 'short', '{}'),
  ];
  const events = [...output.map((item, index) => itemDone(index, item)), completed()];
  expect(addUp(runChat(events, { toolNames: context.toolNames, includeUsage: true }))).toEqual({
    content: '12345abc',
    refusal: '',
    reasoning: 'one\n\ntwo',
    calls: [{ id: 'call_1', type: 'function', name: 'a long name', payload: '{}' }],
    annotations: [chatCitation(1), chatCitation(5)],
    finish: 'tool_calls',
    usage: chatUsageOfIt,
  });
  expect(complete({ output })).toMatchObject({
    choices: [
      {
        message: {
          content: '12345abc',
          reasoning_content: 'one\n\ntwo',
          annotations: [chatCitation(1), chatCitation(5)],
        },
      },
    ],
  });
});
