import { afterEach, expect, test } from 'vitest';
import type { ScriptEntry } from '../../src-main/simulator/fault.ts';
import type { Settings } from '../../src-shared/contract/settings.ts';
import { askForm, forms, openSocket, turn } from '../support/ask-forms.ts';
import { rawCall } from '../support/raw-call.ts';
import { type RunningRelay, startRelay } from '../support/running-relay.ts';

let running: RunningRelay | null = null;
afterEach(async () => {
  await running?.stop();
  running = null;
});

/** The accounts are tried in the order given. */
const pool = async (names: readonly string[], settings: Partial<Settings> = {}) => {
  running = await startRelay({
    accounts: names.map((name) => ({ name, kind: 'chatgpt' })),
    settings: { 'routing.strategy': 'fill-first', ...settings },
  });
  return running;
};

const beforeOutput: readonly [string, ScriptEntry][] = [
  [
    'U-01 429 with Retry-After',
    {
      kind: 'status',
      status: 429,
      headers: { 'retry-after': '7' },
      body: { error: { message: 'slow', type: 'rate_limit_error', code: 'rate_limit_exceeded' } },
    },
  ],
  ['U-03 a usage limit as status', { kind: 'usage-limit', resetsInSeconds: 10_800 }],
  ['U-03 a usage limit inside a 200 stream', { kind: 'usage-limit', resetsInSeconds: 10_800, as: 'error-event' }],
  ['a usage limit as failed response', { kind: 'usage-limit', resetsInSeconds: 10_800, as: 'failed-event' }],
  ['U-05 500', { kind: 'status', status: 500, body: { error: { message: 'boom' } } }],
  ['U-05 502 with a page', { kind: 'status', status: 502, body: '<html>bad gateway</html>' }],
  ['U-05 529', { kind: 'status', status: 529, body: {} }],
  [
    'U-07 overloaded as status',
    { kind: 'status', status: 503, body: { error: { code: 'server_is_overloaded', message: 'over' } } },
  ],
  ['U-07 overloaded in the stream', { kind: 'failed', code: 'server_is_overloaded', message: 'over' }],
  [
    'A-11 401 account_deactivated',
    { kind: 'status', status: 401, body: { error: { code: 'account_deactivated', message: 'gone' } } },
  ],
  [
    'A-11 403 usage_not_included',
    { kind: 'status', status: 403, body: { error: { type: 'usage_not_included', message: 'not included' } } },
  ],
  [
    'U-09 a model that this login lacks',
    {
      kind: 'status',
      status: 400,
      body: { detail: "The 'gpt-5.5' model is not supported when using Codex with a ChatGPT account." },
    },
  ],
  ['U-15 a cut before the headers', { kind: 'cut', at: 'before-headers', how: 'reset' }],
  ['U-15 a cut after the headers', { kind: 'cut', at: 'headers', how: 'fin' }],
  ['U-16 a clean end after created', { kind: 'cut', at: 'created', how: 'clean' }],
  ['JSON instead of a stream', { kind: 'json-200' }],
  ['an empty 200', { kind: 'empty-200' }],
  ['silence before the headers', { kind: 'silence', at: 'before-headers' }],
  ['silence after created', { kind: 'silence', at: 'created' }],
  ['U-26 a redirect to another host', { kind: 'redirect', location: 'http://127.0.0.2:9/steal', status: 307 }],
];

test.each(beforeOutput)('%s on one account is invisible while another can serve', async (_name, fault) => {
  const relay = await pool(['a', 'b'], { 'timeouts.firstOutputMs': 400 });
  for (const form of forms) {
    for (const name of ['a', 'b']) {
      const id = relay.relay.accounts.list().find((account) => account.label === name)!.id;
      for (const family of [...relay.relay.accounts.get(id)!.rests.keys()]) relay.relay.accounts.clearRest(id, family);
      relay.relay.accounts.get(id)!.unsupported.clear();
      relay.relay.accounts.secretChanged(id);
    }
    relay.simulator.account('a').script(fault);
    expect([form, await askForm(relay, form, `sim:say ${form} answered`)]).toEqual([form, `${form} answered`]);
    const call = (await relay.calls()).at(-1)!;
    expect([
      form,
      call.status,
      call.accountLabel,
      call.attempts.map(({ outcome, accountLabel }) => [accountLabel, outcome]),
    ]).toEqual([
      form,
      'ok',
      'b',
      [
        ['a', 'failed'],
        ['b', 'served'],
      ],
    ]);
    relay.simulator.account('a').faults.clear();
  }
});

