import { expect, test } from 'vitest';
import { chatShapedOnResponses, isResponsesShaped } from '../../../src-main/protocol/body-shape.ts';
import { chatToResponses } from '../../../src-main/protocol/chat-request.ts';
import type { JsonObject } from '../../../src-main/protocol/json-object.ts';
import { validateResponsesRequest } from '../../../src-main/protocol/responses-fields.ts';
import {
  normalizeForChatgpt,
  normalizeForOpenAi,
  responsesShapedChat,
} from '../../../src-main/protocol/responses-request.ts';
import { refusalOf } from './feed.ts';

const hello = { type: 'message', role: 'user', content: [{ type: 'input_text', text: 'Hi' }] };
const body = (more: JsonObject = {}): JsonObject => ({ model: 'gpt-5.4', input: 'Hi', ...more });
const chatgpt = (more: JsonObject = {}) => normalizeForChatgpt(body(more));

const least = {
  model: 'gpt-5.4',
  input: [hello],
  stream: true,
  instructions: '',
  store: false,
  include: ['reasoning.encrypted_content'],
};

test('the least request is made into one that the ChatGPT backend takes', () => {
  expect(chatgpt()).toEqual({ request: least, dropped: [], stop: [] });
});

test('what the ChatGPT backend refuses is left out and listed', () => {
  const refused = {
    ...{ temperature: 1, top_p: 1, max_output_tokens: 5, metadata: {}, truncation: 'auto', user: 'u', seed: 1 },
    ...{ safety_identifier: 's', prompt_cache_retention: '24h', prompt_cache_options: {}, stream_options: {} },
    ...{
      context_management: [{}],
      max_tool_calls: 3,
      type: 'response.create',
      extra_headers: {},
      service_tier: 'auto',
    },
  };
  const { request, dropped } = chatgpt({
    ...refused,
    store: true,
    stream: false,
    n: 1,
    top_logprobs: 0,
    nothing: null,
  });
  expect(request).toEqual(least);
  expect(dropped.sort()).toEqual(Object.keys(refused).sort());
});

test('what it takes stays', () => {
  const kept = {
    instructions: 'Be brief.',
    service_tier: 'flex',
    tools: [
      { type: 'function', name: 'f', parameters: {}, strict: true },
      { type: 'namespace', name: 'n', tools: [] },
    ],
    tool_choice: { type: 'function', name: 'f' },
    parallel_tool_calls: false,
    reasoning: { effort: 'low', context: 'all_turns' },
    prompt_cache_key: 'k',
    text: { verbosity: 'low', format: { type: 'text' } },
    client_metadata: { a: 'b' },
  };
  expect(chatgpt({ ...kept, include: ['reasoning.encrypted_content', 'web_search_call.action.sources'] })).toEqual({
    request: { ...least, ...kept, include: ['reasoning.encrypted_content', 'web_search_call.action.sources'] },
    dropped: [],
    stop: [],
  });
});

