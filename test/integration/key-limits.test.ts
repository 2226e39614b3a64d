import { afterEach, describe, expect, test } from 'vitest';
import type { KeyCreate } from '../../src-shared/contract/key.ts';
import { createManualTime } from '../support/manual-timers.ts';
import { type RawAnswer, rawCall, sseData } from '../support/raw-call.ts';
import { type RunningRelay, type RunningRelayOptions, startRelay } from '../support/running-relay.ts';

let running: RunningRelay | null = null;
afterEach(async () => {
  await running?.stop();
  running = null;
});

async function relayWith(key: Omit<KeyCreate, 'name'>, options: RunningRelayOptions = {}) {
  running = await startRelay(options);
  const relay = running;
  const { key: made, secret } = await relay.relay.keys.create({ name: 'limited', ...key });
  const ask = (body: object = {}, headers: Record<string, string> = {}, path = '/v1/responses') =>
    rawCall(relay.url, {
      path,
      headers: { authorization: `Bearer ${secret}`, 'content-type': 'application/json', ...headers },
      body: JSON.stringify({ model: 'gpt-5.5', input: 'sim:say hello', ...body }),
    });
  return { ...relay, made, secret, ask };
}

const codeOf = ({ status, text }: RawAnswer): string =>
  status === 200 ? '200' : `${status} ${JSON.parse(text).error.type} ${JSON.parse(text).error.code}`;
const limitHeaders = ({ headers }: RawAnswer) =>
  Object.fromEntries(
    Object.entries(headers).filter(([name]) => /^(x-ratelimit|retry-after|x-should-retry)/.test(name)),
  );

describe('limits of a key', () => {
  test('L-01: five requests a minute, and the sixth is told when, with OpenAI’s headers', async () => {
    const time = createManualTime(Date.UTC(2026, 10, 25));
    const { ask, simulator, made, url, apiToken } = await relayWith({ requestsPerMinute: 5 }, { time });
    const answers = await Promise.all(Array.from({ length: 6 }, () => ask()));
    const refused = answers.filter(({ status }) => status !== 200);
    expect(answers.map(codeOf).sort()).toEqual(['200', '200', '200', '200', '200', '429 requests rate_limit_exceeded']);
    expect(limitHeaders(refused[0]!)).toEqual({
      'retry-after': '12',
      'x-ratelimit-limit-requests': '5',
      'x-ratelimit-remaining-requests': '0',
      'x-ratelimit-reset-requests': '1m0s',
    });
    expect(simulator.modelRequests().length).toBe(5);
    const use = await rawCall(url, {
      method: 'GET',
      path: '/api/keys/use',
      headers: { authorization: `Bearer ${apiToken}` },
    });
    expect(JSON.parse(use.text)).toEqual({
      use: { [made.id]: { inFlight: 0, waiting: 0, requests: { limit: 5, left: 0 }, tokens: null } },
    });
  });

  test('200 clients at once get exactly what the key may have, streaming or not', async () => {
    const { ask } = await relayWith({ requestsPerMinute: 3 });
    const answers = await Promise.all(Array.from({ length: 200 }, (_, index) => ask({ stream: index % 2 === 0 })));
    expect(answers.filter(({ status }) => status === 200).length).toBe(3);
  });

  test('L-02: tokens a minute count what was really used once it is known', async () => {
    const { ask } = await relayWith({ tokensPerMinute: 1_000 });
    const large = await ask({ input: `sim:say x ${'word '.repeat(1_000)}` });
    const first = await ask({ max_output_tokens: 900 });
    const second = await ask({ max_output_tokens: 900 });
    const { tokens } = { tokens: limitHeaders(first)['x-ratelimit-limit-tokens'] };
    expect([large, first, second].map(codeOf).concat(String(tokens))).toEqual([
      '429 tokens rate_limit_exceeded',
      '200',
      '200',
      '1000',
    ]);
    expect(limitHeaders(large)).toMatchObject({ 'x-should-retry': 'false', 'x-ratelimit-remaining-tokens': '1000' });
  });

  test('L-03: two calls at once, a third waits a moment and is refused; ending one lets the next in', async () => {
    const { ask, simulator } = await relayWith({ concurrency: 2 }, { settings: { 'limits.queueMs': 20 } });
    simulator.account('a').faults.add([
      { kind: 'silence', at: 'created', ms: 400 },
      { kind: 'silence', at: 'created', ms: 400 },
    ]);
    const running = [ask({ stream: true }), ask({ stream: true })];
    await expect.poll(() => simulator.modelRequests().length).toBe(2);
    const third = await ask();
    await Promise.all(running);
    const fourth = await ask();
    expect([codeOf(third), limitHeaders(third)['retry-after'], codeOf(fourth)]).toEqual([
      '429 requests rate_limit_exceeded',
      '1',
      '200',
    ]);
  });

  test('L-07: failed and failed-over calls give their place back once, and count as one request', async () => {
    const { ask, simulator, relay, made } = await relayWith(
      { concurrency: 1, requestsPerMinute: 10 },
      {
        accounts: [
          { name: 'a', kind: 'chatgpt' },
          { name: 'b', kind: 'chatgpt' },
        ],
        settings: { 'limits.queueMs': 0 },
      },
    );
    for (const name of ['a', 'b']) simulator.account(name).faults.add([{ kind: 'status', status: 500 }]);
    const outcomes = [codeOf(await ask()), codeOf(await ask()), codeOf(await ask())];
    const last = await ask();
    expect(outcomes.filter((outcome) => outcome === '200').length).toBeGreaterThanOrEqual(1);
    expect(codeOf(last)).toBe('200');
    expect(limitHeaders(last)['x-ratelimit-remaining-requests']).toBe('6');
    expect(relay.keys.list().find(({ id }) => id === made.id)?.requestsPerMinute).toBe(10);
  });

  test('L-10: headers of the client about limits are not believed', async () => {
    const { ask } = await relayWith({ requestsPerMinute: 1 });
    const spoof = { 'x-ratelimit-remaining-requests': '99', 'x-ratelimit-limit-requests': '99', 'x-user-id': 'root' };
    expect([codeOf(await ask({}, spoof)), codeOf(await ask({}, spoof))]).toEqual([
      '200',
      '429 requests rate_limit_exceeded',
    ]);
  });
});

