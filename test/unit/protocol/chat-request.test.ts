import { expect, test } from 'vitest';
import { chatToResponses } from '../../../src-main/protocol/chat-request.ts';
import type { JsonObject } from '../../../src-main/protocol/json-object.ts';

const user = { role: 'user', content: 'Hi' };
const translate = (more: JsonObject = {}) => chatToResponses({ model: 'gpt-5.4', messages: [user], ...more });
const inputOf = (...messages: unknown[]) => translate({ messages }).request['input'];
const text = (role: string, ...texts: string[]) => ({
  type: 'message',
  role,
  content: texts.map((entry) => ({ type: role === 'assistant' ? 'output_text' : 'input_text', text: entry })),
});

test('the least request becomes a streaming, unstored Responses request', () => {
  expect(translate()).toEqual({
    request: { model: 'gpt-5.4', stream: true, input: [text('user', 'Hi')], store: false },
    dropped: [],
    stop: [],
    includeUsage: false,
    toolNames: new Map(),
    legacyFunctions: false,
    clientNames: new Map(),
  });
});

test('everything that a Responses request can carry is carried', () => {
  const full = translate({
    stream: false,
    stream_options: { include_usage: true },
    reasoning_effort: 'high',
    verbosity: 'low',
    service_tier: 'fast',
    prompt_cache_key: 'k',
    safety_identifier: 's',
    parallel_tool_calls: true,
    temperature: 0.5,
    top_p: 1,
    max_completion_tokens: 50,
    user: 'u',
    metadata: { a: 'b' },
    stop: ['\n', 'END'],
    response_format: { type: 'json_object' },
  });
  expect(full).toEqual({
    request: {
      model: 'gpt-5.4',
      stream: true,
      service_tier: 'priority',
      input: [text('user', 'Hi')],
      parallel_tool_calls: true,
      reasoning: { effort: 'high', summary: 'auto' },
      store: false,
      prompt_cache_key: 'k',
      text: { verbosity: 'low', format: { type: 'json_object' } },
      max_output_tokens: 50,
      temperature: 0.5,
      top_p: 1,
      user: 'u',
      metadata: { a: 'b' },
      safety_identifier: 's',
    },
    dropped: [],
    stop: ['\n', 'END'],
    includeUsage: true,
    toolNames: new Map(),
    legacyFunctions: false,
    clientNames: new Map([['max_output_tokens', 'max_completion_tokens']]),
  });
});

test('what no Responses upstream takes is listed by name, and only when it said something', () => {
  const { dropped } = translate({
    seed: 1,
    presence_penalty: 0,
    frequency_penalty: 0.1,
    logit_bias: { 5: 1 },
    prediction: { type: 'content', content: 'x' },
    store: true,
    max_tokens: -1,
    reasoning: { effort: 'low', max_tokens: 100 },
    stream_options: { include_obfuscation: true, include_usage: null },
    vendor_option: true,
    input: 'also this',
    nothing: null,
    empty: [],
    ['evil\r\nname']: 1,
    messages: [
      { ...user, name: 'bob' },
      { role: 'assistant', content: 'Hm', reasoning_content: 'secret', refusal: null, annotations: [] },
      { role: 'user', content: [{ type: 'text', text: 'x', cache_control: { type: 'ephemeral' } }] },
    ],
  });
  expect(dropped.sort()).toEqual(
    [
      ...['seed', 'presence_penalty', 'frequency_penalty', 'logit_bias', 'prediction', 'store', 'max_tokens'],
      ...['reasoning.max_tokens', 'stream_options.include_obfuscation', 'vendor_option', 'input', 'other'],
      ...['messages[].name', 'messages[].reasoning_content', 'messages[].content[].cache_control'],
    ].sort(),
  );
});

test('ten thousand unknown parameters make a short list', () => {
  const odd = Object.fromEntries(Array.from({ length: 10_000 }, (_, index) => [`p${index}`, 1]));
  expect(translate(odd).dropped).toHaveLength(33);
});

test('what says nothing new is accepted silently', () => {
  const silent = {
    n: 1,
    logprobs: false,
    top_logprobs: 0,
    modalities: ['text'],
    stop: null,
    store: false,
    audio: null,
  };
  expect(translate({ ...silent, tools: null, stream_options: null, reasoning_effort: null })).toEqual(translate());
});

test('system and developer messages are developer messages, strings and parts alike', () => {
  expect(
    inputOf(
      { role: 'system', content: 'Be brief.' },
      { role: 'developer', content: [{ type: 'text', text: 'A' }, 'B'] },
      { role: 'user', content: '' },
    ),
  ).toEqual([text('developer', 'Be brief.'), text('developer', 'A', 'B'), text('user', '')]);
});

