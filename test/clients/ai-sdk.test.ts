import { createOpenAI } from '@ai-sdk/openai';
import {
  APICallError,
  generateObject,
  generateText,
  isStepCount,
  type ModelMessage,
  Output,
  streamText,
  tool,
} from 'ai';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { type RunningRelay, startRelay } from '../support/running-relay.ts';
import { type CallWatch, factsOf, watchCalls } from './call-facts.ts';

let relay: RunningRelay;
let log: CallWatch;

beforeAll(async () => {
  relay = await startRelay();
});
beforeEach(async () => {
  log = await watchCalls(relay);
});
afterAll(() => relay.stop());

const provider = (apiKey = relay.key) => createOpenAI({ baseURL: `${relay.url}/v1`, apiKey });

/** Both protocols of the same provider: `openai(...)` itself speaks Responses. */
const protocols = [
  { endpoint: 'responses', modelOf: () => provider().responses('gpt-5.5') },
  { endpoint: 'chat', modelOf: () => provider().chat('gpt-5.5') },
] as const;

const weather = tool({
  description: 'The weather of a city',
  inputSchema: z.object({ city: z.string() }),
  execute: async ({ city }) => `fine in ${city}`,
});
const twoCalls = 'sim:call weather {"city":"Bern"}\nsim:call weather {"city":"Oslo"}';

describe.each(protocols)('The Vercel AI SDK on $endpoint', ({ endpoint, modelOf }) => {
  it('generateText answers, and the log has the same tokens', async () => {
    const { text, finishReason, usage } = await generateText({ model: modelOf(), prompt: 'Add a null check' });
    expect([text, finishReason]).toEqual(['You said: Add a null check', 'stop']);
    expect(factsOf(await log.only())).toEqual({
      endpoint,
      stream: false,
      status: 'ok',
      httpStatus: 200,
      errorCode: null,
      client: expect.stringMatching(/^Vercel AI SDK \d+\.\d+\.\d+$/),
      modelAsked: 'gpt-5.5',
      modelRan: 'gpt-5.5',
      effort: null,
      key: 'test',
      account: 'a',
      attempts: ['a: served'],
      dropped: [],
      tokens: [
        usage.inputTokens,
        usage.inputTokenDetails.cacheReadTokens,
        usage.outputTokens,
        usage.outputTokenDetails.reasoningTokens,
      ],
    });
  });

  it('streamText streams, and the log has the same tokens', async () => {
    const result = streamText({ model: modelOf(), prompt: 'Ship it' });
    const parts: string[] = [];
    for await (const part of result.textStream) parts.push(part);
    expect(parts.join('')).toBe('You said: Ship it');
    const usage = await result.usage;
    const { stream, status, tokens } = factsOf(await log.only());
    expect({ stream, status, input: tokens[0], output: tokens[2] }).toEqual({
      stream: true,
      status: 'ok',
      input: usage.inputTokens,
      output: usage.outputTokens,
    });
    expect(await result.finishReason).toBe('stop');
  });

  it('generates an object that fits its schema, by generateObject and by Output.object', async () => {
    const schema = z.object({ title: z.string(), done: z.boolean() });
    const { object } = await generateObject({ model: modelOf(), schema, prompt: 'plan' });
    const { output } = await generateText({ model: modelOf(), output: Output.object({ schema }), prompt: 'plan' });
    expect([object, output]).toEqual([
      { title: 'text', done: true },
      { title: 'text', done: true },
    ]);
  });

  it('loops through parallel tools with generateText', async () => {
    const { text, steps } = await generateText({
      model: modelOf(),
      prompt: twoCalls,
      tools: { weather },
      stopWhen: isStepCount(4),
    });
    expect(steps.map(({ finishReason, toolCalls }) => [finishReason, toolCalls.map(({ input }) => input)])).toEqual([
      ['tool-calls', [{ city: 'Bern' }, { city: 'Oslo' }]],
      ['stop', []],
    ]);
    expect(text).toBe('Tool said: fine in Bern | fine in Oslo');
    const calls = await log.finished(2);
    expect(new Set(calls.map(({ conversationId }) => conversationId)).size).toBe(1);
  });

  it('loops through parallel tools with streamText', async () => {
    const result = streamText({
      model: modelOf(),
      prompt: twoCalls,
      tools: { weather },
      stopWhen: isStepCount(4),
    });
    const inputs: unknown[] = [];
    for await (const part of result.stream) if (part.type === 'tool-call') inputs.push(part.input);
    expect(inputs).toEqual([{ city: 'Bern' }, { city: 'Oslo' }]);
    expect(await result.text).toBe('Tool said: fine in Bern | fine in Oslo');
  });

  it('passes system text and an image', async () => {
    const { text } = await generateText({
      model: modelOf(),
      system: 'Be brief.',
      messages: [
        {
          role: 'user',
          content: [
            { type: 'text', text: 'look' },
            {
              type: 'file',
              mediaType: 'image/png',
              data: new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
            },
          ],
        },
      ],
    });
    expect(text).toBe('You said: look [1 image]');
  });

  it('passes the effort of its provider options', async () => {
    const result = await generateText({
      model: modelOf(),
      prompt: 'think',
      providerOptions: { openai: { reasoningEffort: 'high' } },
    });
    expect(result.usage.outputTokenDetails.reasoningTokens).toBe(64);
    expect((await log.only()).effort).toBe('high');
  });

  it('gets a typed error that it does not retry', async () => {
    const model = provider('sk-relay-wrong')[endpoint]('gpt-5.5');
    const error = await generateText({ model, prompt: 'hello' }).catch((thrown: unknown) => thrown);
    expect(APICallError.isInstance(error) && [error.statusCode, error.isRetryable]).toEqual([401, false]);
  });

  it('tries again after a failure that outlasts Relay’s own attempts', async () => {
    relay.simulator.account('a').script({ kind: 'status', status: 503, body: {}, times: 3 });
    const { text } = await generateText({ model: modelOf(), prompt: 'hello', maxRetries: 1 });
    expect(text).toBe('You said: hello');
    expect((await log.finished(2)).map(({ status }) => status)).toEqual(['error', 'ok']);
  });

  it('tells of a failure inside a stream and never finishes as if it were whole', async () => {
    relay.simulator.account('a').script({ kind: 'failed', code: 'odd_failure', message: 'It broke.', afterDeltas: 2 });
    const errors: unknown[] = [];
    const result = streamText({
      model: modelOf(),
      prompt: 'sim:tokens 300',
      maxRetries: 0,
      onError: ({ error }) => void errors.push(error),
    });
    let text = '';
    for await (const part of result.stream) if (part.type === 'text-delta') text += part.text;
    expect(errors).toHaveLength(1);
    expect([text === '', text.split(' ').length < 300]).toEqual([false, true]);
    expect(await result.finishReason.then(String, String)).not.toBe('stop');
    expect((await log.only()).status).toBe('error');
  });

  it('abort ends the call upstream, and the log says cancelled', async () => {
    relay.simulator.clearJournal();
    relay.simulator.account('a').script({ kind: 'pace', perEventMs: 20 });
    const controller = new AbortController();
    const result = streamText({
      model: modelOf(),
      prompt: 'sim:tokens 3000',
      abortSignal: controller.signal,
      onError: () => {},
    });
    for await (const part of result.stream) if (part.type === 'text-delta') controller.abort();
    expect((await log.only()).status).toBe('cancelled');
    await vi.waitFor(() =>
      expect(relay.simulator.modelRequests().map(({ outcome }) => outcome)).toEqual(['client-closed']),
    );
  });
});