test.each<[string, ScriptEntry, string]>([
  [
    'U-08 400 about the request',
    {
      kind: 'status',
      status: 400,
      body: { error: { message: 'no', type: 'invalid_request_error', code: 'some_code', param: 'tools' } },
    },
    '400 some_code',
  ],
  [
    'U-08 422',
    { kind: 'status', status: 422, body: { error: { message: 'no', type: 'invalid_request_error', code: 'bad' } } },
    '422 bad',
  ],
  [
    'U-10 context length in the stream',
    { kind: 'failed', code: 'context_length_exceeded', message: 'too long' },
    '400 context_length_exceeded',
  ],
])('%s goes to the client as it is, after one attempt', async (_name, fault, expected) => {
  const relay = await pool(['a', 'b']);
  relay.simulator.account('a').always(fault);
  relay.simulator.account('b').always(fault);
  for (const form of forms) {
    expect([form, await askForm(relay, form)]).toEqual([form, expected]);
    expect((await relay.calls()).at(-1)!.attempts.length).toBe(1);
  }
});

test('U-06 when every account fails the client gets 502 after at most three attempts', async () => {
  const relay = await pool(['a', 'b', 'c', 'd']);
  for (const name of ['a', 'b', 'c', 'd'])
    relay.simulator.account(name).always({ kind: 'status', status: 500, body: {} });
  expect(await askForm(relay, 'chat stream')).toBe('502 upstream_error');
  expect((await relay.calls()).at(-1)!.attempts.length).toBe(3);
});

test('when all accounts rest the client gets one 429 with the earliest reset and is told not to retry', async () => {
  const relay = await pool(['a', 'b']);
  relay.simulator.account('a').always({ kind: 'usage-limit', resetsInSeconds: 7_200 });
  relay.simulator.account('b').always({ kind: 'usage-limit', resetsInSeconds: 3_600 });
  const send = () =>
    rawCall(relay.url, {
      path: '/v1/responses',
      headers: { authorization: `Bearer ${relay.key}`, 'content-type': 'application/json' },
      body: JSON.stringify({ model: 'gpt-5.5', input: 'x' }),
    });
  await send();
  const before = relay.simulator.modelRequests().length;
  const answer = await send();
  const { error } = JSON.parse(answer.text);
  expect([answer.status, error.type, error.code, answer.headers['x-should-retry']]).toEqual([
    429,
    'rate_limit_error',
    'usage_limit_reached',
    'false',
  ]);
  expect(Number(answer.headers['retry-after'])).toBeGreaterThan(3_500);
  expect(Number(answer.headers['retry-after'])).toBeLessThanOrEqual(3_601);
  expect(relay.simulator.modelRequests().length).toBe(before);
});

test.each<[string, ScriptEntry]>([
  ['U-11 CR-only line ends', { kind: 'line-ends', lineEnd: 'cr' }],
  [
    'CRLF cut into single bytes',
    [
      { kind: 'line-ends', lineEnd: 'crlf' },
      { kind: 'chunks', sizes: [1, 2, 3] },
    ],
  ],
  ['U-12 noise', { kind: 'noise' }],
  ['U-13 an event with invalid JSON', { kind: 'invalid-json', afterDeltas: 1 }],
  ['U-23 usage without details', { kind: 'usage', usage: 'no-details' }],
  ['U-23 no usage', { kind: 'usage', usage: 'missing' }],
  ['U-24 a socket that stays open', { kind: 'stay-open' }],
  ['U-25 events after the terminal event', { kind: 'after-terminal' }],
  ['U-25 two terminal events', { kind: 'two-terminals' }],
])('%s: every form of client still reads the whole text', async (name, fault) => {
  const relay = await pool(['a']);
  relay.simulator.account('a').always(fault);
  for (const form of forms) {
    // What is no JSON passes as it is, and would break the test's own reader of a Responses stream.
    if (/^U-1[23]/.test(name) && form === 'responses stream') continue;
    if (name.startsWith('U-13') && form === 'websocket') continue;
    const text = await askForm(relay, form).catch((error: unknown) => String(error));
    expect([form, text]).toEqual([form, 'one two three four']);
    expect((await relay.calls()).at(-1)!.status).toBe('ok');
  }
});

