import { brotliCompressSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { headerOf } from '../../../src-main/simulator/journal.ts';
import {
  askCodex,
  type Body,
  codexBody,
  eventsOf,
  itemsOf,
  loginHeaders,
  postCodex,
  startSimulation,
  terminalOf,
  textOf,
  typesOf,
  user,
} from './simulation.ts';

const refusal = async (response: Response): Promise<{ status: number; body: unknown }> => ({
  status: response.status,
  body: await response.json(),
});

describe('an answer of the Codex backend', () => {
  it('is the full event set in order, numbered, with an empty output at the end', async () => {
    const simulation = await startSimulation();
    const events = await askCodex(simulation, codexBody('one two three four five six'));
    expect(typesOf(events)).toEqual([
      'response.created',
      'response.in_progress',
      'response.output_item.added',
      'response.content_part.added',
      'response.output_text.delta',
      'response.output_text.delta',
      'response.output_text.done',
      'response.content_part.done',
      'response.output_item.done',
      'response.completed',
    ]);
    expect(events.map((event) => event['sequence_number'])).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(textOf(events)).toBe('You said: one two three four five six');
    const [item] = itemsOf(events);
    expect(events[4]).toMatchObject({
      item_id: item?.['id'],
      output_index: 0,
      content_index: 0,
      delta: 'You said: one two ',
    });
    expect(item).toEqual({
      type: 'message',
      id: expect.stringMatching(/^msg_/),
      status: 'completed',
      role: 'assistant',
      content: [{ type: 'output_text', text: 'You said: one two three four five six', annotations: [], logprobs: [] }],
    });
    expect(terminalOf(events)).toMatchObject({
      status: 'completed',
      model: 'gpt-5.5',
      output: [],
      usage: {
        input_tokens: expect.any(Number),
        input_tokens_details: { cached_tokens: 0, cache_write_tokens: 0 },
        output_tokens: 10,
        output_tokens_details: { reasoning_tokens: 0 },
      },
    });
  });

  it('is the same for the same seed and input', async () => {
    const ask = async (): Promise<unknown> => askCodex(await startSimulation(), codexBody('sim:tokens 20'));
    expect(await ask()).toEqual(await ask());
  });

  it('carries the headers of the real one, its windows among them', async () => {
    const simulation = await startSimulation({
      accounts: [
        {
          name: 'ann',
          kind: 'chatgpt',
          fiveHour: { usedPercent: 12.5, resetsInMs: 60_000 },
          weekly: { usedPercent: 40 },
        },
        { name: 'key', kind: 'openai' },
      ],
    });
    const response = await postCodex(simulation, simulation.ann, codexBody('hi'));
    const now = simulation.clock.now() / 1000;
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'content-type': 'text/event-stream',
      'openai-model': 'gpt-5.5',
      'x-codex-primary-used-percent': '12.5',
      'x-codex-primary-window-minutes': '300',
      'x-codex-primary-reset-at': String(now + 60),
      'x-codex-secondary-used-percent': '40',
      'x-codex-secondary-window-minutes': '10080',
      'x-codex-secondary-reset-at': String(now + 604_800),
      'x-codex-plan-type': 'plus',
      'x-codex-turn-state': expect.stringContaining(simulation.ann.accountId),
      'x-models-etag': expect.stringMatching(/^"[0-9a-f]{16}"$/),
      'x-reasoning-included': 'true',
      'x-request-id': expect.stringMatching(/^req_/),
    });
  });

  it.each([
    ['zstd', zstdCompressSync],
    ['gzip', gzipSync],
    ['br', brotliCompressSync],
    ['deflate', deflateSync],
  ] as const)('understands a %s body and journals it decoded', async (encoding, compress) => {
    const simulation = await startSimulation();
    const body = codexBody('packed');
    const wire = compress(Buffer.from(JSON.stringify(body)));
    const response = await fetch(`${simulation.urls.chatgptBaseUrl}/codex/responses`, {
      method: 'POST',
      headers: { ...loginHeaders(simulation.ann), 'content-encoding': encoding, 'content-type': 'application/json' },
      body: wire,
    });
    expect(textOf(eventsOf(await response.text()))).toBe('You said: packed');
    expect(simulation.simulator.modelRequests('ann')).toMatchObject([
      { contentEncoding: encoding, body, bodyBytes: wire.length, status: 200, outcome: 'complete' },
    ]);
  });

  it('journals headers in the order and spelling they came in', async () => {
    const simulation = await startSimulation();
    await askCodex(simulation, codexBody('hi'), { 'session-id': 's1', 'thread-id': 't1' });
    const names = simulation.simulator.journal[0]!.headers.map(([name]) => name);
    expect(names.indexOf('session-id')).toBeLessThan(names.indexOf('thread-id'));
    expect(headerOf(simulation.simulator.journal[0]!, 'chatgpt-account-id')).toBe(simulation.ann.accountId);
  });
});

