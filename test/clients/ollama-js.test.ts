import { type ChatResponse, type Message, Ollama } from 'ollama';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { JsonObject } from '../../src-main/protocol/json-object.ts';
import { type RunningRelay, startRelay } from '../support/running-relay.ts';
import { type CallWatch, watchCalls } from './call-facts.ts';
import { pixelPng, pixelUrl } from './content-samples.ts';
import { thrownBy } from './thrown.ts';

const weather = {
  type: 'function',
  function: {
    name: 'weather',
    description: 'The weather in a city.',
    parameters: { type: 'object', required: ['city'], properties: { city: { type: 'string', description: 'A city' } } },
  },
};

let relay: RunningRelay;
let client: Ollama;
let log: CallWatch;

beforeAll(async () => {
  relay = await startRelay({ settings: { 'ollama.enabled': true, 'ollama.port': 0 } });
  const { key } = await relay.relay.keys.create({ name: 'Ollama clients' });
  await relay.relay.settings.patch({ 'ollama.keyId': key.id });
  const { url } = await relay.relay.ollama.view();
  // As an app has it: an address and no key.
  client = new Ollama({ host: url! });
});
beforeEach(async () => {
  log = await watchCalls(relay);
});
afterAll(() => relay.stop());

const user = (content: string, more: Partial<Message> = {}): Message[] => [{ role: 'user', content, ...more }];
const sent = (): JsonObject => relay.simulator.modelRequests().at(-1)!.body as JsonObject;

async function read(stream: AsyncIterable<ChatResponse>): Promise<ChatResponse[]> {
  const parts: ChatResponse[] = [];
  for await (const part of stream) parts.push(part);
  return parts;
}

