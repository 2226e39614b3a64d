import fc from 'fast-check';
import { expect, test, vi } from 'vitest';
import { chatToResponses } from '../../../src-main/protocol/chat-request.ts';
import { responsesToChat } from '../../../src-main/protocol/chat-upstream-request.ts';
import { createResponsesFromChat } from '../../../src-main/protocol/chat-upstream-stream.ts';
import { isJsonObject, type JsonObject } from '../../../src-main/protocol/json-object.ts';
import { validateResponsesRequest } from '../../../src-main/protocol/responses-fields.ts';
import {
  normalizeForChatgpt,
  normalizeForOpenAi,
  responsesShapedChat,
} from '../../../src-main/protocol/responses-request.ts';
import { RelayError } from '../../../src-shared/domain/relay-error.ts';
import { addUp, dataOf, type Event, runChat } from './feed.ts';

// Many runs, on machines that are busy with other tests.
vi.setConfig({ testTimeout: 120_000 });

const text = fc.string({ unit: 'binary', minLength: 1 });
const id = fc.stringMatching(/^call_[a-z0-9]{1,12}$/);
const name = fc.stringMatching(/^[a-zA-Z0-9_-]{1,64}$/);
const call = fc.record({ id, type: fc.constant('function'), function: fc.record({ name, arguments: text }) });
const turn = fc.oneof(
  text.map((content) => [{ role: 'system', content }]),
  text.map((content) => [{ role: 'user', content }]),
  fc
    .tuple(text, fc.uniqueArray(call, { minLength: 1, maxLength: 3, selector: (entry) => entry.id }), text)
    .map(([content, calls, result]) => [
      { role: 'assistant', content, tool_calls: calls },
      ...calls.map((entry) => ({ role: 'tool', tool_call_id: entry.id, content: result })),
    ]),
);

test('messages and tools survive the way to Responses and back', () => {
  const tool = fc.record({
    type: fc.constant('function'),
    function: fc.record({
      name,
      description: text,
      strict: fc.boolean(),
      parameters: fc.dictionary(fc.string(), fc.jsonValue()),
    }),
  });
  fc.assert(
    fc.property(fc.array(turn, { minLength: 1 }), fc.array(tool, { minLength: 1 }), (turns, tools) => {
      const chat = { model: 'm', messages: turns.flat(), tools };
      const there = chatToResponses(chat);
      const back = responsesToChat(normalizeForChatgpt(there.request).request);
      expect({ ...back.request, dropped: [...there.dropped, ...back.dropped] }).toEqual({
        ...chat,
        stream: true,
        stream_options: { include_usage: true },
        dropped: [],
      });
    }),
    { numRuns: 300 },
  );
});

const count = fc.nat(1_000_000);
const chatUsage = fc.record({
  prompt_tokens: count,
  completion_tokens: count,
  total_tokens: count,
  prompt_tokens_details: fc.record({ cached_tokens: count, cache_write_tokens: count }),
  completion_tokens_details: fc.record({ reasoning_tokens: count }),
});

test('text, arguments, reasoning and usage of a Chat upstream reach a Chat client, for any cutting into deltas', () => {
  const pieces = fc.array(text, { maxLength: 4 });
  const calls = fc.array(fc.record({ name, pieces }), { maxLength: 3 });
  fc.assert(
    fc.property(pieces, pieces, calls, chatUsage, (reasoning, content, called, usage) => {
      const delta = (fields: JsonObject): JsonObject => ({
        choices: [{ index: 0, delta: fields, finish_reason: null }],
      });
      const argument = (index: number, fields: JsonObject): JsonObject => delta({ tool_calls: [{ index, ...fields }] });
      const chunks = [
        ...reasoning.map((piece) => delta({ reasoning_content: piece })),
        ...content.map((piece) => delta({ content: piece })),
        ...called.map((entry, index) => argument(index, { id: `call_${index}`, function: { name: entry.name } })),
        ...called.flatMap((entry, index) =>
          entry.pieces.map((piece) => argument(index, { function: { arguments: piece } })),
        ),
        { choices: [{ index: 0, delta: {}, finish_reason: called.length > 0 ? 'tool_calls' : 'stop' }] },
        { choices: [], usage },
      ];
      const translator = createResponsesFromChat({ responseId: 'r', model: 'm', createdAt: 1 });
      let sse = '';
      for (const chunk of [...chunks.map((chunk) => JSON.stringify(chunk)), '[DONE]']) {
        sse += translator.chunk(Buffer.from(chunk))?.toString() ?? '';
      }
      const events = dataOf(sse).map((data) => JSON.parse(data) as Event);
      expect(addUp(runChat(events, { includeUsage: true }))).toEqual({
        content: content.join(''),
        refusal: '',
        reasoning: reasoning.join(''),
        calls: called.map((entry, index) => ({
          id: `call_${index}`,
          type: 'function',
          name: entry.name,
          payload: entry.pieces.join(''),
        })),
        annotations: [],
        finish: called.length > 0 ? 'tool_calls' : 'stop',
        usage,
      });
    }),
    { numRuns: 500 },
  );
});