describe('the Codex backend refuses', () => {
  const call = { type: 'function_call', id: 'fc_1', call_id: 'c1', name: 'f', arguments: '{}' };
  const reply = { type: 'function_call_output', call_id: 'c1', output: 'x' };
  const cases: readonly [string, Body, unknown][] = [
    ['store true', { store: true }, { detail: 'Store must be set to false' }],
    ['no store', { store: undefined }, { detail: 'Store must be set to false' }],
    ['stream false', { stream: false }, { detail: 'Stream must be set to true' }],
    ['a parameter of the API', { max_output_tokens: 5 }, { detail: 'Unsupported parameter: max_output_tokens' }],
    ['temperature', { temperature: 0 }, { detail: 'Unsupported parameter: temperature' }],
    [
      'stream_options of Chat',
      { stream_options: { include_usage: true } },
      { detail: 'Unsupported parameter: stream_options' },
    ],
    ['a type left over from a WebSocket', { type: 'response.create' }, { detail: 'Unsupported parameter: type' }],
    [
      'a previous response',
      { previous_response_id: 'resp_1' },
      { detail: 'Unsupported parameter: previous_response_id' },
    ],
    ['a text as input', { input: 'hi' }, { detail: 'Input must be a list' }],
    ['no input', { input: [] }, { detail: 'Input must not be empty' }],
    ['no instructions', { instructions: undefined }, { detail: 'Instructions are required' }],
    ['a fast tier', { service_tier: 'fast' }, { detail: 'Unsupported service_tier: fast' }],
    [
      'web search by its old name',
      { tools: [{ type: 'web_search_preview' }] },
      { detail: 'Unsupported tool type: web_search_preview' },
    ],
    [
      'an unknown model',
      { model: 'gpt-4' },
      { detail: "The 'gpt-4' model is not supported when using Codex with a ChatGPT account." },
    ],
    ['the system role', { input: [{ role: 'system', content: 'x' }] }, { error: { param: 'input[0].role' } }],
    [
      'Chat content parts',
      { input: [{ role: 'user', content: [{ type: 'text', text: 'x' }] }] },
      { error: { param: 'input[0].content[0]' } },
    ],
    [
      'input parts of the assistant',
      { input: [{ role: 'assistant', content: [{ type: 'input_text', text: 'x' }] }] },
      { error: { param: 'input[0].content[0]' } },
    ],
    [
      'an image in Chat form',
      { input: [{ role: 'user', content: [{ type: 'input_image', image_url: { url: 'https://x.test' } }] }] },
      { error: { code: 'invalid_type', param: 'input[0].content[0].image_url' } },
    ],
    [
      'an image that is no URL',
      { input: [{ role: 'user', content: [{ type: 'input_image', image_url: 'cat.png' }] }] },
      { error: { param: 'input[0].content[0].image_url' } },
    ],
    [
      'a nested tool',
      { tools: [{ type: 'function', function: { name: 'f' } }] },
      { error: { message: "Missing required parameter: 'tools[0].name'." } },
    ],
    [
      'a long tool name',
      { tools: [{ type: 'function', name: 'f'.repeat(65) }] },
      { error: { code: 'string_above_max_length' } },
    ],
    ['a tool name with a dot', { tools: [{ type: 'function', name: 'a.b' }] }, { error: { param: 'tools[0].name' } }],
    [
      'an output without its call',
      { input: [reply] },
      { error: { message: 'No tool call found for function call output with call_id c1.' } },
    ],
    [
      'a call without its output',
      { input: [call] },
      { error: { message: 'No tool output found for function call c1.' } },
    ],
    ['a call id as item id', { input: [{ ...call, id: 'call_1' }, reply] }, { error: { param: 'input[0].id' } }],
    ['a foreign message id', { input: [{ ...user('x'), id: 'item_1' }] }, { error: { param: 'input[0].id' } }],
    [
      'a schema without a name',
      { text: { format: { type: 'json_schema', schema: {} } } },
      { error: { param: 'text.format.name' } },
    ],
    [
      'an effort that is only a client notion',
      { reasoning: { effort: 'ultra' } },
      { error: { param: 'reasoning.effort' } },
    ],
    [
      'a forced tool in Chat form',
      { tool_choice: { type: 'function', function: { name: 'f' } } },
      { error: { param: 'tool_choice.name' } },
    ],
    [
      'a cache breakpoint',
      { input: [{ role: 'user', content: [{ type: 'input_text', text: 'x', prompt_cache_breakpoint: true }] }] },
      { error: { code: 'unknown_parameter' } },
    ],
  ];

  it.each(cases)('%s', async (_, change, expected) => {
    const simulation = await startSimulation();
    const response = await postCodex(simulation, simulation.ann, codexBody('hi', change));
    expect(await refusal(response)).toMatchObject({ status: 400, body: expected });
  });

  it('lite tools without the lite header', async () => {
    const simulation = await startSimulation();
    const body = codexBody('', {
      model: 'gpt-6.1-sol',
      instructions: undefined,
      input: [
        { type: 'additional_tools', role: 'developer', tools: [{ type: 'custom', name: 'exec' }] },
        user('sim:shell ls'),
      ],
    });
    expect((await postCodex(simulation, simulation.ann, body)).status).toBe(400);
    const events = await askCodex(simulation, body, { 'x-openai-internal-codex-responses-lite': 'true' });
    expect(itemsOf(events)).toMatchObject([
      {
        type: 'custom_tool_call',
        name: 'exec',
        input: 'const r = await tools.exec_command({cmd: "ls"}); text(JSON.stringify(r));',
      },
    ]);
  });

  it('credentials that are missing, unknown, expired, revoked or of another account', async () => {
    const simulation = await startSimulation();
    const { ann, simulator } = simulation;
    const post = async (headers: Record<string, string>): Promise<unknown> => {
      const response = await postCodex(simulation, ann, codexBody('hi'), headers);
      return {
        status: response.status,
        hint: response.headers.get('x-openai-authorization-error'),
        body: await response.json(),
      };
    };
    expect(await post({ authorization: '' })).toEqual({ status: 401, hint: null, body: { detail: 'Unauthorized' } });
    expect(await post({ authorization: 'Bearer nobody' })).toMatchObject({ status: 401, hint: 'token_invalidated' });
    expect(await post({ 'chatgpt-account-id': simulator.account('bob').accountId })).toMatchObject({ status: 403 });
    ann.expireAccessToken();
    expect(await post({})).toMatchObject({
      status: 401,
      hint: 'token_expired',
      body: { error: { code: 'token_expired' } },
    });
    ann.revokeLogin();
    expect(await post({})).toMatchObject({ status: 401, hint: 'token_invalidated' });
  });

  it('an access token when its time is over', async () => {
    const simulation = await startSimulation({ accessTokenTtlMs: 1000 });
    const headers = loginHeaders(simulation.ann);
    simulation.clock.advance(1000);
    expect((await postCodex(simulation, simulation.ann, codexBody('hi'), headers)).status).toBe(401);
  });

  it("another account's encrypted reasoning and compaction, and takes its own back", async () => {
    const simulation = await startSimulation();
    const include = { include: ['reasoning.encrypted_content'] };
    const [reasoning, message] = itemsOf(await askCodex(simulation, codexBody('hi', include)));
    const [blob] = itemsOf(
      await askCodex(simulation, codexBody('', { input: [user('hi'), { type: 'compaction_trigger' }] })),
    );
    expect(reasoning).toMatchObject({
      type: 'reasoning',
      encrypted_content: expect.stringContaining(`enc:${simulation.ann.accountId}:`),
    });
    expect(blob).toMatchObject({ type: 'compaction', id: expect.stringMatching(/^cmp_/) });
    const next = codexBody('', { input: [user('hi'), reasoning, message, blob, user('more')] });
    expect(textOf(await askCodex(simulation, next))).toBe('You said: more');
    const bob = simulation.simulator.account('bob');
    expect(await refusal(await postCodex(simulation, bob, next))).toMatchObject({
      status: 400,
      body: { error: { code: 'invalid_encrypted_content' } },
    });
  });

  it('a turn state of another account or another turn', async () => {
    const simulation = await startSimulation();
    const turn = (id: string): Body => codexBody('hi', { client_metadata: { turn_id: id } });
    const first = await postCodex(simulation, simulation.ann, turn('t1'));
    const state = first.headers.get('x-codex-turn-state')!;
    const headers = { 'x-codex-turn-state': state };
    const again = await postCodex(simulation, simulation.ann, turn('t1'), headers);
    expect([again.status, again.headers.get('x-codex-turn-state')]).toEqual([200, state]);
    expect((await postCodex(simulation, simulation.ann, turn('t2'), headers)).status).toBe(400);
    expect((await postCodex(simulation, simulation.simulator.account('bob'), turn('t1'), headers)).status).toBe(400);
    const next = await postCodex(simulation, simulation.ann, turn('t2'));
    expect(next.headers.get('x-codex-turn-state')).not.toBe(state);
  });

  it('any other path', async () => {
    const { urls } = await startSimulation();
    const response = await fetch(`${urls.chatgptBaseUrl}/wham/settings/user`);
    expect(await refusal(response)).toEqual({ status: 404, body: { detail: 'Not Found' } });
  });
});