describe('scopes of a key', () => {
  test('a key can be kept to an endpoint and to an effort', async () => {
    const { ask } = await relayWith({ endpoints: ['responses'], effortCeiling: 'medium' });
    const chat = await ask({ messages: [{ role: 'user', content: 'hi' }] }, {}, '/v1/chat/completions');
    const high = await ask({ reasoning: { effort: 'high' } });
    const named = await ask({ model: 'gpt-5.5-xhigh' });
    const low = await ask({ reasoning: { effort: 'low' } });
    expect([chat, high, named, low].map(codeOf)).toEqual([
      '403 invalid_request_error permission_denied',
      '403 invalid_request_error permission_denied',
      '403 invalid_request_error permission_denied',
      '200',
    ]);
  });

  test('an effort that was not asked for is kept under the ceiling', async () => {
    const { ask, simulator, calls } = await relayWith({ effortCeiling: 'low' });
    await ask();
    const [sent] = simulator.modelRequests();
    const [call] = await calls();
    expect([sent?.body, call?.effort]).toEqual([expect.objectContaining({ reasoning: { effort: 'low' } }), 'low']);
  });

  test('x-api-key is taken like a Bearer token', async () => {
    const { ask, secret } = await relayWith({});
    const answer = await rawCall(running!.url, {
      path: '/v1/responses',
      headers: { 'x-api-key': secret, 'content-type': 'application/json' },
      body: JSON.stringify({ model: 'gpt-5.5', input: 'sim:say hello' }),
    });
    const wrong = await ask({}, { authorization: 'Bearer sk-relay-wrong', 'x-api-key': secret });
    expect([codeOf(answer), codeOf(wrong)]).toEqual(['200', '401 invalid_request_error invalid_api_key']);
  });

  test('calls count for the project in the path or the header, and never for one that is not the key’s', async () => {
    const { ask, calls, relay, url } = await relayWith({});
    await ask({}, {}, '/p/web%20site/v1/responses');
    await ask({}, { 'x-relay-project': 'tools' });
    await ask();
    const bound = await relay.keys.create({ name: 'bound', project: 'site' });
    const foreign = await rawCall(url, {
      path: '/p/other/v1/responses',
      headers: { authorization: `Bearer ${bound.secret}`, 'content-type': 'application/json' },
      body: '{}',
    });
    expect([(await calls()).map(({ project }) => project), codeOf(foreign)]).toEqual([
      ['web site', 'tools', null],
      '403 invalid_request_error permission_denied',
    ]);
  });

  test('A-13: a stream of a revoked key goes on to its end, unless it is to be cut', async () => {
    const { ask, simulator, relay, made, secret } = await relayWith({});
    simulator.account('a').faults.add([{ kind: 'pace', perEventMs: 15 }]);
    const stream = ask({ stream: true, input: 'sim:say one two three four five six' });
    await expect.poll(() => simulator.modelRequests().length).toBe(1);
    await relay.keys.revoke(made.id);
    const events = sseData((await stream).text) as { type: string }[];
    const next = await ask();
    expect([events.at(-1)?.type, codeOf(next), secret.length > 20]).toEqual([
      'response.completed',
      '401 invalid_request_error invalid_api_key',
      true,
    ]);
  });
});