const words = [
  ...[
    'model',
    'messages',
    'input',
    'role',
    'content',
    'type',
    'text',
    'tools',
    'function',
    'custom',
    'name',
    'functions',
  ],
  ...[
    'tool_calls',
    'tool_call_id',
    'function_call',
    'id',
    'arguments',
    'image_url',
    'url',
    'file',
    'file_data',
    'output',
  ],
  ...[
    'tool_choice',
    'allowed_tools',
    'mode',
    'response_format',
    'json_schema',
    'schema',
    'format',
    'grammar',
    'reasoning',
  ],
  ...[
    'reasoning_effort',
    'effort',
    'stop',
    'stream',
    'stream_options',
    'include_usage',
    'include',
    'n',
    'refusal',
    'call_id',
  ],
  ...['web_search_options', 'user_location', 'approximate', 'max_tokens', 'service_tier', '__proto__', 'constructor'],
  ...['choices', 'delta', 'finish_reason', 'usage', 'error', 'index', 'reasoning_content'],
];
const values = [
  ...[
    'user',
    'assistant',
    'system',
    'tool',
    'function',
    'custom',
    'message',
    'text',
    'input_text',
    'image_url',
    'file',
  ],
  ...[
    'function_call',
    'function_call_output',
    'custom_tool_call',
    'reasoning',
    'web_search',
    'allowed_tools',
    'grammar',
  ],
  ...['json_schema', 'auto', 'input_image', 'input_file', 'output_text', 'refusal', 'm', 'stop', 'x'.repeat(70)],
];

const odd = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    fc.constantFrom(...values),
    fc.jsonValue({ maxDepth: 1 }),
    tie('object'),
    fc.array(tie('object'), { maxLength: 3 }),
  ),
  object: fc.dictionary(fc.constantFrom(...words), tie('value'), { maxKeys: 7 }),
}));

/** Half of them get far enough to be translated: a model and something to answer. */
const body = fc
  .tuple(odd.object, fc.boolean(), fc.array(odd.object, { minLength: 1, maxLength: 3 }))
  .map(([fields, plausible, list]) => {
    const given = isJsonObject(fields) ? fields : {};
    return plausible ? { ...given, model: 'm', messages: list, input: list } : given;
  });

const translations: Record<string, (given: JsonObject) => unknown> = {
  chatToResponses,
  normalizeForChatgpt,
  normalizeForOpenAi,
  responsesShapedChat,
  validateResponsesRequest,
  responsesToChat,
  'chat to a chat upstream': (given) => responsesToChat(normalizeForOpenAi(chatToResponses(given).request).request),
};

test.each(Object.keys(translations))(
  '%s throws nothing but RelayError, and never touches the body',
  (which) => {
    fc.assert(
      fc.property(body, (given) => {
        const before = JSON.stringify(given);
        try {
          translations[which]!(given);
        } catch (error) {
          if (!(error instanceof RelayError)) throw error;
        }
        expect(JSON.stringify(given)).toBe(before);
      }),
      { numRuns: 1_000 },
    );
  },
  30_000,
);

test('no chunk makes the translator of a Chat upstream throw', () => {
  fc.assert(
    fc.property(fc.array(fc.oneof(odd.object, odd.value), { maxLength: 8 }), (chunks) => {
      const translator = createResponsesFromChat({ responseId: 'r', model: 'm', createdAt: 1 });
      let sse = '';
      for (const chunk of chunks) sse += translator.chunk(Buffer.from(JSON.stringify(chunk)))?.toString() ?? '';
      sse += translator.end()?.toString() ?? '';
      for (const data of dataOf(sse)) JSON.parse(data);
    }),
    { numRuns: 1_000 },
  );
});
