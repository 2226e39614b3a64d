import { createServer } from 'node:net';
import OpenAI from 'openai';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { type RunningRelay, type RunningRelayOptions, startRelay } from '../support/running-relay.ts';
import { type CallWatch, factsOf, watchCalls } from './call-facts.ts';
import { thrownBy } from './thrown.ts';

const a = { name: 'a', kind: 'chatgpt' } as const;
const b = { name: 'b', kind: 'chatgpt' } as const;
const model = 'gpt-5.5';
const hello = { model, messages: [{ role: 'user' as const, content: 'hello' }] };

let relay: RunningRelay;
let client: OpenAI;
let log: CallWatch;
/** Every HTTP exchange of the client: what its own retries look like from outside. */
let answers: { status: number; retryAfter: string | null; shouldRetry: string | null }[];

const countingFetch: typeof fetch = async (input, init) => {
  const response = await fetch(input, init);
  answers.push({
    status: response.status,
    retryAfter: response.headers.get('retry-after'),
    shouldRetry: response.headers.get('x-should-retry'),
  });
  return response;
};

async function start(options: RunningRelayOptions = {}): Promise<void> {
  relay = await startRelay(options);
  answers = [];
  client = new OpenAI({ baseURL: `${relay.url}/v1`, apiKey: relay.key, maxRetries: 0, fetch: countingFetch });
  log = await watchCalls(relay);
}
afterEach(() => relay.stop());

/** What of an error is the contract. */
function errorFacts(error: unknown) {
  if (!(error instanceof OpenAI.APIError)) throw error;
  const { status, type, code, param } = error;
  return { name: error.constructor.name, status, type, code, param };
}

describe('Typed exceptions', () => {
  it('each error class comes from the situation that it stands for', async () => {
    await start();
    const stranger = new OpenAI({ baseURL: `${relay.url}/v1`, apiKey: 'sk-relay-wrong', maxRetries: 0 });
    const narrow = await relay.relay.keys.create({ name: 'narrow', models: ['gpt-6-luna'] });
    const limited = client.withOptions({ apiKey: narrow.secret });
    const facts = {
      'a wrong key': errorFacts(await thrownBy(stranger.chat.completions.create(hello))),
      'a model that the key may not use': errorFacts(await thrownBy(limited.chat.completions.create(hello))),
      'an unknown model': errorFacts(await thrownBy(client.responses.create({ model: 'gpt-none', input: 'hi' }))),
      'a model to retrieve': errorFacts(await thrownBy(client.models.retrieve('gpt-none'))),
      'several answers': errorFacts(await thrownBy(client.chat.completions.create({ ...hello, n: 2 }))),
      'a path that is not served': errorFacts(await thrownBy(client.get('/nothing'))),
      embeddings: errorFacts(await thrownBy(client.embeddings.create({ model: 'e', input: 'x' }))),
    };
    expect(facts).toEqual({
      'a wrong key': {
        name: 'AuthenticationError',
        status: 401,
        type: 'invalid_request_error',
        code: 'invalid_api_key',
        param: null,
      },
      'a model that the key may not use': {
        name: 'PermissionDeniedError',
        status: 403,
        type: 'invalid_request_error',
        code: 'permission_denied',
        param: 'model',
      },
      'an unknown model': {
        name: 'NotFoundError',
        status: 404,
        type: 'invalid_request_error',
        code: 'model_not_found',
        param: 'model',
      },
      'a model to retrieve': {
        name: 'NotFoundError',
        status: 404,
        type: 'invalid_request_error',
        code: 'model_not_found',
        param: 'model',
      },
      'several answers': {
        name: 'BadRequestError',
        status: 400,
        type: 'invalid_request_error',
        code: 'unsupported_parameter',
        param: 'n',
      },
      'a path that is not served': {
        name: 'NotFoundError',
        status: 404,
        type: 'invalid_request_error',
        code: 'not_found',
        param: null,
      },
      embeddings: {
        name: 'NotFoundError',
        status: 404,
        type: 'invalid_request_error',
        code: 'not_found',
        param: null,
      },
    });
    expect(relay.simulator.modelRequests()).toEqual([]);
  });

  it('refusals of the upstream keep its status, type, code and param', async () => {
    await start();
    const refusals = [
      { status: 400, name: 'BadRequestError' },
      { status: 422, name: 'UnprocessableEntityError' },
    ];
    for (const { status, name } of refusals) {
      relay.simulator.account('a').script({
        kind: 'status',
        status,
        body: { error: { message: 'No.', type: 'invalid_request_error', code: 'odd_value', param: 'input' } },
      });
      const error = await thrownBy(client.chat.completions.create(hello));
      expect(errorFacts(error)).toEqual({
        name,
        status,
        type: 'invalid_request_error',
        code: 'odd_value',
        param: 'input',
      });
    }
    expect((await log.finished(2)).map(({ errorCode, attempts }) => [errorCode, attempts.length])).toEqual([
      ['odd_value', 1],
      ['odd_value', 1],
    ]);
  });

  it('an upstream that fails is an InternalServerError', async () => {
    await start();
    relay.simulator.account('a').always({ kind: 'status', status: 500, body: 'oops' });
    const error = await thrownBy(client.chat.completions.create(hello));
    expect(errorFacts(error)).toEqual({
      name: 'InternalServerError',
      status: 502,
      type: 'server_error',
      code: 'upstream_error',
      param: null,
    });
    const call = await log.only();
    expect(factsOf(call)).toMatchObject({
      status: 'error',
      httpStatus: 502,
      errorCode: 'upstream_error',
      modelRan: null,
      account: 'a',
      attempts: ['a: failed', 'a: failed', 'a: failed'],
      tokens: [null, null, null, null],
    });
    expect(error).toMatchObject({ requestID: call.id });
  });

  it('an upstream that stays silent is an InternalServerError with 504', async () => {
    await start({ settings: { 'timeouts.firstOutputMs': 50 } });
    relay.simulator.account('a').always({ kind: 'silence', at: 'before-headers' });
    expect(errorFacts(await thrownBy(client.responses.create({ model, input: 'hi' })))).toEqual({
      name: 'InternalServerError',
      status: 504,
      type: 'server_error',
      code: 'upstream_timeout',
      param: null,
    });
  });

  it('a pool without a usable login is an InternalServerError that is not retried', async () => {
    await start();
    relay.simulator.account('a').revokeLogin();
    const error = await thrownBy(client.chat.completions.create(hello, { maxRetries: 2 }));
    expect(errorFacts(error)).toMatchObject({ status: 503, code: 'no_available_accounts' });
    expect(answers).toEqual([{ status: 503, retryAfter: null, shouldRetry: 'false' }]);
  });

  it('a Relay that is not there is an APIConnectionError', async () => {
    await start();
    const closed = await freePort();
    const lost = new OpenAI({ baseURL: `http://127.0.0.1:${closed}/v1`, apiKey: relay.key, maxRetries: 0 });
    expect(await thrownBy(lost.models.list())).toBeInstanceOf(OpenAI.APIConnectionError);
  });

  it('a client that waits no longer gets its APIConnectionTimeoutError and cancels the upstream', async () => {
    await start();
    relay.simulator.account('a').script({ kind: 'silence', at: 'created' });
    const error = await thrownBy(client.responses.create({ model, input: 'hi' }, { timeout: 200 }));
    expect(error).toBeInstanceOf(OpenAI.APIConnectionTimeoutError);
    expect(factsOf(await log.only())).toMatchObject({ status: 'cancelled', attempts: ['a: cancelled'] });
    await vi.waitFor(() => expect(relay.simulator.modelRequests()[0]?.outcome).toBe('client-closed'));
  });
});

