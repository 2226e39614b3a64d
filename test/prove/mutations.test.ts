import { expect, test } from 'vitest';
import { readAuthJson } from '../../src-main/accounts/auth-json.ts';
import { parseSettings } from '../../src-main/config/settings-store.ts';
import { responseToChatCompletion } from '../../src-main/protocol/chat-completion.ts';
import { chatToResponses } from '../../src-main/protocol/chat-request.ts';
import { createChatStream } from '../../src-main/protocol/chat-stream.ts';
import { responsesToChat } from '../../src-main/protocol/chat-upstream-request.ts';
import { createResponsesFromChat } from '../../src-main/protocol/chat-upstream-stream.ts';
import { isJsonObject } from '../../src-main/protocol/json-object.ts';
import { createResponseCollector } from '../../src-main/protocol/response-collect.ts';
import { validateResponsesRequest } from '../../src-main/protocol/responses-fields.ts';
import {
  normalizeForChatgpt,
  normalizeForOpenAi,
  responsesShapedChat,
} from '../../src-main/protocol/responses-request.ts';
import { settingsSchema } from '../../src-shared/contract/settings.ts';
import { RelayError } from '../../src-shared/domain/relay-error.ts';
import {
  argumentsDelta,
  asData,
  chatOptions,
  completed,
  dataOf,
  functionCall,
  itemAdded,
  itemDone,
  message,
  textDelta,
} from '../unit/protocol/feed.ts';
import { mutated } from './mutated-json.ts';
import { amount, figure, seededRandom } from './proving.ts';

const call = functionCall('call_1', 'shell', '{"a":1}');
const events = [
  { type: 'response.created', response: { id: 'resp_1', model: 'gpt-5.4', status: 'in_progress', output: [] } },
  itemAdded(0, { type: 'reasoning', id: 'rs', summary: [] }),
  { type: 'response.reasoning_summary_text.delta', output_index: 0, summary_index: 0, delta: 'why' },
  itemAdded(1, message('')),
  textDelta('Hello é\n', 1),
  itemDone(
    1,
    message('Hello é\n', { annotations: [{ type: 'url_citation', url: 'u', start_index: 0, end_index: 2 }] }),
  ),
  itemAdded(2, functionCall('call_1', 'shell', '')),
  argumentsDelta(2, '{"a":1}'),
  itemDone(2, call),
  completed({ output: [message('Hello é\n'), call] }),
];
const delta = (fields: object, finish: string | null = null) => ({
  id: 'c',
  choices: [{ index: 0, delta: fields, finish_reason: finish }],
});
const chunks = [
  delta({ role: 'assistant', reasoning_content: 'why' }),
  delta({ content: 'Hello é\n' }),
  delta({ tool_calls: [{ index: 0, id: 'call_1', type: 'function', function: { name: 'shell', arguments: '' } }] }),
  delta({ tool_calls: [{ index: 0, function: { arguments: '{"a":1}' } }] }),
  delta({}, 'tool_calls'),
  { choices: [], usage: { prompt_tokens: 3, completion_tokens: 4, prompt_tokens_details: { cached_tokens: 1 } } },
];
const tool = { type: 'function', function: { name: 'shell', description: 'runs', strict: true, parameters: {} } };
const chatRequest = {
  model: 'gpt-5.4',
  stream: true,
  messages: [
    { role: 'system', content: 'Be short.' },
    {
      role: 'user',
      content: [
        { type: 'text', text: 'Hi' },
        { type: 'image_url', image_url: { url: 'data:,' } },
      ],
    },
    { role: 'assistant', content: null, tool_calls: [{ id: 'call_1', type: 'function', function: tool.function }] },
    { role: 'tool', tool_call_id: 'call_1', content: 'done' },
  ],
  tools: [tool],
  tool_choice: { type: 'function', function: { name: 'shell' } },
  response_format: { type: 'json_schema', json_schema: { name: 'n', schema: { type: 'object' }, strict: true } },
  reasoning_effort: 'low',
  stop: ['END'],
};
const responsesRequest = {
  model: 'gpt-5.4',
  stream: true,
  input: [
    { type: 'message', role: 'user', content: [{ type: 'input_text', text: 'Hi' }] },
    call,
    { type: 'function_call_output', call_id: 'call_1', output: 'done' },
    { type: 'reasoning', id: 'rs', summary: [], encrypted_content: 'gAAA' },
  ],
  tools: [
    { type: 'function', name: 'shell', parameters: {}, strict: true },
    { type: 'custom', name: 'patch' },
  ],
  reasoning: { effort: 'low', summary: 'auto' },
  text: { format: { type: 'json_schema', name: 'n', schema: {} } },
  include: ['reasoning.encrypted_content'],
};
const authJson = { auth_mode: 'chatgpt', OPENAI_API_KEY: null, tokens: { id_token: 'a.b.c', access_token: 'a.b.c' } };

