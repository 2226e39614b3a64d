import type OpenAI from 'openai';
import type { ChatCompletionMessageParam } from 'openai/resources/chat/completions';
import { VERSION } from 'openai/version';
import { describe, expect, it } from 'vitest';
import { factsOf } from './call-facts.ts';
import { openAiNodeScene } from './openai-node-scene.ts';
import { chatTokens, responsesTokens } from './openai-usage.ts';

/** gpt-5.4 is no model of the ChatGPT plans (FAULTS, captures), yet the examples on the landing page use it. */
const account = { name: 'a', kind: 'chatgpt', models: ['gpt-5.4', 'gpt-5.5'] } as const;
const clientName = `OpenAI Node SDK ${VERSION}`;

const at = openAiNodeScene({ accounts: [account] });

const user = (content: string): ChatCompletionMessageParam[] => [{ role: 'user', content }];

describe('The examples of the landing page, with base URL and key changed', () => {
  it('answers chat.completions.create with reasoning_effort', async () => {
    const resp = await at.client.chat.completions.create({
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
    const call = await at.log.only();
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
    const resp = await at.client.chat.completions.create({
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
    expect(factsOf(await at.log.only())).toMatchObject({
      endpoint: 'chat',
      stream: true,
      status: 'ok',
      modelAsked: 'gpt-5.4',
      modelRan: 'gpt-5.4',
      tokens: chatTokens(chunks.at(-1)?.usage),
    });
  });

  it('answers responses.create with reasoning.effort', async () => {
    const resp = await at.client.responses.create({
      model: 'gpt-5.5',
      reasoning: { effort: 'high' },
      input: 'Add a null check',
    });
    expect(resp.output_text).toBe('You said: Add a null check');
    expect(resp).toMatchObject({ object: 'response', status: 'completed', model: 'gpt-5.5', error: null });
    expect(resp.output.map(({ type }) => type)).toEqual(['reasoning', 'message']);
    const call = await at.log.only();
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
    const stream = await at.client.responses.create({ model: 'gpt-5.5', input: 'Add a null check', stream: true });
    for await (const event of stream) events.push(event);
    expect(events.map(({ sequence_number }) => sequence_number)).toEqual(events.map((_, index) => index));
    const deltas = events.flatMap((event) => (event.type === 'response.output_text.delta' ? [event.delta] : []));
    expect(deltas.join('')).toBe('You said: Add a null check');
    expect(events[0]?.type).toBe('response.created');
    const last = events.at(-1);
    if (last?.type !== 'response.completed') throw new Error(`The stream ended with ${last?.type}.`);
    expect((await at.log.only()).responseId).toBe(last.response.id);
  });
});

describe('What an answer tells beside its content', () => {
  it('names the call, the account, the model, the attempts and Relay’s own time in headers', async () => {
    const { data, response } = await at.client.chat.completions
      .create({ model: 'gpt-5.5', messages: user('hello'), temperature: 0.2, seed: 7 })
      .withResponse();
    const call = await at.log.only();
    const headers = Object.fromEntries(
      [...response.headers].filter(([name]) => name.startsWith('x-relay') || name === 'x-request-id'),
    );
    expect(headers).toEqual({
      'x-request-id': call.id,
      'x-relay-account': 'a',
      'x-relay-reason': 'a is the only account that can serve.',
      'x-relay-model': 'gpt-5.5',
      'x-relay-attempts': '1',
      'x-relay-overhead-ms': expect.stringMatching(/^\d+\.\d\d$/),
      'x-relay-dropped': 'seed, temperature',
    });
    expect(call.dropped).toEqual(['seed', 'temperature']);
    expect(data.id).toBe(`chatcmpl-${call.id}`);
  });

  it('gives a stream the same headers', async () => {
    const { data, response } = await at.client.responses
      .create({ model: 'gpt-5.5', input: 'hello', stream: true, temperature: 0.2 })
      .withResponse();
    for await (const _ of data);
    const call = await at.log.only();
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
    const resp = await at.client.chat.completions.create({ model: 'gpt-5.5-low', messages: user('hello') });
    expect(resp.model).toBe('gpt-5.5-low');
    expect(factsOf(await at.log.only())).toMatchObject({
      modelAsked: 'gpt-5.5-low',
      modelRan: 'gpt-5.5',
      effort: 'low',
    });
  });

  it('lists the models and retrieves one', async () => {
    const ids: string[] = [];
    for await (const model of at.client.models.list()) ids.push(model.id);
    expect(ids.toSorted()).toEqual(['gpt-5.4', 'gpt-5.5']);
    expect(await at.client.models.retrieve('gpt-5.5')).toMatchObject({ id: 'gpt-5.5', object: 'model' });
  });
});

const textOf = (chunks: readonly OpenAI.ChatCompletionChunk[]): string =>
  chunks.map((chunk) => chunk.choices[0]?.delta.content ?? '').join('');