describe('The client’s own retries', () => {
  it('makes exactly one request while all accounts rest for hours', async () => {
    await start({ accounts: [a, b] });
    for (const name of ['a', 'b']) {
      relay.simulator.account(name).always({ kind: 'usage-limit', resetsInSeconds: name === 'a' ? 7_200 : 10_800 });
    }
    const error = await thrownBy(client.chat.completions.create(hello, { maxRetries: 5 }));
    expect(error).toBeInstanceOf(OpenAI.RateLimitError);
    expect(errorFacts(error)).toMatchObject({ status: 429, type: 'rate_limit_error', code: 'usage_limit_reached' });
    expect(answers).toEqual([
      { status: 429, retryAfter: expect.stringMatching(/^7(199|200|201)$/), shouldRetry: 'false' },
    ]);
    expect(factsOf(await log.only())).toMatchObject({
      status: 'error',
      httpStatus: 429,
      errorCode: 'usage_limit_reached',
      attempts: [expect.stringMatching(/: failed$/), expect.stringMatching(/: failed$/)],
    });
    // The next call is refused without a look at the upstream.
    await thrownBy(client.responses.create({ model, input: 'again' }, { maxRetries: 5 }));
    expect(relay.simulator.modelRequests()).toHaveLength(2);
  });

  it('tries again after a transient 503, where Relay itself does not', async () => {
    await start({ settings: { 'routing.maxAttempts': 1 } });
    relay.simulator.account('a').script({
      kind: 'status',
      status: 503,
      body: { error: { message: 'Busy.', type: 'server_error', code: 'server_is_overloaded' } },
    });
    const resp = await client.chat.completions.create(hello, { maxRetries: 1 });
    expect(resp.choices[0]?.message.content).toBe('You said: hello');
    expect(answers).toEqual([
      { status: 502, retryAfter: null, shouldRetry: null },
      { status: 200, retryAfter: null, shouldRetry: null },
    ]);
    expect((await log.finished(2)).map(({ status }) => status)).toEqual(['error', 'ok']);
  });

  it('comes back after the seconds that Retry-After names, where Relay does not hold the call', async () => {
    await start({ settings: { 'routing.holdMs': 0 } });
    relay.simulator.account('a').script({
      kind: 'status',
      status: 429,
      headers: { 'retry-after': '1' },
      body: { error: { message: 'Slow down.', type: 'rate_limit_error', code: 'rate_limit_exceeded' } },
    });
    const resp = await client.chat.completions.create(hello, { maxRetries: 1 });
    expect(resp.choices[0]?.message.content).toBe('You said: hello');
    const [refused, answered] = await log.finished(2);
    expect(answers[0]).toEqual({ status: 429, retryAfter: '1', shouldRetry: null });
    expect(answered!.startedAt - refused!.startedAt).toBeGreaterThanOrEqual(1_000);
  });
});

/** A port on which nothing listens any more. */
function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer();
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}