test('images and files become their Responses parts', () => {
  expect(
    inputOf({
      role: 'user',
      content: [
        { type: 'text', text: 'Look', prompt_cache_breakpoint: { mode: 'explicit' } },
        { type: 'image_url', image_url: { url: 'data:image/png;base64,AA', detail: 'high' } },
        { type: 'image_url', image_url: 'https://example.test/a.png' },
        { type: 'file', file: { filename: 'a.pdf', file_data: 'data:application/pdf;base64,AA' } },
        { type: 'input_text', text: 'flat' },
        { type: 'input_image', image_url: 'data:b', detail: 'low' },
        { type: 'input_file', file_url: 'https://example.test/b.pdf' },
      ],
    }),
  ).toEqual([
    {
      type: 'message',
      role: 'user',
      content: [
        { type: 'input_text', text: 'Look', prompt_cache_breakpoint: { mode: 'explicit' } },
        { type: 'input_image', image_url: 'data:image/png;base64,AA', detail: 'high' },
        { type: 'input_image', image_url: 'https://example.test/a.png', detail: 'auto' },
        { type: 'input_file', filename: 'a.pdf', file_data: 'data:application/pdf;base64,AA' },
        { type: 'input_text', text: 'flat' },
        { type: 'input_image', image_url: 'data:b', detail: 'low' },
        { type: 'input_file', file_url: 'https://example.test/b.pdf' },
      ],
    },
  ]);
});

test('assistant turns with calls of both kinds, and their results', () => {
  expect(
    inputOf(
      user,
      {
        role: 'assistant',
        content: 'Let me see.',
        tool_calls: [
          { id: 'call_1', type: 'function', function: { name: 'read', arguments: '{"a":1}' } },
          { id: 'call_2', type: 'custom', custom: { name: 'patch', input: '*** Begin' } },
        ],
      },
      { role: 'tool', tool_call_id: 'call_2', content: 'done' },
      {
        role: 'tool',
        tool_call_id: 'call_1',
        content: [
          { type: 'text', text: 'see' },
          { type: 'image_url', image_url: { url: 'data:x' } },
        ],
      },
      { role: 'assistant', content: '', tool_calls: [{ id: 'call_3', function: { name: 'read', arguments: '' } }] },
      { role: 'tool', tool_call_id: 'call_3', content: null },
      {
        role: 'assistant',
        content: [
          { type: 'text', text: 'No.' },
          { type: 'refusal', refusal: 'part' },
        ],
        refusal: 'whole',
      },
    ),
  ).toEqual([
    text('user', 'Hi'),
    text('assistant', 'Let me see.'),
    { type: 'function_call', call_id: 'call_1', name: 'read', arguments: '{"a":1}' },
    { type: 'custom_tool_call', call_id: 'call_2', name: 'patch', input: '*** Begin' },
    { type: 'custom_tool_call_output', call_id: 'call_2', output: 'done' },
    {
      type: 'function_call_output',
      call_id: 'call_1',
      output: [
        { type: 'input_text', text: 'see' },
        { type: 'input_image', image_url: 'data:x', detail: 'auto' },
      ],
    },
    { type: 'function_call', call_id: 'call_3', name: 'read', arguments: '' },
    { type: 'function_call_output', call_id: 'call_3', output: '' },
    {
      type: 'message',
      role: 'assistant',
      content: [
        { type: 'output_text', text: 'No.' },
        { type: 'refusal', refusal: 'part' },
        { type: 'refusal', refusal: 'whole' },
      ],
    },
  ]);
});

test('call ids over 64 characters are shortened alike at both ends', () => {
  const id = `call_${'x'.repeat(80)}`;
  const [, call, result] = inputOf(
    user,
    { role: 'assistant', tool_calls: [{ id, type: 'function', function: { name: 'f', arguments: '{}' } }] },
    { role: 'tool', tool_call_id: id, content: 'ok' },
  ) as JsonObject[];
  expect(call?.['call_id']).toMatch(/^call_[0-9a-f]{40}$/);
  expect(result?.['call_id']).toBe(call?.['call_id']);
});

test('legacy functions: definitions, choice, calls and results', () => {
  const legacy = translate({
    messages: [
      user,
      { role: 'assistant', content: null, function_call: { name: 'read', arguments: '{}' } },
      { role: 'function', name: 'read', content: 'text' },
    ],
    functions: [{ name: 'read', description: 'Reads', parameters: { type: 'object' } }, { name: 'now' }],
    function_call: { name: 'read' },
  });
  expect(legacy).toMatchObject({ legacyFunctions: true, dropped: [] });
  expect(legacy.request).toEqual({
    model: 'gpt-5.4',
    stream: true,
    input: [
      text('user', 'Hi'),
      { type: 'function_call', call_id: 'call_legacy_1', name: 'read', arguments: '{}' },
      { type: 'function_call_output', call_id: 'call_legacy_1', output: 'text' },
    ],
    tools: [
      { type: 'function', name: 'read', description: 'Reads', strict: false, parameters: { type: 'object' } },
      { type: 'function', name: 'now', strict: false, parameters: { type: 'object', properties: {} } },
    ],
    tool_choice: { type: 'function', name: 'read' },
    parallel_tool_calls: false,
    store: false,
  });
});

