import { describe, expect, test } from 'vitest';
import { chatToResponses } from '../../../../src-main/protocol/chat-request.ts';
import type { JsonObject } from '../../../../src-main/protocol/json-object.ts';
import { ollamaToChat } from '../../../../src-main/protocol/ollama/ollama-request.ts';
import { refusalOf } from '../feed.ts';

const hello = [{ role: 'user', content: 'Hello' }];
const chatOf = (more: JsonObject): JsonObject => ollamaToChat({ model: 'gpt-5.5', messages: hello, ...more }).chat;
/** What is left out in the end, by the names that are shown to a person. */
const droppedOf = (more: JsonObject): string[] => chatToResponses(chatOf(more)).dropped.sort();

test('a request with everything becomes a Chat request, and what Chat has no place for is seen to be left out', () => {
  const tool = { type: 'function', function: { name: 'weather', parameters: { type: 'object' } } };
  const given = {
    model: 'gpt-5.5:latest',
    messages: [{ role: 'system', content: 'Be brief.' }, ...hello],
    tools: [tool],
    stream: false,
    think: 'high',
    format: { type: 'object', properties: { age: { type: 'integer' } } },
    keep_alive: '5m',
    options: { num_predict: 100, temperature: 0.5, top_p: 0.9, stop: ['END'], num_ctx: 8_192, top_k: 40, seed: 7 },
  };
  expect(ollamaToChat(given)).toEqual({
    showsThinking: true,
    chat: {
      model: 'gpt-5.5',
      messages: given.messages,
      tools: [tool],
      stream: false,
      reasoning_effort: 'high',
      response_format: { type: 'json_schema', json_schema: { name: 'answer', schema: given.format } },
      max_completion_tokens: 100,
      temperature: 0.5,
      top_p: 0.9,
      stop: ['END'],
      keep_alive: '5m',
      'options.num_ctx': 8_192,
      'options.top_k': 40,
      'options.seed': 7,
    },
  });
  expect(chatToResponses(ollamaToChat(given).chat).dropped.sort()).toEqual([
    'keep_alive',
    'options.num_ctx',
    'options.seed',
    'options.top_k',
  ]);
});

test('what is not said has its default: a stream, no limit, no format', () => {
  expect(chatOf({ format: '', options: { num_predict: -1 }, tools: [], think: null })).toEqual({
    ...{ model: 'gpt-5.5', messages: hello, stream: true, tools: [] },
  });
  expect(droppedOf({ options: { num_predict: -2 } })).toEqual([]);
});

test('thinking is shown, asked for by its level, or kept as small as the model can', () => {
  expect([true, 'low', false].map((think) => ollamaToChat({ model: 'gpt-5.5', messages: hello, think }))).toMatchObject(
    [
      { showsThinking: true, chat: { reasoning: { summary: 'auto' } } },
      { showsThinking: true, chat: { reasoning_effort: 'low' } },
      { showsThinking: false, chat: { reasoning_effort: expect.stringMatching(/^(none|minimal|low)$/) } },
    ],
  );
  expect(ollamaToChat({ model: 'nobody-knows', messages: hello, think: false }).chat).not.toHaveProperty(
    'reasoning_effort',
  );
});

test('the JSON mode is told to the model, where no message does, because OpenAI refuses it else', () => {
  const asked = chatOf({ format: 'json' });
  expect([asked['response_format'], asked['messages']]).toEqual([
    { type: 'json_object' },
    [...hello, { role: 'system', content: 'Answer with one JSON object.' }],
  ]);
  const told = [{ role: 'user', content: 'Answer in Json.' }];
  expect(chatOf({ format: 'json', messages: told })['messages']).toEqual(told);
});

describe('messages', () => {
  const messagesOf = (messages: JsonObject[]) => chatOf({ messages })['messages'];

  test('images are told by their first bytes and become data URLs', () => {
    const kinds = ['iVBORw0KGgoAAAA', '/9j/4AAQ', 'R0lGODlh', 'UklGRiQ', 'data:image/png;base64,AA'];
    expect(messagesOf([{ role: 'user', content: 'Look', images: kinds }])).toEqual([
      {
        role: 'user',
        content: [
          { type: 'text', text: 'Look' },
          { type: 'image_url', image_url: { url: 'data:image/png;base64,iVBORw0KGgoAAAA' } },
          { type: 'image_url', image_url: { url: 'data:image/jpeg;base64,/9j/4AAQ' } },
          { type: 'image_url', image_url: { url: 'data:image/gif;base64,R0lGODlh' } },
          { type: 'image_url', image_url: { url: 'data:image/webp;base64,UklGRiQ' } },
          { type: 'image_url', image_url: { url: 'data:image/png;base64,AA' } },
        ],
      },
    ]);
  });

  test('calls without ids get them, and results find their call by id, by name, or by turn', () => {
    const call = (name: string, args: unknown, id?: string) => ({
      ...(id === undefined ? {} : { id }),
      function: { name, arguments: args },
    });
    const history = [
      { role: 'user', content: 'Weather?' },
      {
        role: 'assistant',
        content: '',
        tool_calls: [call('weather', { city: 'Bern' }), call('time', {}), call('time', '{}', 'own')],
      },
      { role: 'tool', content: 'late', tool_call_id: 'own' },
      { role: 'tool', content: 'noon', tool_name: 'time' },
      { role: 'tool', content: 'sun' },
    ];
    const made = (id: string, name: string, args: string) => ({
      id,
      type: 'function',
      function: { name, arguments: args },
    });
    expect(messagesOf(history)).toEqual([
      history[0],
      {
        ...{ role: 'assistant', content: '' },
        tool_calls: [
          made('call_1_0', 'weather', '{"city":"Bern"}'),
          made('call_1_1', 'time', '{}'),
          made('own', 'time', '{}'),
        ],
      },
      { role: 'tool', content: 'late', tool_call_id: 'own' },
      { role: 'tool', content: 'noon', tool_call_id: 'call_1_1' },
      { role: 'tool', content: 'sun', tool_call_id: 'call_1_0' },
    ]);
    expect(() => chatToResponses(chatOf({ messages: history }))).not.toThrow();
  });

  test('earlier thinking is left out, visibly', () => {
    const messages = [...hello, { role: 'assistant', content: 'Hi', thinking: 'A greeting.' }, ...hello];
    expect(droppedOf({ messages })).toEqual(['messages[].thinking']);
  });
});

test.each<[string, JsonObject, string | null]>([
  ['no messages', { messages: null }, 'messages'],
  ['an image that is none', { messages: [{ role: 'user', content: 'x', images: ['AAAA'] }] }, 'messages[0].images'],
  ['an image of the assistant', { messages: [{ role: 'assistant', content: 'x', images: ['/9j/'] }] }, null],
  ['a result of no call', { messages: [...hello, { role: 'tool', content: 'x' }] }, 'messages[1]'],
  ['a format that is none', { format: 'yaml' }, 'format'],
  ['thinking that is none', { think: 3 }, 'think'],
  ['options that are none', { options: [] }, 'options'],
  ['token probabilities', { logprobs: true }, 'logprobs'],
])('%s', (_, more, param) => {
  const run = () => chatToResponses(chatOf(more));
  if (param === null) return expect(droppedOf(more)).toEqual(['messages[].images']);
  expect(refusalOf(run).param).toBe(param);
});
