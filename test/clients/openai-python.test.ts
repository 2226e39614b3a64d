import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { type RunningRelay, startRelay } from '../support/running-relay.ts';
import { type CallWatch, factsOf, watchCalls } from './call-facts.ts';
import { type PythonSdk, pythonMissing, startPython } from './python-sdk.ts';

let relay: RunningRelay;
let log: CallWatch;
let python: PythonSdk;

describe.skipIf(pythonMissing)('The OpenAI Python SDK', () => {
  beforeAll(async () => {
    relay = await startRelay({ accounts: [{ name: 'a', kind: 'chatgpt', models: ['gpt-5.4', 'gpt-5.5'] }] });
    const { secret } = await relay.relay.keys.create({ name: 'narrow', models: ['gpt-5.4'] });
    python = await startPython({ RELAY_BASE: `${relay.url}/v1`, RELAY_KEY: relay.key, NARROW_KEY: secret });
  });
  beforeEach(async () => {
    relay.simulator.clearJournal();
    log = await watchCalls(relay);
  });
  afterEach(() => relay.simulator.account('a').faults.clear());
  afterAll(async () => {
    python.end();
    await relay.stop();
  });

  const run = (scenario: string): Promise<unknown> => python.run(scenario);

  it('answers the example of the landing page on Chat, and the log has the same facts', async () => {
    const result = await run('landing_chat');
    const call = await log.only();
    const facts = factsOf(call);
    expect(result).toEqual({
      id: call.id,
      model: 'gpt-5.4',
      content: 'You said: Add a null check',
      finish: 'stop',
      usage: facts.tokens,
    });
    expect(facts).toEqual({
      endpoint: 'chat',
      stream: false,
      status: 'ok',
      httpStatus: 200,
      errorCode: null,
      client: `OpenAI Python SDK ${python.version}`,
      modelAsked: 'gpt-5.4',
      modelRan: 'gpt-5.4',
      effort: 'high',
      key: 'test',
      account: 'a',
      attempts: ['a: served'],
      dropped: [],
      tokens: [expect.any(Number), 0, 64 + Math.ceil('You said: Add a null check'.length / 4), 64],
    });
  });

  it('streams the example of the landing page on Chat', async () => {
    expect(await run('landing_chat_stream')).toEqual({
      content: 'You said: Write tests for utils.py',
      finish: ['stop'],
    });
    const { effort, stream, status } = await log.only();
    expect([effort, stream, status]).toEqual(['high', true, 'ok']);
  });

  it('answers the example of the landing page on Responses', async () => {
    const result = await run('landing_responses');
    const call = await log.only();
    expect(result).toEqual({
      id: call.id,
      text: 'You said: Add a null check',
      status: 'completed',
      usage: factsOf(call).tokens,
    });
    expect([call.endpoint, call.effort]).toEqual(['responses', 'high']);
  });

  it('streams Responses, numbered without a gap', async () => {
    expect(await run('responses_stream')).toEqual({
      text: 'You said: Ship it',
      ends: ['response.created', 'response.completed'],
      gaps: false,
    });
  });

  it('loops through parallel tools on both protocols', async () => {
    expect(await run('tools_chat')).toEqual({
      finish: 'tool_calls',
      content: 'Tool said: fine in Bern | fine in Oslo',
    });
    expect(await run('tools_responses')).toBe('Tool said: fine in Bern | fine in Oslo');
    await log.finished(4);
  });

  it('goes on from kept responses, and retrieves, lists and deletes them', async () => {
    const error = { name: 'NotFoundError', status: 404, type: 'invalid_request_error', code: 'not_found', param: null };
    expect(await run('kept')).toEqual({
      texts: ['You said: one', 'You said: two', 'You said: three'],
      same: true,
      chain: [true, true],
      items: ['one', 'You said: one', 'two', 'You said: two', 'three'],
      deleted: null,
      gone: error,
      broken: {
        ...error,
        name: 'BadRequestError',
        status: 400,
        code: 'previous_response_not_found',
        param: 'previous_response_id',
      },
    });
    expect((await log.finished(4)).map(({ status }) => status)).toEqual(['ok', 'ok', 'ok', 'error']);
  });

  it('parses structured output with pydantic on both protocols', async () => {
    expect(await run('parse')).toEqual([
      { title: 'text', done: true },
      { title: 'text', done: true },
    ]);
  });

  it('passes images as data URLs on both protocols', async () => {
    expect(await run('images')).toEqual(['You said: look [1 image]', 'You said: look [1 image]']);
  });

  it('puts streams together with its helpers', async () => {
    const result = await run('stream_helpers');
    const calls = await log.finished(2);
    expect(result).toEqual({
      arguments: ['{"city":"Bern"}', '{"city":"Oslo"}'],
      text: 'You said: hello',
      usage: calls.map((call) => factsOf(call).tokens),
    });
  });

  it('gets long answers whole and stopped ones cut', async () => {
    expect(await run('long_and_stopped')).toEqual([3000, 'alpha beta ']);
  });

  it('reads what happened to a call from its headers', async () => {
    const result = await run('raw_headers');
    expect(result).toEqual({
      'x-request-id': (await log.only()).id,
      'x-relay-account': 'a',
      'x-relay-model': 'gpt-5.5',
      'x-relay-attempts': '1',
      'x-relay-dropped': 'temperature',
    });
  });

  it('lists the models and retrieves one', async () => {
    expect(await run('models')).toEqual({ list: ['gpt-5.4', 'gpt-5.5'], one: 'gpt-5.5' });
  });

  it('answers eight calls at once of the async client, each its own', async () => {
    expect(await run('together')).toEqual(Array.from({ length: 8 }, (_, number) => `You said: number ${number}`));
    await log.finished(8);
  });

  it('raises the typed exception of each situation', async () => {
    const request = 'invalid_request_error';
    expect(await run('errors')).toEqual([
      { name: 'AuthenticationError', status: 401, type: request, code: 'invalid_api_key', param: null },
      { name: 'PermissionDeniedError', status: 403, type: request, code: 'permission_denied', param: 'model' },
      { name: 'NotFoundError', status: 404, type: request, code: 'model_not_found', param: 'model' },
      { name: 'BadRequestError', status: 400, type: request, code: 'unsupported_parameter', param: 'n' },
      { name: 'NotFoundError', status: 404, type: request, code: 'not_found', param: null },
      { name: 'APIConnectionError', status: null, type: null, code: null, param: null },
    ]);
    expect(relay.simulator.modelRequests()).toEqual([]);
  });

  it('tries again after a 503 that outlasts Relay’s own attempts, and gives up on one that stays', async () => {
    const account = relay.simulator.account('a');
    account.script({ kind: 'status', status: 503, body: {}, times: 3 });
    expect(await run('one_call')).toBe('no error');
    expect((await log.finished(2)).map(({ status }) => status)).toEqual(['error', 'ok']);
    account.always({ kind: 'status', status: 503, body: {} });
    expect(await run('one_call')).toEqual({
      name: 'InternalServerError',
      status: 502,
      type: 'server_error',
      code: 'upstream_error',
      param: null,
    });
    await log.finished(5);
  });

  it('raises inside a stream that breaks, which never claims to be complete', async () => {
    relay.simulator.account('a').script({ kind: 'failed', code: 'odd_failure', message: 'It broke.', afterDeltas: 2 });
    const result = await run('broken_stream');
    expect(result).toEqual({ name: 'APIError', code: (await log.only()).errorCode, some: true, finish: false });
  });

  it('ends a call upstream when it closes its stream', async () => {
    relay.simulator.account('a').script({ kind: 'pace', perEventMs: 20 });
    expect(await run('leave')).toBe('left');
    expect(factsOf(await log.only())).toMatchObject({ status: 'cancelled', attempts: ['a: cancelled'] });
    await vi.waitFor(() =>
      expect(relay.simulator.modelRequests().map(({ outcome }) => outcome)).toEqual(['client-closed']),
    );
  });
});