test('items are brought into the form that the backend takes, and no other item is touched', () => {
  const untouched = [
    { type: 'reasoning', id: 'rs', summary: [], encrypted_content: 'e' },
    { type: 'function_call', call_id: 'c', name: 'f', arguments: '{}', status: 'completed' },
    { type: 'function_call_output', call_id: 'c', output: 'ok' },
    { type: 'compaction', encrypted_content: 'e' },
    { type: 'unheard_of', nested: { deep: [1] } },
  ];
  const { request, dropped } = chatgpt({
    input: [
      { role: 'system', content: 'S' },
      {
        role: 'user',
        content: [
          { type: 'text', text: 'chat part' },
          { type: 'input_text', text: 'marked', prompt_cache_breakpoint: { mode: 'explicit' } },
          { type: 'image_url', image_url: { url: 'data:x' } },
          { type: 'input_image', image_url: 'data:y', detail: 'low' },
        ],
      },
      { type: 'message', role: 'assistant', content: 'A', phase: 'commentary' },
      { type: 'reasoning', id: 'rs_gone', summary: [] },
      {
        type: 'custom_tool_call_output',
        call_id: 'd',
        output: [{ type: 'input_text', text: 'o', prompt_cache_breakpoint: {} }],
      },
      ...untouched,
    ],
  });
  const input = request['input'] as JsonObject[];
  expect(input).toEqual([
    { type: 'message', role: 'developer', content: [{ type: 'input_text', text: 'S' }] },
    {
      type: 'message',
      role: 'user',
      content: [
        { type: 'input_text', text: 'chat part' },
        { type: 'input_text', text: 'marked' },
        { type: 'input_image', image_url: 'data:x', detail: 'auto' },
        { type: 'input_image', image_url: 'data:y', detail: 'low' },
      ],
    },
    { type: 'message', role: 'assistant', phase: 'commentary', content: [{ type: 'output_text', text: 'A' }] },
    { type: 'custom_tool_call_output', call_id: 'd', output: [{ type: 'input_text', text: 'o' }] },
    ...untouched,
  ]);
  for (const [index, item] of untouched.entries()) expect(input[index + 4]).toBe(item);
  expect(dropped).toEqual(['prompt_cache_breakpoint', 'input[].reasoning']);
});

test('half-Chat bodies: parameters, tools and choice are brought to their places', () => {
  const { request, dropped, stop } = chatgpt({
    reasoning_effort: 'high',
    reasoning: { summary: 'concise' },
    verbosity: 'low',
    response_format: { type: 'json_object' },
    max_tokens: 7,
    service_tier: 'fast',
    stop: 'END',
    tools: [{ type: 'function', function: { name: 'f' } }, { type: 'web_search_preview' }],
    tool_choice: { type: 'function', function: { name: 'f' } },
  });
  expect(request).toEqual({
    ...least,
    reasoning: { effort: 'high', summary: 'concise' },
    text: { verbosity: 'low', format: { type: 'json_object' } },
    service_tier: 'priority',
    tools: [
      { type: 'function', name: 'f', strict: false, parameters: { type: 'object', properties: {} } },
      { type: 'web_search' },
    ],
    tool_choice: { type: 'function', name: 'f' },
  });
  expect({ dropped, stop }).toEqual({ dropped: ['max_tokens'], stop: ['END'] });
});

test('a translated Chat request is listed with the names that the client used', () => {
  const { request, clientNames } = chatToResponses({
    model: 'gpt-5.4',
    messages: [{ role: 'user', content: 'Hi' }],
    max_completion_tokens: 5,
    temperature: 0,
  });
  expect(normalizeForChatgpt(request, clientNames)).toEqual({
    request: least,
    dropped: ['max_completion_tokens', 'temperature'],
    stop: [],
  });
});

test('an API key gets nearly everything, streamed', () => {
  const given = {
    ...{
      temperature: 1,
      max_output_tokens: 5,
      metadata: { a: 'b' },
      store: true,
      truncation: 'auto',
      service_tier: 'fast',
    },
    ...{ previous_response_id: 'resp_1', top_logprobs: 2, include: ['message.output_text.logprobs'], unknown: 1 },
    ...{ conversation: 'conv_1' },
  };
  expect(normalizeForOpenAi(body({ ...given, stream: false, n: 1, stop: ['a', ''], verbosity: 'low' }))).toEqual({
    request: { ...body(given), stream: true, text: { verbosity: 'low' } },
    dropped: [],
    stop: ['a'],
  });
});

test('reasoning that broke off is not sent back to any account', () => {
  const whole = { type: 'reasoning', id: 'rs_1', summary: [] };
  const lost = { type: 'reasoning', id: 'rs_2', summary: [], status: 'incomplete' };
  const cutShort = { ...lost, id: 'rs_3', encrypted_content: 'enc' };
  const input = [hello, whole, lost, cutShort];
  expect(normalizeForOpenAi(body({ input }))).toEqual({
    request: { ...body({ input: [hello, whole, cutShort] }), stream: true },
    dropped: ['input[].reasoning'],
    stop: [],
  });
  expect(chatgpt({ input }).request['input']).toEqual([hello, cutShort]);
});

