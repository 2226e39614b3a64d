import OpenAI from 'openai';
import { zodResponseFormat, zodTextFormat } from 'openai/helpers/zod';
import type { ChatCompletionMessageParam, ChatCompletionTool } from 'openai/resources/chat/completions';
import type { FunctionTool, ResponseInput } from 'openai/resources/responses/responses';
import { VERSION } from 'openai/version';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { type RunningRelay, startRelay } from '../support/running-relay.ts';
import { type CallWatch, factsOf, watchCalls } from './call-facts.ts';

/** gpt-5.4 is no model of the ChatGPT plans (FAULTS, captures), yet the examples on the landing page use it. */
const account = { name: 'a', kind: 'chatgpt', models: ['gpt-5.4', 'gpt-5.5'] } as const;
const clientName = `OpenAI Node SDK ${VERSION}`;
const pixel =
  'data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';
const weather = {
  name: 'weather',
  parameters: {
    type: 'object',
    properties: { city: { type: 'string' } },
    required: ['city'],
    additionalProperties: false,
  },
} as const;
const chatTool: ChatCompletionTool = { type: 'function', function: { ...weather, strict: true } };
const responsesTool: FunctionTool = { type: 'function', ...weather, strict: true };
const twoCalls = 'sim:call weather {"city":"Bern"}\nsim:call weather {"city":"Oslo"}';

let relay: RunningRelay;
let client: OpenAI;
let log: CallWatch;

beforeAll(async () => {
  relay = await startRelay({ accounts: [account] });
  client = new OpenAI({ baseURL: `${relay.url}/v1`, apiKey: relay.key, maxRetries: 0 });
});
beforeEach(async () => {
  log = await watchCalls(relay);
});
afterAll(() => relay.stop());

const user = (content: string): ChatCompletionMessageParam[] => [{ role: 'user', content }];

describe('The examples of the landing page, with base URL and key changed', () => {
  it('answers chat.completions.create with reasoning_effort', async () => {
    const resp = await client.chat.completions.create({
      model: 'gpt-5.5',
      messages: [{ role: 'user', content: 'Write tests for utils.js' }],
      reasoning_effort: 'high',
    });
    expect(resp).toEqual({
      id: expect.stringMatching(/^chatcmpl-call_/),
      object: 'chat.completion',
      created: expect.any(Number),
      model: 'gpt-5.5',
      choices: [
        {
          index: 0,
          message: {
            role: 'assistant',
            content: 'You said: Write tests for utils.js',
            reasoning_content: 'Thinking about what the user said.',
            refusal: null,
            annotations: [],
          },
          finish_reason: 'stop',
          logprobs: null,
        },
      ],
      service_tier: 'default',
      usage: {
        prompt_tokens: expect.any(Number),
        completion_tokens: 73,
        total_tokens: (resp.usage?.prompt_tokens ?? 0) + 73,
        prompt_tokens_details: { cached_tokens: 0, cache_write_tokens: 0 },
        completion_tokens_details: { reasoning_tokens: 64 },
      },
    });
    const call = await log.only();
    expect(factsOf(call)).toEqual({
      endpoint: 'chat',
      stream: false,
      status: 'ok',
      httpStatus: 200,
      errorCode: null,
      client: clientName,
      modelAsked: 'gpt-5.5',
      modelRan: 'gpt-5.5',
      effort: 'high',
      key: 'test',
      account: 'a',
      attempts: ['a: served'],
      dropped: [],
      tokens: chatTokens(resp.usage),
    });
    expect(call.id).toBe(resp._request_id);
  });

  it('streams chat.completions.create with stream: true', async () => {
    const resp = await client.chat.completions.create({
      model: 'gpt-5.4',
      messages: [{ role: 'user', content: 'Ship it' }],
      stream: true,
      stream_options: { include_usage: true },
    });
    const chunks: OpenAI.ChatCompletionChunk[] = [];
    for await (const chunk of resp) chunks.push(chunk);
    expect(textOf(chunks)).toBe('You said: Ship it');
    expect(chunks.map((chunk) => chunk.choices[0]?.finish_reason ?? null).filter((reason) => reason !== null)).toEqual([
      'stop',
    ]);
    expect(new Set(chunks.map(({ id, model }) => `${id} ${model}`)).size).toBe(1);
    expect(chunks.at(-1)?.choices).toEqual([]);
    expect(factsOf(await log.only())).toMatchObject({
      endpoint: 'chat',
      stream: true,
      status: 'ok',
      modelAsked: 'gpt-5.4',
      modelRan: 'gpt-5.4',
      tokens: chatTokens(chunks.at(-1)?.usage),
    });
  });

  it('answers responses.create with reasoning.effort', async () => {
    const resp = await client.responses.create({
      model: 'gpt-5.5',
      reasoning: { effort: 'high' },
      input: 'Add a null check',
    });
    expect(resp.output_text).toBe('You said: Add a null check');
    expect(resp).toMatchObject({ object: 'response', status: 'completed', model: 'gpt-5.5', error: null });
    expect(resp.output.map(({ type }) => type)).toEqual(['reasoning', 'message']);
    const call = await log.only();
    expect(factsOf(call)).toEqual({
      endpoint: 'responses',
      stream: false,
      status: 'ok',
      httpStatus: 200,
      errorCode: null,
      client: clientName,
      modelAsked: 'gpt-5.5',
      modelRan: 'gpt-5.5',
      effort: 'high',
      key: 'test',
      account: 'a',
      attempts: ['a: served'],
      dropped: [],
      tokens: responsesTokens(resp.usage),
    });
    expect(call.responseId).toBe(resp.id);
  });

  it('streams responses.create with stream: true, numbered without a gap and with no half item', async () => {
    const events: OpenAI.Responses.ResponseStreamEvent[] = [];
    const stream = await client.responses.create({ model: 'gpt-5.5', input: 'Add a null check', stream: true });
    for await (const event of stream) events.push(event);
    expect(events.map(({ sequence_number }) => sequence_number)).toEqual(events.map((_, index) => index));
    const deltas = events.flatMap((event) => (event.type === 'response.output_text.delta' ? [event.delta] : []));
    expect(deltas.join('')).toBe('You said: Add a null check');
    expect(events[0]?.type).toBe('response.created');
    const last = events.at(-1);
    if (last?.type !== 'response.completed') throw new Error(`The stream ended with ${last?.type}.`);
    expect((await log.only()).responseId).toBe(last.response.id);
  });
});

