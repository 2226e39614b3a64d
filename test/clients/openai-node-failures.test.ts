import { createServer } from 'node:net';
import OpenAI from 'openai';
import type { ResponseStreamEvent } from 'openai/resources/responses/responses';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { CallRecord } from '../../src-shared/contract/call.ts';
import { type RunningRelay, type RunningRelayOptions, startRelay } from '../support/running-relay.ts';
import { type CallWatch, factsOf, watchCalls } from './call-facts.ts';

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

/** What a call rejected with. */
async function errorOf(call: PromiseLike<unknown>): Promise<unknown> {
  return call.then(
    () => {
      throw new Error('The call succeeded.');
    },
    (error: unknown) => error,
  );
}

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
      'a wrong key': errorFacts(await errorOf(stranger.chat.completions.create(hello))),
      'a model that the key may not use': errorFacts(await errorOf(limited.chat.completions.create(hello))),
      'an unknown model': errorFacts(await errorOf(client.responses.create({ model: 'gpt-none', input: 'hi' }))),
      'a model to retrieve': errorFacts(await errorOf(client.models.retrieve('gpt-none'))),
      'several answers': errorFacts(await errorOf(client.chat.completions.create({ ...hello, n: 2 }))),
      'a path that is not served': errorFacts(await errorOf(client.get('/nothing'))),
      embeddings: errorFacts(await errorOf(client.embeddings.create({ model: 'e', input: 'x' }))),
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
      const error = await errorOf(client.chat.completions.create(hello));
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
    const error = await errorOf(client.chat.completions.create(hello));
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
      attempts: ['a: failed'],
      tokens: [null, null, null, null],
    });
    expect(error).toMatchObject({ requestID: call.id });
  });

  it('an upstream that stays silent is an InternalServerError with 504', async () => {
    await start({ settings: { 'timeouts.firstOutputMs': 50 } });
    relay.simulator.account('a').script({ kind: 'silence', at: 'before-headers' });
    expect(errorFacts(await errorOf(client.responses.create({ model, input: 'hi' })))).toEqual({
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
    const error = await errorOf(client.chat.completions.create(hello, { maxRetries: 2 }));
    expect(errorFacts(error)).toMatchObject({ status: 503, code: 'no_available_accounts' });
    expect(answers).toEqual([{ status: 503, retryAfter: null, shouldRetry: 'false' }]);
  });

  it('a Relay that is not there is an APIConnectionError', async () => {
    await start();
    const closed = await freePort();
    const lost = new OpenAI({ baseURL: `http://127.0.0.1:${closed}/v1`, apiKey: relay.key, maxRetries: 0 });
    expect(await errorOf(lost.models.list())).toBeInstanceOf(OpenAI.APIConnectionError);
  });

  it('a client that waits no longer gets its APIConnectionTimeoutError and cancels the upstream', async () => {
    await start();
    relay.simulator.account('a').script({ kind: 'silence', at: 'created' });
    const error = await errorOf(client.responses.create({ model, input: 'hi' }, { timeout: 200 }));
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
    const error = await errorOf(client.chat.completions.create(hello, { maxRetries: 5 }));
    expect(error).toBeInstanceOf(OpenAI.RateLimitError);
    expect(errorFacts(error)).toMatchObject({ status: 429, type: 'rate_limit_error', code: 'usage_limit_reached' });
    expect(answers).toEqual([{ status: 429, retryAfter: expect.stringMatching(/^7(199|200|201)$/), shouldRetry: 'false' }]);
    expect(factsOf(await log.only())).toMatchObject({
      status: 'error',
      httpStatus: 429,
      errorCode: 'usage_limit_reached',
      attempts: [expect.stringMatching(/: failed$/), expect.stringMatching(/: failed$/)],
    });
    // The next call is refused without a look at the upstream.
    await errorOf(client.responses.create({ model, input: 'again' }, { maxRetries: 5 }));
    expect(relay.simulator.modelRequests()).toHaveLength(2);
  });

  it('tries again after a transient 503', async () => {
    await start();
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

  it('comes back after the seconds that Retry-After names', async () => {
    await start();
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

describe('Accounts that fail before any output are invisible to the client', () => {
  const failures = [
    { fault: { kind: 'status', status: 429, headers: { 'retry-after': '30' }, body: {} }, named: 'a 429' },
    { fault: { kind: 'status', status: 500, body: 'oops' }, named: 'a 500' },
    { fault: { kind: 'usage-limit', resetsInSeconds: 3_600, as: 'failed-event' }, named: 'a limit inside a 200' },
    { fault: { kind: 'cut', at: 'created', how: 'reset' }, named: 'a cut after response.created' },
  ] as const;

  it.each(failures)('$named moves a call to the other account, streaming and not', async ({ fault }) => {
    await start({ accounts: [a, b] });
    const asked = async (stream: boolean): Promise<[text: string, account: string | null, attempts: string | null]> => {
      const answer = stream
        ? await client.chat.completions.create({ ...hello, stream: true }).withResponse()
        : await client.chat.completions.create({ ...hello, stream: false }).withResponse();
      const { data, response } = answer;
      let text = '';
      if ('choices' in data) text = data.choices[0]?.message.content ?? '';
      else for await (const chunk of data) text += chunk.choices[0]?.delta.content ?? '';
      return [text, response.headers.get('x-relay-account'), response.headers.get('x-relay-attempts')];
    };
    // A conversation stays with the account that answered it, so this one is asked first for what follows.
    const [, owner] = await asked(true);
    const other = owner === 'a' ? 'b' : 'a';
    relay.simulator.account(owner!).script(fault);
    expect(await asked(true)).toEqual(['You said: hello', other, '2']);
    relay.simulator.account(other).script(fault);
    relay.relay.accounts.clearRest(idOf(owner!), 'codex');
    expect(await asked(false)).toEqual(['You said: hello', owner, '2']);
    const rows = (await log.finished(3)).map(({ status, accountLabel, attempts }) => ({
      status,
      accountLabel,
      attempts: attempts.map(({ accountLabel: label, outcome }) => `${label}: ${outcome}`),
    }));
    expect(rows).toEqual([
      { status: 'ok', accountLabel: owner, attempts: [`${owner}: served`] },
      { status: 'ok', accountLabel: other, attempts: [`${owner}: failed`, `${other}: served`] },
      { status: 'ok', accountLabel: owner, attempts: [`${other}: failed`, `${owner}: served`] },
    ]);
  });
});

const idOf = (label: string): string => {
  const account = relay.relay.accounts.list().find((candidate) => candidate.label === label);
  if (account === undefined) throw new Error(`There is no account ${label}.`);
  return account.id;
};

describe('Failures after output has begun', () => {
  const text = 'sim:say one two three four five six';

  it('a Chat stream ends in a typed error and never claims to be complete', async () => {
    await start({ accounts: [a, b] });
    for (const name of ['a', 'b']) {
      relay.simulator
        .account(name)
        .always({ kind: 'failed', code: 'odd_failure', message: 'It broke.', afterDeltas: 2 });
    }
    const stream = await client.chat.completions.create({
      model,
      messages: [{ role: 'user', content: text }],
      stream: true,
    });
    const reasons: string[] = [];
    let received = '';
    const error = await errorOf(
      (async () => {
        for await (const chunk of stream) {
          received += chunk.choices[0]?.delta.content ?? '';
          if (chunk.choices[0]?.finish_reason) reasons.push(chunk.choices[0].finish_reason);
        }
      })(),
    );
    expect(error).toBeInstanceOf(OpenAI.APIError);
    expect(received).not.toBe('');
    expect('one two three four five six'.startsWith(received)).toBe(true);
    expect(reasons).toEqual([]);
    expect(factsOf(await log.only())).toMatchObject({
      status: 'error',
      httpStatus: 200,
      attempts: [expect.stringMatching(/: failed$/)],
    });
  });

  it('a Responses stream tells the failure and has no response.completed', async () => {
    await start();
    relay.simulator.account('a').script({ kind: 'cut', at: 'deltas', afterDeltas: 2, how: 'reset' });
    const stream = await client.responses.create({ model, input: text, stream: true });
    const events: ResponseStreamEvent[] = [];
    const error = await errorOf(
      (async () => {
        for await (const event of stream) events.push(event);
      })(),
    );
    expect(error).toBeInstanceOf(OpenAI.APIError);
    expect(events.map(({ type }) => type)).not.toContain('response.completed');
    expect(events.filter(({ type }) => type === 'response.output_text.delta')).not.toEqual([]);
    expect((await log.only()).status).toBe('error');
  });

  it('the stream helper rejects instead of returning half an answer', async () => {
    await start();
    relay.simulator.account('a').script({ kind: 'no-terminal' });
    const runner = client.chat.completions.stream({ model, messages: [{ role: 'user', content: text }] });
    expect(await errorOf(runner.finalChatCompletion())).toBeInstanceOf(OpenAI.OpenAIError);
    expect((await log.only()).status).toBe('error');
  });

  it('a whole answer is tried elsewhere, because nothing of it was sent', async () => {
    await start({ accounts: [a, b] });
    const request = { model, messages: [{ role: 'user' as const, content: text }] };
    await client.chat.completions.create(request);
    const owner = (await log.only()).accountLabel!;
    relay.simulator.account(owner).script({ kind: 'cut', at: 'deltas', afterDeltas: 2, how: 'reset' });
    const resp = await client.chat.completions.create(request);
    expect(resp.choices[0]?.message.content).toBe('one two three four five six');
    const [, { status, attempts }] = (await log.finished(2)) as [CallRecord, CallRecord];
    expect([status, attempts.map(({ outcome }) => outcome)]).toEqual(['ok', ['failed', 'served']]);
  });
});

describe('A client that aborts', () => {
  const long = { model, messages: [{ role: 'user' as const, content: 'sim:tokens 3000' }], stream: true as const };

  it('ends a Chat stream upstream too, and the log says cancelled', async () => {
    await start({ accounts: [{ ...a, latency: { perEventMs: 20 } }] });
    const stream = await client.chat.completions.create(long);
    for await (const chunk of stream) if (chunk.choices[0]?.delta.content) break;
    expect(factsOf(await log.only())).toMatchObject({
      status: 'cancelled',
      stream: true,
      account: 'a',
      attempts: ['a: cancelled'],
    });
    await vi.waitFor(() =>
      expect(relay.simulator.modelRequests().map(({ outcome }) => outcome)).toEqual(['client-closed']),
    );
  });

  it('ends a Responses stream by its controller', async () => {
    await start({ accounts: [{ ...a, latency: { perEventMs: 20 } }] });
    const stream = await client.responses.create({ model, input: 'sim:tokens 3000', stream: true });
    for await (const event of stream) if (event.type === 'response.output_text.delta') stream.controller.abort();
    expect((await log.only()).status).toBe('cancelled');
    await vi.waitFor(() =>
      expect(relay.simulator.modelRequests().map(({ outcome }) => outcome)).toEqual(['client-closed']),
    );
  });

  it('ends a call that is not streamed by its signal, before any output', async () => {
    await start();
    relay.simulator.account('a').script({ kind: 'silence', at: 'before-headers' });
    const controller = new AbortController();
    const pending = errorOf(client.chat.completions.create(hello, { signal: controller.signal }));
    await vi.waitFor(() => expect(relay.simulator.modelRequests()).toHaveLength(1));
    controller.abort();
    expect(await pending).toBeInstanceOf(OpenAI.APIUserAbortError);
    expect(factsOf(await log.only())).toMatchObject({ status: 'cancelled', httpStatus: 499 });
    await vi.waitFor(() =>
      expect(relay.simulator.modelRequests().map(({ outcome }) => outcome)).toEqual(['client-closed']),
    );
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