describe('What the SDK believes to be stored', () => {
  const tools = { weather };
  const model = () => provider().responses('gpt-5.5');
  const lastInput = () =>
    (relay.simulator.modelRequests().at(-1)!.body as { input: { type: string; encrypted_content?: string }[] }).input;

  it('is there: reasoning, calls and messages that it only refers to are sent whole', async () => {
    const first = await generateText({ model: model(), prompt: twoCalls, tools, stopWhen: isStepCount(4) });
    const second = await generateText({
      model: model(),
      messages: [
        { role: 'user', content: twoCalls },
        ...first.steps.flatMap(({ response }) => response.messages),
        { role: 'user', content: 'and now' },
      ],
      tools,
    });
    expect([first.text, second.text]).toEqual(['Tool said: fine in Bern | fine in Oslo', 'You said: and now']);
    const calls = await log.finished(3);
    expect(calls.map(({ status, dropped, conversationId }) => [status, dropped, conversationId])).toEqual(
      Array(3).fill(['ok', [], calls[0]!.conversationId]),
    );
    expect(lastInput().map(({ type }) => type)).toEqual([
      'message',
      ...['reasoning', 'function_call', 'function_call', 'function_call_output', 'function_call_output'],
      ...['reasoning', 'message'],
      'message',
    ]);
  });

  it('is there for chat after chat, streamed or not', async () => {
    const messages: ModelMessage[] = [];
    const said: string[] = [];
    for (const content of ['one', 'two', 'three', 'four']) {
      messages.push({ role: 'user', content });
      const result = streamText({ model: model(), messages });
      said.push(await result.text);
      messages.push(...(await result.response).messages);
    }
    expect(said).toEqual(['You said: one', 'You said: two', 'You said: three', 'You said: four']);
    expect(lastInput().map(({ type }) => type)).toEqual([
      ...Array(3).fill(['message', 'reasoning', 'message']).flat(),
      'message',
    ]);
  });

  it('goes on by previousResponseId', async () => {
    const first = await generateText({ model: model(), prompt: 'one' });
    const previousResponseId = first.providerMetadata?.['openai']?.['responseId'] as string;
    const second = await generateText({
      model: model(),
      prompt: 'two',
      providerOptions: { openai: { previousResponseId } },
    });
    expect(second.text).toBe('You said: two');
    expect(lastInput().map(({ type }) => type)).toEqual(['message', 'reasoning', 'message', 'message']);
  });

  it('keeps the reasoning and whole conversations with store: false', async () => {
    const providerOptions = { openai: { store: false } };
    const first = await generateText({
      model: model(),
      prompt: twoCalls,
      tools,
      stopWhen: isStepCount(4),
      providerOptions,
    });
    const { text } = await generateText({
      model: model(),
      messages: [{ role: 'user', content: twoCalls }, ...first.response.messages, { role: 'user', content: 'and now' }],
      tools,
      providerOptions,
    });
    expect([first.text, text]).toEqual(['Tool said: fine in Bern | fine in Oslo', 'You said: and now']);
    expect((await log.finished(3)).map(({ dropped }) => dropped)).toEqual([[], [], []]);
  });

  it('is refused by name where nothing is kept', async () => {
    await relay.relay.settings.patch({ 'responses.keep': 'off' });
    const first = await generateText({ model: model(), prompt: 'hello' });
    const error = await generateText({
      model: model(),
      messages: [{ role: 'user', content: 'hello' }, ...first.response.messages, { role: 'user', content: 'and now' }],
    }).catch((thrown: unknown) => thrown);
    await relay.relay.settings.patch({ 'responses.keep': 'on' });
    expect(APICallError.isInstance(error) && [error.statusCode, error.message]).toEqual([
      400,
      'A ChatGPT login keeps no items. Send the item itself instead of a reference to it.',
    ]);
  });
});