test('U-21 a failure that the upstream declares after output ends the stream with its code and no false finish', async () => {
  const relay = await pool(['a', 'b']);
  for (const name of ['a', 'b'])
    relay.simulator.account(name).always({ kind: 'failed', code: 'server_error', message: 'broke', afterDeltas: 1 });
  const responses = await askForm(relay, 'responses stream', 'sim:tokens 40');
  const chat = await askForm(relay, 'chat stream', 'sim:tokens 40');
  expect(responses).toMatch(/\w.* !server_error$/);
  expect(chat).toMatch(/\w.* !\w+$/);
  expect((await relay.calls()).map(({ status, attempts }) => [status, attempts.length])).toEqual([
    ['error', 1],
    ['error', 1],
  ]);
});

test('a cut after output is an error, never a short answer shown as complete', async () => {
  const relay = await pool(['a', 'b'], { 'routing.splice': 'off' });
  for (const name of ['a', 'b'])
    relay.simulator.account(name).always({ kind: 'cut', at: 'deltas', afterDeltas: 1, how: 'reset' });
  expect(await askForm(relay, 'responses stream', 'sim:tokens 40')).toMatch(/!upstream_stream_truncated$/);
  expect(await askForm(relay, 'chat stream', 'sim:tokens 40')).toMatch(/!upstream_stream_truncated$/);
  expect(await askForm(relay, 'chat', 'sim:tokens 40')).toBe('502 upstream_stream_truncated');
});

test('a conversation stays on one account, and its encrypted reasoning is left out when it must move', async () => {
  const relay = await pool(['a', 'b', 'c']);
  const turn = async (input: unknown[]) => {
    const answer = await rawCall(relay.url, {
      path: '/v1/responses',
      headers: { authorization: `Bearer ${relay.key}`, 'content-type': 'application/json' },
      body: JSON.stringify({
        model: 'gpt-5.5',
        input,
        prompt_cache_key: 'thread-1',
        reasoning: { effort: 'high', summary: 'auto' },
      }),
    });
    expect(answer.status).toBe(200);
    return { account: answer.headers['x-relay-account'], output: JSON.parse(answer.text).output as object[] };
  };
  const say = (content: string) => ({ role: 'user', content });
  const first = await turn([say('one')]);
  const second = await turn([say('one'), ...first.output, say('two')]);
  expect(second.account).toBe(first.account);
  relay.simulator.account(String(first.account)).always({ kind: 'usage-limit', resetsInSeconds: 600 });
  const third = await turn([say('one'), ...first.output, say('two'), ...second.output, say('three')]);
  expect(third.account).not.toBe(first.account);
});

test('an answer in one piece is made anew on another account until it is sent, whatever was cut before (FAULTS 2.0)', async () => {
  for (const form of ['responses', 'chat'] as const) {
    const relay = await pool(['a', 'b'], { 'routing.strategy': 'fill-first' });
    relay.simulator.account('a').script({ kind: 'cut', at: 'deltas', afterDeltas: 2, how: 'reset' });
    expect([form, await askForm(relay, form)]).toEqual([form, 'one two three four']);
    expect((await relay.calls())[0]?.attempts.map(({ accountLabel, outcome }) => `${accountLabel} ${outcome}`)).toEqual(
      ['a failed', 'b served'],
    );
    await relay.stop();
    running = null;
  }
});

test('PROTOCOL 9.5 a WebSocket moves to another account between two turns, with its whole conversation', async () => {
  const relay = await pool(['a', 'b'], { 'routing.strategy': 'fill-first' });
  const socket = await openSocket(relay);
  const first = await turn(socket, 'sim:say one');
  const id = (first.at(-1) as { response?: { id?: string } }).response?.id;
  relay.simulator.account('a').script({ kind: 'usage-limit', resetsInSeconds: 7_200 });
  const second = await turn(socket, 'sim:say two', { body: { previous_response_id: id } });
  socket.close();
  const [last] = relay.simulator.modelRequests('b');
  const { input } = last!.body as { input: { content: { text?: string }[] }[] };
  expect([
    second.at(-1)?.type,
    (await relay.calls()).map(({ accountLabel, attempts }) => `${accountLabel} ${attempts.length}`),
    input.flatMap(({ content }) => content.map(({ text }) => text)),
  ]).toEqual(['response.completed', ['a 1', 'b 2'], ['sim:say one', 'one', 'sim:say two']]);
});