test('tools, nested and flat, of every kind', () => {
  const schema = { type: 'object', properties: { b: {}, a: {} } };
  const { request } = translate({
    tools: [
      { type: 'function', function: { name: 'f', description: 'F', strict: true, parameters: schema } },
      { type: 'function', name: 'g', parameters: null },
      {
        type: 'custom',
        custom: { name: 'c', format: { type: 'grammar', grammar: { syntax: 'lark', definition: 'start: "x"' } } },
      },
      { type: 'custom', name: 'd', description: 'D', format: { type: 'text' } },
      { type: 'web_search_preview', search_context_size: 'low' },
      { type: 'image_generation' },
    ],
    web_search_options: { search_context_size: 'high' },
  });
  expect(request['tools']).toEqual([
    { type: 'function', name: 'f', description: 'F', strict: true, parameters: schema },
    { type: 'function', name: 'g', strict: false, parameters: { type: 'object', properties: {} } },
    { type: 'custom', name: 'c', format: { type: 'grammar', syntax: 'lark', definition: 'start: "x"' } },
    { type: 'custom', name: 'd', description: 'D', format: { type: 'text' } },
    { type: 'web_search', search_context_size: 'low' },
    { type: 'image_generation' },
  ]);
});

test('web_search_options become the web search tool', () => {
  const location = { type: 'approximate', approximate: { city: 'Bern', country: 'CH' } };
  const { request, dropped } = translate({
    web_search_options: { search_context_size: 'high', user_location: location },
  });
  expect({ tools: request['tools'], dropped }).toEqual({
    tools: [
      {
        type: 'web_search',
        search_context_size: 'high',
        user_location: { type: 'approximate', city: 'Bern', country: 'CH' },
      },
    ],
    dropped: [],
  });
});

test.each<[string, unknown, unknown]>([
  ['auto', 'auto', 'auto'],
  ['none', 'none', 'none'],
  ['required', 'required', 'required'],
  ['a nested function', { type: 'function', function: { name: 'f' } }, { type: 'function', name: 'f' }],
  ['a flat function', { type: 'function', name: 'f' }, { type: 'function', name: 'f' }],
  ['a nested custom tool', { type: 'custom', custom: { name: 'c' } }, { type: 'custom', name: 'c' }],
  ['web search', { type: 'web_search_preview' }, { type: 'web_search' }],
  [
    'allowed tools',
    {
      type: 'allowed_tools',
      allowed_tools: {
        mode: 'required',
        tools: [
          { type: 'function', function: { name: 'f' } },
          { type: 'custom', name: 'c' },
        ],
      },
    },
    {
      type: 'allowed_tools',
      mode: 'required',
      tools: [
        { type: 'function', name: 'f' },
        { type: 'custom', name: 'c' },
      ],
    },
  ],
])('tool_choice: %s', (_, given, expected) => {
  expect(translate({ tool_choice: given }).request['tool_choice']).toEqual(expected);
});

test('long and odd tool names are shortened alike everywhere, and the way back is given', () => {
  const long = `mcp__server__${'x'.repeat(70)}`;
  const { request, toolNames } = translate({
    tools: [
      { type: 'function', function: { name: long } },
      { type: 'function', function: { name: 'files.read' } },
      { type: 'function', function: { name: 'plain' } },
    ],
    tool_choice: { type: 'function', function: { name: long } },
    messages: [
      user,
      { role: 'assistant', tool_calls: [{ id: 'c', function: { name: 'files.read', arguments: '{}' } }] },
    ],
  });
  const names = (request['tools'] as JsonObject[]).map((tool) => String(tool['name']));
  for (const name of names) expect(name).toMatch(/^[a-zA-Z0-9_-]{1,64}$/);
  expect(names[2]).toBe('plain');
  expect(toolNames).toEqual(
    new Map([
      [names[0], long],
      [names[1], 'files.read'],
    ]),
  );
  expect(request['tool_choice']).toEqual({ type: 'function', name: names[0] });
  expect((request['input'] as JsonObject[])[1]?.['name']).toBe(names[1]);
});

test.each<[unknown, unknown]>([
  [{ type: 'text' }, { type: 'text' }],
  [
    { type: 'json_schema', json_schema: { name: 'S', description: 'D', strict: true, schema: { type: 'object' } } },
    { type: 'json_schema', name: 'S', description: 'D', strict: true, schema: { type: 'object' } },
  ],
  [
    { type: 'json_schema', name: 'S', schema: {} },
    { type: 'json_schema', name: 'S', strict: false, schema: {} },
  ],
])('response_format %j', (given, format) => {
  expect(translate({ response_format: given }).request['text']).toEqual({ format });
});

test.each<[JsonObject, unknown]>([
  [{ reasoning_effort: 'none' }, { effort: 'none' }],
  [{ reasoning_effort: 40 }, { effort: 40, summary: 'auto' }],
  [{ reasoning: { effort: 'low', summary: 'detailed' } }, { effort: 'low', summary: 'detailed' }],
  [
    { reasoning_effort: 'high', reasoning: { effort: 'low' } },
    { effort: 'high', summary: 'auto' },
  ],
  [{ reasoning: {} }, undefined],
])('reasoning from %j', (given, expected) => {
  expect(translate(given).request['reasoning']).toEqual(expected);
});
