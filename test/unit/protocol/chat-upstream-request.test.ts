import { expect, test } from 'vitest';
import { responsesToChat } from '../../../src-main/protocol/chat-upstream-request.ts';
import type { JsonObject } from '../../../src-main/protocol/json-object.ts';
import { refusalOf } from './feed.ts';

const translate = (more: JsonObject = {}, stop: string[] = []) =>
  responsesToChat({ model: 'm', input: 'Hi', ...more }, stop);
const least = {
  model: 'm',
  messages: [{ role: 'user', content: 'Hi' }],
  stream: true,
  stream_options: { include_usage: true },
};

test('the least request', () => {
  expect(translate({ store: false, stream: true, include: ['reasoning.encrypted_content'], reasoning: null })).toEqual({
    request: least,
    dropped: [],
    customTools: new Set(),
  });
});

test('a whole conversation', () => {
  const { request, dropped } = translate({
    instructions: 'Be brief.',
    input: [
      { type: 'message', role: 'developer', content: [{ type: 'input_text', text: 'D' }] },
      {
        role: 'user',
        content: [
          { type: 'input_text', text: 'Look' },
          { type: 'input_image', image_url: 'data:x', detail: 'high' },
          { type: 'input_file', filename: 'a.pdf', file_data: 'data:y' },
        ],
      },
      { type: 'reasoning', id: 'rs', summary: [], encrypted_content: 'e' },
      {
        type: 'message',
        role: 'assistant',
        content: [
          { type: 'output_text', text: 'I ' },
          { type: 'output_text', text: 'see' },
        ],
      },
      { type: 'function_call', call_id: 'c1', name: 'f', arguments: '{}' },
      { type: 'custom_tool_call', call_id: 'c2', name: 'c', input: 'in"put' },
      {
        type: 'function_call_output',
        call_id: 'c1',
        output: [
          { type: 'input_text', text: 'one' },
          { type: 'input_image', image_url: 'data:z' },
        ],
      },
      { type: 'custom_tool_call_output', call_id: 'c2', output: 'two' },
      { type: 'function_call', call_id: 'c3', name: 'f', arguments: '{}' },
      { type: 'web_search_call', status: 'completed' },
      { type: 'message', role: 'assistant', content: [{ type: 'refusal', refusal: 'No.' }] },
      { type: 'message', role: 'user', content: 'Why?' },
    ],
  });
  const call = (id: string, name: string, text: string) => ({
    id,
    type: 'function',
    function: { name, arguments: text },
  });
  expect(request['messages']).toEqual([
    { role: 'system', content: 'Be brief.' },
    { role: 'system', content: 'D' },
    {
      role: 'user',
      content: [
        { type: 'text', text: 'Look' },
        { type: 'image_url', image_url: { url: 'data:x', detail: 'high' } },
        { type: 'file', file: { filename: 'a.pdf', file_data: 'data:y' } },
      ],
    },
    {
      role: 'assistant',
      content: 'I see',
      tool_calls: [call('c1', 'f', '{}'), call('c2', 'c', '{"input":"in\\"put"}')],
    },
    { role: 'tool', tool_call_id: 'c1', content: 'one' },
    { role: 'tool', tool_call_id: 'c2', content: 'two' },
    { role: 'user', content: [{ type: 'image_url', image_url: { url: 'data:z' } }] },
    { role: 'assistant', content: null, tool_calls: [call('c3', 'f', '{}')] },
    { role: 'assistant', content: null, refusal: 'No.' },
    { role: 'user', content: 'Why?' },
  ]);
  expect(dropped).toEqual(['input[].reasoning', 'input[].web_search_call']);
});

test('parameters, tools, formats and choices', () => {
  const { request, dropped, customTools } = translate(
    {
      tools: [
        { type: 'function', name: 'f', description: 'F', strict: true, parameters: { type: 'object' } },
        {
          type: 'custom',
          name: 'c',
          description: 'C',
          format: { type: 'grammar', syntax: 'lark', definition: 'start: "x"' },
        },
        { type: 'web_search' },
        { type: 'namespace', name: 'n', tools: [] },
      ],
      tool_choice: {
        type: 'allowed_tools',
        mode: 'required',
        tools: [
          { type: 'function', name: 'f' },
          { type: 'custom', name: 'c' },
        ],
      },
      parallel_tool_calls: false,
      reasoning: { effort: 'high', summary: 'auto' },
      text: { verbosity: 'low', format: { type: 'json_schema', name: 'S', strict: true, schema: {} } },
      max_output_tokens: 5,
      temperature: 0,
      top_p: 1,
      user: 'u',
      service_tier: 'priority',
      prompt_cache_key: 'k',
      metadata: { a: 'b' },
      include: ['web_search_call.action.sources'],
    },
    ['END'],
  );
  const named = (name: string) => ({ type: 'function', function: { name } });
  expect(request).toEqual({
    ...least,
    tools: [
      { type: 'function', function: { name: 'f', description: 'F', strict: true, parameters: { type: 'object' } } },
      {
        type: 'function',
        function: {
          name: 'c',
          description: 'C',
          parameters: {
            type: 'object',
            properties: { input: { type: 'string', description: 'Must match this lark grammar:\nstart: "x"' } },
            required: ['input'],
            additionalProperties: false,
          },
        },
      },
    ],
    tool_choice: { type: 'allowed_tools', allowed_tools: { mode: 'required', tools: [named('f'), named('c')] } },
    parallel_tool_calls: false,
    reasoning_effort: 'high',
    response_format: { type: 'json_schema', json_schema: { name: 'S', strict: true, schema: {} } },
    verbosity: 'low',
    max_tokens: 5,
    temperature: 0,
    top_p: 1,
    user: 'u',
    service_tier: 'priority',
    stop: ['END'],
  });
  expect(dropped).toEqual(['tools[].web_search', 'tools[].namespace', 'prompt_cache_key', 'metadata', 'include']);
  expect(customTools).toEqual(new Set(['c']));
});

test.each<[unknown, unknown, string[]]>([
  ['required', 'required', []],
  [{ type: 'custom', name: 'f' }, { type: 'function', function: { name: 'f' } }, []],
  [{ type: 'web_search' }, undefined, ['tool_choice']],
  [{ type: 'mcp', name: 'f' }, undefined, ['tool_choice']],
  [{ type: 'function' }, undefined, ['tool_choice']],
])('tool_choice %j', (given, expected, dropped) => {
  const result = translate({ tools: [{ type: 'function', name: 'f' }], tool_choice: given });
  expect([result.request['tool_choice'], result.dropped]).toEqual([expected, dropped]);
});

test.each<[JsonObject, string]>([
  [{ input: [{ type: 'compaction', encrypted_content: 'e' }] }, 'input[0].type'],
  [{ input: [{ type: 'additional_tools', tools: [] }] }, 'input[0].type'],
  [{ input: [{ role: 'user', content: [{ type: 'input_audio' }] }] }, 'input[0].content[0].type'],
  [{ input: [{ role: 'user', content: [{ type: 'input_image', file_id: 'f' }] }] }, 'input[0].content[0].file_id'],
  [{ input: [{ role: 'user', content: [{ type: 'input_file', file_url: 'u' }] }] }, 'input[0].content[0].file_url'],
  [{ previous_response_id: 'resp_1' }, 'previous_response_id'],
  [{ conversation: 'conv_1' }, 'conversation'],
  [{ prompt: { id: 'p' } }, 'prompt'],
])('%j cannot be carried and is refused', (more, param) => {
  expect(refusalOf(() => translate(more)).param).toBe(param);
});
