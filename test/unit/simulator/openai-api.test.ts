import OpenAI from 'openai';
import { describe, expect, it } from 'vitest';
import {
  type Body,
  codexBody,
  errorOf,
  eventsOf,
  postApi,
  type Simulation,
  startSimulation,
  terminalOf,
  textOf,
} from './simulation.ts';

const client = ({ urls, key }: Simulation): OpenAI =>
  new OpenAI({ baseURL: urls.openaiBaseUrl, apiKey: key.apiKey, maxRetries: 0 });
const weather = { type: 'object', properties: { city: { type: 'string' } } };
const model = 'gpt-5.4';

describe('the Responses API', () => {
  it('answers the SDK whole, with text as input, temperature and storage', async () => {
    const openai = client(await startSimulation());
    const first = await openai.responses.create({ model, input: 'hello', temperature: 0.2 });
    expect([first.output_text, first.status, first.usage?.output_tokens]).toEqual(['You said: hello', 'completed', 4]);
    const second = await openai.responses.create({ model, input: 'again', previous_response_id: first.id });
    expect(second.output_text).toBe('You said: again');
    expect(second.usage!.input_tokens).toBeGreaterThan(first.usage!.input_tokens);
  });

  it('streams to the SDK with the output in its last event', async () => {
    const openai = client(await startSimulation());
    const stream = openai.responses.stream({ model, input: 'sim:tokens 9' });
    const final = await stream.finalResponse();
    expect(final.output_text).toBe('the sun ran far and saw one old map');
  });

  it('does not know the previous response that was not stored', async () => {
    const simulation = await startSimulation();
    const response = await postApi(simulation, '/responses', { model, input: 'x', store: false });
    const { id } = (await response.json()) as Body;
    const next = await postApi(simulation, '/responses', { model, input: 'y', previous_response_id: id });
    expect([next.status, (await errorOf(next))['code']]).toEqual([400, 'previous_response_not_found']);
  });

  it('ends at max_output_tokens', async () => {
    const response = await postApi(await startSimulation(), '/responses', {
      model,
      input: 'sim:tokens 50',
      max_output_tokens: 5,
    });
    expect(await response.json()).toMatchObject({
      status: 'incomplete',
      incomplete_details: { reason: 'max_output_tokens' },
      usage: { output_tokens: 5 },
    });
  });

  it.each<[string, Body, number, string | null]>([
    ['an unknown model', { model: 'nothing' }, 404, 'model_not_found'],
    ['an unknown parameter', { stop: ['x'] }, 400, 'unknown_parameter'],
    ['a wild temperature', { temperature: 9 }, 400, 'invalid_value'],
  ])('refuses %s', async (_, change, status, code) => {
    const response = await postApi(await startSimulation(), '/responses', { model, input: 'x', ...change });
    expect([response.status, (await errorOf(response))['code']]).toEqual([status, code]);
  });

  it('refuses an unknown key and takes no login', async () => {
    const { urls, ann } = await startSimulation();
    for (const secret of ['sk-nobody', ann.accessToken()]) {
      const openai = new OpenAI({ baseURL: urls.openaiBaseUrl, apiKey: secret, maxRetries: 0 });
      await expect(openai.responses.create({ model, input: 'x' })).rejects.toBeInstanceOf(OpenAI.AuthenticationError);
    }
  });

  it('takes a body meant for the Codex backend too', async () => {
    const simulation = await startSimulation();
    const response = await postApi(simulation, '/responses', codexBody('both'));
    const events = eventsOf(await response.text());
    expect(textOf(events)).toBe('You said: both');
    expect(terminalOf(events)['output']).toHaveLength(1);
  });

  it('plays faults on an answer that is not streamed', async () => {
    const simulation = await startSimulation();
    simulation.key.script(
      { kind: 'failed', code: 'server_error', message: 'm' },
      { kind: 'status', status: 429, headers: { 'retry-after': '2' } },
    );
    const failed = await postApi(simulation, '/responses', { model, input: 'x' });
    expect(await failed.json()).toMatchObject({
      status: 'failed',
      error: { code: 'server_error', message: 'm' },
      output: [],
    });
    expect((await postApi(simulation, '/responses', { model, input: 'x' })).headers.get('retry-after')).toBe('2');
  });
});