describe('the official Ollama client', () => {
  it('sees the version, the models and what they can do', async () => {
    const [version, { models }, shown, running] = [
      await client.version(),
      await client.list(),
      await client.show({ model: 'gpt-5.5' }),
      await client.ps(),
    ];
    expect(version.version).toMatch(/^\d+\.\d+\.\d+$/);
    expect(models.map(({ name }) => name)).toContain('gpt-5.5:latest');
    expect(models.find(({ name }) => name === 'gpt-5.5:latest')).toEqual({
      ...{ name: 'gpt-5.5:latest', model: 'gpt-5.5:latest', modified_at: '1970-01-01T00:00:00.000Z', size: 0 },
      digest: expect.stringMatching(/^[0-9a-f]{64}$/),
      details: {
        parent_model: '',
        format: '',
        family: 'gpt',
        families: ['gpt'],
        parameter_size: '',
        quantization_level: '',
      },
    });
    expect([shown.capabilities, shown.model_info]).toMatchObject([
      ['completion', 'tools', 'vision', 'thinking'],
      { 'general.architecture': 'gpt', 'gpt.context_length': expect.any(Number) },
    ]);
    expect(running.models).toEqual([]);
  });

  it('chats, streamed and in one piece, with the same words and counts', async () => {
    const messages = user('sim:tokens 40');
    const whole = await client.chat({ model: 'gpt-5.5', messages });
    const parts = await read(await client.chat({ model: 'gpt-5.5', messages, stream: true }));
    const last = parts.at(-1)!;
    expect(whole.message.content.split(' ').length).toBe(40);
    expect(parts.length).toBeGreaterThan(5);
    expect(parts.map(({ message }) => message.content).join('')).toBe(whole.message.content);
    expect([last.done, last.done_reason, last.eval_count, last.prompt_eval_count]).toEqual([
      true,
      'stop',
      whole.eval_count,
      whole.prompt_eval_count,
    ]);
    const calls = await log.finished(2);
    expect(calls.map((call) => [call.endpoint, call.status, call.client, call.outputTokens, call.stream])).toEqual([
      ['ollama', 'ok', 'ollama-js 0.6.4', whole.eval_count, false],
      ['ollama', 'ok', 'ollama-js 0.6.4', whole.eval_count, true],
    ]);
  });

  it('gets tool calls, and their results find back to them', async () => {
    const messages = user('sim:call weather {"city":"Bern"}\nsim:call weather {"city":"Oslo"}');
    const whole = await client.chat({ model: 'gpt-5.5', messages, tools: [weather] });
    const parts = await read(await client.chat({ model: 'gpt-5.5', messages, tools: [weather], stream: true }));
    const made = (calls: Message['tool_calls']) => calls?.map((call) => call.function.arguments['city']);
    expect([made(whole.message.tool_calls), made(parts.flatMap(({ message }) => message.tool_calls ?? []))]).toEqual([
      ['Bern', 'Oslo'],
      ['Bern', 'Oslo'],
    ]);
    const answered = await client.chat({
      model: 'gpt-5.5',
      tools: [weather],
      messages: [
        ...messages,
        whole.message,
        { role: 'tool', tool_name: 'weather', content: 'sun' },
        { role: 'tool', tool_name: 'weather', content: 'snow' },
      ],
    });
    expect(answered.message.content).toBe('Tool said: sun | snow');
  });

  it('sends images and a JSON schema, sees thinking or not, and what was left out is in the log', async () => {
    const schema = {
      type: 'object',
      required: ['age'],
      properties: { age: { type: 'integer' } },
      additionalProperties: false,
    };
    const shown = await client.chat({
      ...{ model: 'gpt-5.5:latest', think: 'high', format: schema },
      messages: user('How old?', { images: [pixelPng.toString('base64')] }),
      options: { temperature: 0, num_ctx: 8_192, num_predict: 500 },
    });
    expect(JSON.parse(shown.message.content)).toEqual({ age: expect.any(Number) });
    expect(shown.message.thinking).toMatch(/./);
    expect(sent()).toMatchObject({
      reasoning: { effort: 'high' },
      text: { format: { type: 'json_schema', schema } },
      input: [
        {
          content: [
            { type: 'input_text', text: 'How old?' },
            { type: 'input_image', image_url: pixelUrl },
          ],
        },
      ],
    });
    const [call] = await log.finished(1);
    expect(call!.dropped).toEqual(['max_completion_tokens', 'options.num_ctx', 'temperature']);

    const hidden = await client.chat({ model: 'gpt-5.5', think: false, messages: user('sim:say plain') });
    expect(hidden.message).toEqual({ role: 'assistant', content: 'plain' });
    const json = await client.chat({ model: 'gpt-5.5', format: 'json', messages: user('sim:json') });
    expect(JSON.parse(json.message.content)).toBeTypeOf('object');
  });

  it('loads and drops a model without a call', async () => {
    const before = relay.simulator.modelRequests().length;
    const load = await client.chat({ model: 'gpt-5.5', messages: [] });
    const unload = await client.chat({ model: 'gpt-5.5', messages: [], keep_alive: 0 });
    expect([load.done_reason, unload.done_reason, relay.simulator.modelRequests().length]).toEqual([
      'load',
      'unload',
      before,
    ]);
    expect(await thrownBy(client.chat({ model: 'no-such', messages: [] }))).toMatchObject({ status_code: 404 });
  });

  it('is told of refusals in one sentence with their status, and of a failure in the middle', async () => {
    expect(await thrownBy(client.chat({ model: 'no-such', messages: user('Hello') }))).toMatchObject({
      ...{ name: 'ResponseError', status_code: 404 },
      message: 'The model "no-such" is not offered by any account. GET /v1/models lists what is there.',
    });
    expect(await thrownBy(client.show({ model: 'no-such' }))).toMatchObject({ status_code: 404 });
    expect(await thrownBy(client.generate({ model: 'gpt-5.5', prompt: 'Hello' }))).toMatchObject({
      ...{ status_code: 404, message: expect.stringContaining('does not serve /api/generate') },
    });
    relay.simulator
      .account('a')
      .script({ kind: 'failed', code: 'invalid_prompt', message: 'It is over.', afterDeltas: 2 });
    const stream = await client.chat({ model: 'gpt-5.5', messages: user('sim:say one two three four'), stream: true });
    const seen: string[] = [];
    const error = await thrownBy(
      (async () => {
        for await (const { message } of stream) seen.push(message.content);
      })(),
    );
    expect([seen.join('').length > 0, (error as Error).message]).toEqual([
      true,
      expect.stringContaining('It is over.'),
    ]);
  });

  it('may leave in the middle, which ends the call', async () => {
    const stream = await client.chat({ model: 'gpt-5.5', messages: user('sim:tokens 5000'), stream: true });
    for await (const _ of stream) {
      stream.abort();
      break;
    }
    expect((await log.finished(1)).map(({ status }) => status)).toEqual(['cancelled']);
  });
});