describe('What an answer tells beside its content', () => {
  it('names the call, the account, the model, the attempts and Relay’s own time in headers', async () => {
    const { data, response } = await client.chat.completions
      .create({ model: 'gpt-5.5', messages: user('hello'), temperature: 0.2, seed: 7 })
      .withResponse();
    const call = await log.only();
    const headers = Object.fromEntries(
      [...response.headers].filter(([name]) => name.startsWith('x-relay') || name === 'x-request-id'),
    );
    expect(headers).toEqual({
      'x-request-id': call.id,
      'x-relay-account': 'a',
      'x-relay-model': 'gpt-5.5',
      'x-relay-attempts': '1',
      'x-relay-overhead-ms': expect.stringMatching(/^\d+\.\d\d$/),
      'x-relay-dropped': 'seed, temperature',
    });
    expect(call.dropped).toEqual(['seed', 'temperature']);
    expect(data._request_id).toBe(call.id);
  });

  it('gives a stream the same headers', async () => {
    const { data, response } = await client.responses
      .create({ model: 'gpt-5.5', input: 'hello', stream: true, temperature: 0.2 })
      .withResponse();
    for await (const _ of data);
    const call = await log.only();
    const header = (name: string) => response.headers.get(name);
    expect([
      header('x-request-id'),
      header('x-relay-account'),
      header('x-relay-model'),
      header('x-relay-attempts'),
      header('x-relay-dropped'),
    ]).toEqual([call.id, 'a', 'gpt-5.5', '1', 'temperature']);
  });

  it('runs an effort suffix as that effort and echoes the name that was asked for', async () => {
    const resp = await client.chat.completions.create({ model: 'gpt-5.5-low', messages: user('hello') });
    expect(resp.model).toBe('gpt-5.5-low');
    expect(factsOf(await log.only())).toMatchObject({
      modelAsked: 'gpt-5.5-low',
      modelRan: 'gpt-5.5',
      effort: 'low',
    });
  });

  it('lists the models and retrieves one', async () => {
    const ids: string[] = [];
    for await (const model of client.models.list()) ids.push(model.id);
    expect(ids.toSorted()).toEqual(['gpt-5.4', 'gpt-5.5']);
    expect(await client.models.retrieve('gpt-5.5')).toMatchObject({ id: 'gpt-5.5', object: 'model' });
  });
});