test.each<[JsonObject, string, string]>([
  [{ model: undefined }, 'invalid_type', 'model'],
  [{ input: 5 }, 'invalid_type', 'input'],
  [{ input: undefined }, 'invalid_type', 'input'],
  [{ input: [] }, 'invalid_value', 'input'],
  [{ input: ['Hi'] }, 'invalid_type', 'input[0]'],
  [{ input: [{}] }, 'invalid_value', 'input[0].type'],
  [{ input: [{ role: 5, content: 'x' }] }, 'invalid_type', 'input[0].role'],
  [{ stream: 'true' }, 'invalid_type', 'stream'],
  [{ instructions: [] }, 'invalid_type', 'instructions'],
  [{ tools: {} }, 'invalid_type', 'tools'],
  [{ tools: [{}] }, 'invalid_type', 'tools[0].type'],
  [{ tool_choice: 5 }, 'invalid_type', 'tool_choice'],
  [{ include: [1] }, 'invalid_type', 'include[0]'],
  [{ text: 'x' }, 'invalid_type', 'text'],
  [{ max_output_tokens: 1.5 }, 'invalid_type', 'max_output_tokens'],
  [{ background: true }, 'unsupported_parameter', 'background'],
  [{ n: 2 }, 'unsupported_parameter', 'n'],
  [{ logprobs: true }, 'unsupported_parameter', 'logprobs'],
])('%j is refused with %s, naming %s', (more, code, param) => {
  expect(refusalOf(() => validateResponsesRequest(body(more)))).toEqual({ code, param });
  expect(refusalOf(() => normalizeForOpenAi(body(more)))).toEqual({ code, param });
});

test.each<[JsonObject, string, string]>([
  [{ previous_response_id: 'resp_1' }, 'previous_response_not_found', 'previous_response_id'],
  [{ conversation: 'conv_1' }, 'unsupported_parameter', 'conversation'],
  [{ prompt: { id: 'p' } }, 'unsupported_parameter', 'prompt'],
  [{ top_logprobs: 1 }, 'unsupported_parameter', 'top_logprobs'],
  [{ include: ['message.output_text.logprobs'] }, 'unsupported_parameter', 'include[0]'],
  [{ input: [hello, { type: 'item_reference', id: 'm' }] }, 'unsupported_parameter', 'input[1].type'],
  [
    { input: [{ role: 'user', content: [{ type: 'input_audio' }] }] },
    'unsupported_parameter',
    'input[0].content[0].type',
  ],
  [
    { input: [{ role: 'user', content: [{ type: 'input_file', file_id: 'f' }] }] },
    'unsupported_parameter',
    'input[0].content[0].file_id',
  ],
  [{ input: [{ role: 'user', content: 5 }] }, 'invalid_type', 'input[0].content'],
])('%j is refused for a ChatGPT login with %s, naming %s', (more, code, param) => {
  expect(refusalOf(() => chatgpt(more))).toEqual({ code, param });
});

test.each<[JsonObject, boolean, boolean]>([
  [{ input: 'Hi' }, true, false],
  [{ input: [hello], messages: [] }, true, false],
  [{ messages: [{}] }, false, true],
  [{ messages: [{}], input: null }, false, true],
  [{ messages: [{}], input: 'Hi' }, false, false],
  [{ messages: [], input: [] }, false, false],
  [{}, false, false],
])('%j: a Responses body %s, a Chat body %s', (given, responses, chat) => {
  expect([isResponsesShaped(given), chatShapedOnResponses(given)]).toEqual([responses, chat]);
});

test('a Responses body on the Chat path keeps what its Chat answer needs', () => {
  const given = { ...body(), messages: [], stream_options: { include_usage: true, x: 1 }, stop: ['END'], user: 'u' };
  expect(responsesShapedChat(given)).toEqual({
    request: { ...body(), user: 'u', stream: true },
    dropped: ['stream_options.x'],
    stop: ['END'],
    includeUsage: true,
    toolNames: new Map(),
    legacyFunctions: false,
    clientNames: new Map(),
  });
});