/** Data that may be anything: what is no JSON is not read, as in the program. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** Runs what may refuse. */
function refusable(run: () => unknown): void {
  try {
    run();
  } catch (error) {
    if (!(error instanceof RelayError)) throw error;
  }
}

const subjects: Readonly<Record<string, (random: () => number) => void>> = {
  'the stream for a Chat client, and the whole answer': (random) => {
    const stream = createChatStream({ ...chatOptions, stop: ['END'], includeUsage: true });
    const collector = createResponseCollector();
    const hit = Math.floor(random() * events.length);
    let shown = '';
    for (const [index, event] of events.entries()) {
      const data = asData(index === hit ? mutated(event, random) : JSON.stringify(event));
      shown += stream.event(event.type, ...data) ?? '';
      collector.event(event.type, ...data);
    }
    for (const data of dataOf(shown)) if (data !== '[DONE]') JSON.parse(data);
    JSON.stringify(responseToChatCompletion(collector.response(), chatOptions));
  },
  'the stream of a Chat upstream': (random) => {
    const translator = createResponsesFromChat({ responseId: 'r', model: 'm', createdAt: 1 });
    const hit = Math.floor(random() * chunks.length);
    let sse = '';
    for (const [index, chunk] of chunks.entries()) {
      const json = index === hit ? mutated(chunk, random) : JSON.stringify(chunk);
      sse += translator.chunk(Buffer.from(json))?.toString() ?? '';
    }
    sse += translator.end()?.toString() ?? '';
    for (const data of dataOf(sse)) JSON.parse(data);
  },
  'a Chat request': (random) => {
    const request = parsed(mutated(chatRequest, random));
    if (!isJsonObject(request)) return;
    refusable(() => {
      const there = chatToResponses(request);
      responsesToChat(normalizeForChatgpt(there.request).request);
    });
    refusable(() => responsesShapedChat(request));
  },
  'a Responses request': (random) => {
    const request = parsed(mutated(responsesRequest, random));
    if (!isJsonObject(request)) return;
    refusable(() => validateResponsesRequest(request));
    refusable(() => normalizeForOpenAi(request));
    refusable(() => responsesToChat(normalizeForChatgpt(request).request));
  },
  'a login’s file': (random) => refusable(() => readAuthJson(mutated(authJson, random))),
  settings: (random) => {
    const settings = parsed(mutated(settingsSchema.parse({}), random));
    if (isJsonObject(settings)) refusable(() => parseSettings(settings));
  },
};

test('G16: a million mutations of what comes in break no translator, and what goes out is JSON', {
  timeout: 1_800_000,
}, () => {
  const count = amount('RELAY_MUTATIONS', 1_000_000);
  const names = Object.keys(subjects);
  const broken: string[] = [];
  for (let seed = 0; seed < count && broken.length < 10; seed += 1) {
    const name = names[seed % names.length]!;
    try {
      subjects[name]!(seededRandom(Math.imul(seed, 2_654_435_761)));
    } catch (error) {
      broken.push(`${name}, seed ${seed}: ${String(error)}`);
    }
  }
  figure('G16', '1,000,000 mutations through both translators: none breaks', `${count}, ${broken.length} broke`);
  expect(broken).toEqual([]);
});