describe('Tools', () => {
  it('gives parallel calls their own ids and takes their outputs back on Chat', async () => {
    const messages = user(twoCalls);
    const first = await client.chat.completions.create({ model: 'gpt-5.5', messages, tools: [chatTool] });
    const [choice] = first.choices;
    const calls = choice?.message.tool_calls ?? [];
    expect(choice?.finish_reason).toBe('tool_calls');
    expect(calls).toEqual(
      ['Bern', 'Oslo'].map((city) => ({
        id: expect.stringMatching(/^call_/),
        type: 'function',
        function: { name: 'weather', arguments: JSON.stringify({ city }) },
      })),
    );
    expect(new Set(calls.map(({ id }) => id)).size).toBe(2);
    const second = await client.chat.completions.create({
      model: 'gpt-5.5',
      messages: [
        ...messages,
        choice!.message,
        ...calls.map(({ id }, index) => ({
          role: 'tool' as const,
          tool_call_id: id,
          content: index === 0 ? 'sun' : 'snow',
        })),
      ],
      tools: [chatTool],
    });
    expect(second.choices[0]?.message.content).toBe('Tool said: sun | snow');
    expect((await log.finished(2)).map(({ status }) => status)).toEqual(['ok', 'ok']);
  });

  it('streams parallel calls under indexes of their own', async () => {
    const stream = await client.chat.completions.create({
      model: 'gpt-5.5',
      messages: user(twoCalls),
      tools: [chatTool],
      stream: true,
    });
    const calls = new Map<number, string>();
    for await (const chunk of stream) {
      for (const { index, function: part } of chunk.choices[0]?.delta.tool_calls ?? []) {
        calls.set(index, (calls.get(index) ?? '') + (part?.arguments ?? ''));
      }
    }
    expect([...calls]).toEqual([
      [0, '{"city":"Bern"}'],
      [1, '{"city":"Oslo"}'],
    ]);
  });

  it('takes the outputs of parallel calls back on Responses, with the items as they came', async () => {
    const input: ResponseInput = [{ role: 'user', content: twoCalls }];
    const first = await client.responses.create({ model: 'gpt-5.5', input, tools: [responsesTool] });
    const calls = first.output.filter((item) => item.type === 'function_call');
    expect(calls.map((call) => call.arguments)).toEqual(['{"city":"Bern"}', '{"city":"Oslo"}']);
    const second = await client.responses.create({
      model: 'gpt-5.5',
      input: [
        ...input,
        ...first.output,
        ...calls.map(({ call_id }, index) => ({
          type: 'function_call_output' as const,
          call_id,
          output: ['sun', 'snow'][index]!,
        })),
      ],
      tools: [responsesTool],
    });
    expect(second.output_text).toBe('Tool said: sun | snow');
  });

  it('runs a whole tool loop with runTools', async () => {
    const asked: string[] = [];
    const runner = client.chat.completions.runTools({
      model: 'gpt-5.5',
      messages: user(twoCalls),
      tools: [
        {
          type: 'function',
          function: {
            ...weather,
            parse: (text: string) => z.object({ city: z.string() }).parse(JSON.parse(text)),
            function({ city }: { city: string }) {
              asked.push(city);
              return `fine in ${city}`;
            },
          },
        },
      ],
    });
    expect(await runner.finalContent()).toBe('Tool said: fine in Bern | fine in Oslo');
    expect(asked).toEqual(['Bern', 'Oslo']);
    const calls = await log.finished(2);
    expect(new Set(calls.map(({ conversationId }) => conversationId)).size).toBe(1);
  });

  it('forces a named tool', async () => {
    const resp = await client.chat.completions.create({
      model: 'gpt-5.5',
      messages: user('what now'),
      tools: [chatTool],
      tool_choice: { type: 'function', function: { name: 'weather' } },
    });
    expect(resp.choices[0]?.message.tool_calls).toMatchObject([{ function: { arguments: '{"city":"text"}' } }]);
  });
});

describe('Structured output', () => {
  const Step = z.object({ title: z.string(), done: z.boolean(), count: z.number() });

  it('parses chat.completions.parse with a zod schema', async () => {
    const resp = await client.chat.completions.parse({
      model: 'gpt-5.5',
      messages: user('plan'),
      response_format: zodResponseFormat(Step, 'step'),
    });
    expect(resp.choices[0]?.message.parsed).toEqual({ title: 'text', done: true, count: 1 });
  });

  it('parses responses.parse with a zod schema', async () => {
    const resp = await client.responses.parse({
      model: 'gpt-5.5',
      input: 'plan',
      text: { format: zodTextFormat(Step, 'step') },
    });
    expect(resp.output_parsed).toEqual({ title: 'text', done: true, count: 1 });
  });

  it('carries a refusal as a refusal', async () => {
    const resp = await client.chat.completions.parse({
      model: 'gpt-5.5',
      messages: user('sim:refuse'),
      response_format: zodResponseFormat(Step, 'step'),
    });
    expect(resp.choices[0]?.message).toMatchObject({
      refusal: 'I cannot help with that.',
      content: null,
      parsed: null,
    });
  });
});