describe('budgets', () => {
  test('L-05: of 20 calls at once on a small budget, few are let in, and the figure is the sum of the rows', async () => {
    const { ask, made, relay, calls, url, apiToken } = await relayWith({});
    await ask();
    const cost = (await calls())[0]?.costMicroUsd ?? 0;
    const limit = cost * 4;
    const created = await rawCall(url, {
      path: '/api/budgets',
      headers: { authorization: `Bearer ${apiToken}`, 'content-type': 'application/json' },
      body: JSON.stringify({ scope: 'key', subject: made.id, unit: 'cost', period: 'day', limit }),
    });
    const answers = await Promise.all(Array.from({ length: 20 }, () => ask()));
    const after: RawAnswer[] = [];
    for (let count = 0; count < 6; count += 1) after.push(await ask());
    const [budget] = relay.budgets.list();
    const rows = (await calls()).reduce((sum, call) => sum + (call.costMicroUsd ?? 0), 0);
    const dearest = Math.max(...(await calls()).map((call) => call.costMicroUsd ?? 0));
    expect([created.status, budget?.used, budget?.reserved, budget?.state]).toEqual([201, rows, 0, 'spent']);
    // Beyond the limit by less than one call, whatever came at once.
    expect([rows >= limit, rows < limit + dearest, answers.some(({ status }) => status === 429)]).toEqual([
      true,
      true,
      true,
    ]);
    expect(codeOf(after.at(-1)!)).toBe('429 insufficient_quota insufficient_quota');
    expect(limitHeaders(after.at(-1)!)).toMatchObject({ 'x-should-retry': 'false' });
  });

  test('a budget of a project stops the calls that name it, and no others', async () => {
    const { ask, relay } = await relayWith({});
    await relay.budgets.create({ scope: 'project', subject: 'tools', unit: 'tokens', period: 'total', limit: 1 });
    const inProject = () => ask({}, { 'x-relay-project': 'tools' });
    expect([codeOf(await inProject()), codeOf(await inProject()), codeOf(await ask())]).toEqual([
      '200',
      '429 insufficient_quota insufficient_quota',
      '200',
    ]);
  });
});

test('rotation under load fails no request: both secrets work in the grace period', async () => {
  const { url, relay, made, secret } = await relayWith({});
  let current = secret;
  const outcomes: string[] = [];
  const ask = async () => {
    const answer = await rawCall(url, {
      path: '/v1/responses',
      headers: { authorization: `Bearer ${current}`, 'content-type': 'application/json' },
      body: JSON.stringify({ model: 'gpt-5.5', input: 'sim:say hello' }),
    });
    outcomes.push(codeOf(answer));
  };
  const client = async () => {
    for (let count = 0; count < 10; count += 1) await ask();
  };
  const clients = Array.from({ length: 8 }, client);
  for (let count = 0; count < 3; count += 1) {
    current = (await relay.keys.rotate(made.id, 60_000)).secret;
    await Promise.all([ask(), ask()]);
  }
  await Promise.all(clients);
  expect(new Set(outcomes)).toEqual(new Set(['200']));
});