describe('Chat Completions', () => {
  it('answer the SDK whole', async () => {
    const openai = client(await startSimulation());
    const completion = await openai.chat.completions.create({
      model,
      messages: [
        { role: 'system', content: 's' },
        { role: 'user', content: 'hello' },
      ],
    });
    expect(completion.choices).toEqual([
      {
        index: 0,
        message: { role: 'assistant', content: 'You said: hello', refusal: null, annotations: [] },
        logprobs: null,
        finish_reason: 'stop',
      },
    ]);
    expect(completion.usage).toMatchObject({ completion_tokens: 4, prompt_tokens_details: { cached_tokens: 0 } });
  });

  it('stream parallel tool calls, usage and the end mark', async () => {
    const simulation = await startSimulation();
    const body = {
      model,
      stream: true,
      stream_options: { include_usage: true },
      messages: [{ role: 'user', content: 'sim:call get_weather {"city":"A"}\nsim:call get_weather {"city":"B"}' }],
      tools: [{ type: 'function', function: { name: 'get_weather', parameters: weather } }],
    };
    const text = await (await postApi(simulation, '/chat/completions', body)).text();
    expect(text.endsWith('data: [DONE]\n\n')).toBe(true);
    const chunks = eventsOf(text);
    expect(chunks.at(-1)).toMatchObject({ choices: [], usage: { total_tokens: expect.any(Number) } });
    const finished = await client(simulation)
      .chat.completions.stream(body as never)
      .finalChatCompletion();
    expect(finished.choices[0]).toMatchObject({
      finish_reason: 'tool_calls',
      message: {
        tool_calls: [
          { function: { name: 'get_weather', arguments: '{"city":"A"}' } },
          { function: { arguments: '{"city":"B"}' } },
        ],
      },
    });
  });

  it('answer after a tool message, by schema, in refusals and up to max_completion_tokens', async () => {
    const openai = client(await startSimulation());
    const create = async (body: object): Promise<unknown> => {
      const { choices } = await openai.chat.completions.create({
        model,
        messages: [{ role: 'user', content: 'hi' }],
        ...body,
      });
      return [choices[0]?.message.content ?? choices[0]?.message.refusal, choices[0]?.finish_reason];
    };
    const call = { id: 'c1', type: 'function', function: { name: 'f', arguments: '{}' } };
    const messages = [
      { role: 'user', content: 'x' },
      { role: 'assistant', content: null, tool_calls: [call] },
      { role: 'tool', tool_call_id: 'c1', content: 'sunny' },
    ];
    expect(await create({ messages })).toEqual(['Tool said: sunny', 'stop']);
    expect(
      await create({ response_format: { type: 'json_schema', json_schema: { name: 'w', schema: weather } } }),
    ).toEqual(['{"city":"text"}', 'stop']);
    expect(await create({ messages: [{ role: 'user', content: 'sim:refuse' }] })).toEqual([
      'I cannot help with that.',
      'stop',
    ]);
    expect(await create({ messages: [{ role: 'user', content: 'sim:tokens 9' }], max_completion_tokens: 2 })).toEqual([
      'the sun ',
      'length',
    ]);
  });

  it.each<[string, Body, string | null]>([
    [
      'function tools with an effort from gpt-5.6 on',
      { model: 'gpt-5.6-sol', reasoning_effort: 'low', tools: [{ type: 'function', function: { name: 'f' } }] },
      'reasoning_effort',
    ],
    ['a flat tool', { tools: [{ type: 'function', name: 'f' }] }, 'tools[0].function'],
    ['a body of the other protocol', { input: 'x', messages: undefined }, 'input'],
    [
      'a tool message without its call',
      { messages: [{ role: 'tool', tool_call_id: 'c', content: 'x' }] },
      'messages[0]',
    ],
  ])('refuse %s', async (_, change, param) => {
    const response = await postApi(await startSimulation(), '/chat/completions', {
      model,
      messages: [{ role: 'user', content: 'x' }],
      ...change,
    });
    expect([response.status, (await errorOf(response))['param']]).toEqual([400, param]);
  });

  it('take function tools with an effort before gpt-5.6', async () => {
    const body = {
      model: 'gpt-5.5',
      reasoning_effort: 'low',
      tools: [{ type: 'function', function: { name: 'f' } }],
      messages: [{ role: 'user', content: 'x' }],
    };
    expect((await postApi(await startSimulation(), '/chat/completions', body)).status).toBe(200);
  });

  it('put a failure of the stream into an error chunk', async () => {
    const simulation = await startSimulation();
    simulation.key.script({ kind: 'failed', code: 'server_error', message: 'm', afterDeltas: 2 });
    const stream = await client(simulation).chat.completions.create({
      model,
      stream: true,
      messages: [{ role: 'user', content: 'sim:tokens 20' }],
    });
    const said: string[] = [];
    const read = async (): Promise<void> => {
      for await (const chunk of stream) said.push(chunk.choices[0]?.delta.content ?? '');
    };
    await expect(read()).rejects.toThrow('m');
    expect(said.join('')).toBe('the sun ran far and saw one old ');
  });
});

describe('the rest of the API', () => {
  it('lists models and tells one', async () => {
    const simulation = await startSimulation();
    simulation.key.models = ['gpt-5.4', 'gpt-6-sol'];
    const openai = client(simulation);
    expect((await openai.models.list()).data.map((entry) => entry.id)).toEqual(['gpt-5.4', 'gpt-6-sol']);
    expect((await openai.models.retrieve('gpt-6-sol')).id).toBe('gpt-6-sol');
    await expect(openai.models.retrieve('gpt-5.5')).rejects.toBeInstanceOf(OpenAI.NotFoundError);
  });

  it('embeds texts, equal ones equally', async () => {
    const openai = client(await startSimulation());
    const { data } = await openai.embeddings.create({ model: 'text-embedding-3-small', input: ['a', 'b', 'a'] });
    expect(data.map((entry) => entry.embedding.length)).toEqual([8, 8, 8]);
    expect(data[0]?.embedding).toEqual(data[2]?.embedding);
    expect(data[0]?.embedding).not.toEqual(data[1]?.embedding);
  });

  it('refuses other paths in its own words', async () => {
    const { urls } = await startSimulation();
    const response = await fetch(`${urls.openaiBaseUrl}/images/generations`, { method: 'POST' });
    expect([response.status, (await errorOf(response))['message']]).toEqual([
      404,
      'Invalid URL (POST /v1/images/generations)',
    ]);
  });
});