describe('Content of many kinds', () => {
  it('passes images as data URLs on both protocols', async () => {
    const chat = await client.chat.completions.create({
      model: 'gpt-5.5',
      messages: [
        {
          role: 'user',
          content: [
            { type: 'text', text: 'look' },
            { type: 'image_url', image_url: { url: pixel } },
          ],
        },
      ],
    });
    expect(chat.choices[0]?.message.content).toBe('You said: look [1 image]');
    const response = await client.responses.create({
      model: 'gpt-5.5',
      input: [
        {
          role: 'user',
          content: [
            { type: 'input_text', text: 'look' },
            { type: 'input_image', image_url: pixel, detail: 'auto' },
          ],
        },
      ],
    });
    expect(response.output_text).toBe('You said: look [1 image]');
  });

  it('takes system, developer and assistant messages', async () => {
    const resp = await client.chat.completions.create({
      model: 'gpt-5.5',
      messages: [
        { role: 'system', content: 'Be brief.' },
        { role: 'developer', content: 'Be kind.' },
        { role: 'user', content: 'one' },
        { role: 'assistant', content: 'two' },
        { role: 'user', content: 'three' },
      ],
    });
    expect(resp.choices[0]?.message.content).toBe('You said: three');
  });

  it('cuts at a stop sequence, streaming and not', async () => {
    const request = { model: 'gpt-5.5', messages: user('sim:say alpha beta END gamma'), stop: ['END'] };
    const whole = await client.chat.completions.create(request);
    expect(whole.choices[0]).toMatchObject({ message: { content: 'alpha beta ' }, finish_reason: 'stop' });
    const runner = client.chat.completions.stream(request);
    expect(await runner.finalContent()).toBe('alpha beta ');
  });

  it('brings an answer of 3000 tokens over whole, streaming and not', async () => {
    const whole = await client.chat.completions.create({ model: 'gpt-5.5', messages: user('sim:tokens 3000') });
    expect(whole.choices[0]?.message.content?.split(' ')).toHaveLength(3000);
    const { completion_tokens = 0, completion_tokens_details } = whole.usage ?? {};
    expect(completion_tokens - (completion_tokens_details?.reasoning_tokens ?? 0)).toBe(3000);
    const runner = client.chat.completions.stream({ model: 'gpt-5.5', messages: user('sim:tokens 3000') });
    expect(await runner.finalContent()).toBe(whole.choices[0]?.message.content);
  });

  it('says length where the upstream cut the answer short', async () => {
    const resp = await client.chat.completions.create({
      model: 'gpt-5.5',
      messages: user('sim:say half an answer\nsim:incomplete max_output_tokens'),
    });
    expect(resp.choices[0]).toMatchObject({ message: { content: 'half an answer' }, finish_reason: 'length' });
    expect((await log.only()).status).toBe('ok');
  });
});

describe('Stream helpers', () => {
  it('chat.completions.stream puts the answer together', async () => {
    const runner = client.chat.completions.stream({
      model: 'gpt-5.5',
      messages: user(`${twoCalls}`),
      tools: [chatTool],
      stream_options: { include_usage: true },
    });
    const completion = await runner.finalChatCompletion();
    expect(completion.choices[0]?.message.tool_calls).toMatchObject([
      { function: { name: 'weather', arguments: '{"city":"Bern"}' } },
      { function: { name: 'weather', arguments: '{"city":"Oslo"}' } },
    ]);
    expect(factsOf(await log.only()).tokens).toEqual(chatTokens(completion.usage));
  });

  it('responses.stream puts the answer together', async () => {
    const runner = client.responses.stream({ model: 'gpt-5.5', input: 'hello', reasoning: { effort: 'low' } });
    const deltas: string[] = [];
    runner.on('response.output_text.delta', ({ delta }) => deltas.push(delta));
    const response = await runner.finalResponse();
    expect([deltas.join(''), response.output_text]).toEqual(['You said: hello', 'You said: hello']);
    expect(factsOf(await log.only()).tokens).toEqual(responsesTokens(response.usage));
  });
});

const textOf = (chunks: readonly OpenAI.ChatCompletionChunk[]): string =>
  chunks.map((chunk) => chunk.choices[0]?.delta.content ?? '').join('');

const chatTokens = (usage: OpenAI.CompletionUsage | null | undefined) => [
  usage?.prompt_tokens,
  usage?.prompt_tokens_details?.cached_tokens,
  usage?.completion_tokens,
  usage?.completion_tokens_details?.reasoning_tokens,
];

const responsesTokens = (usage: OpenAI.Responses.ResponseUsage | undefined) => [
  usage?.input_tokens,
  usage?.input_tokens_details.cached_tokens,
  usage?.output_tokens,
  usage?.output_tokens_details.reasoning_tokens,
];
