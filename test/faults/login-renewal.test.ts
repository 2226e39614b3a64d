import { afterEach, describe, expect, test } from 'vitest';
import type { ScriptEntry } from '../../src-main/simulator/fault.ts';
import type { Settings } from '../../src-shared/contract/settings.ts';
import { createManualTime, type ManualTime } from '../support/manual-timers.ts';
import { rawCall, sseData } from '../support/raw-call.ts';
import { type RunningRelay, startRelay } from '../support/running-relay.ts';

const NOW = Date.UTC(2026, 10, 23, 12);
const SECOND = 1_000;
const DAY = 86_400_000;

let running: RunningRelay | null = null;
let time: ManualTime;
afterEach(async () => {
  await running?.stop();
  running = null;
});

/** ChatGPT logins, tried in the order given, in time that only the test moves. */
async function pool(names: readonly string[], settings: Partial<Settings> = {}): Promise<RunningRelay> {
  time = createManualTime(NOW);
  running = await startRelay({
    accounts: names.map((name) => ({ name, kind: 'chatgpt' })),
    simulator: { clock: time.clock, timers: time.timers },
    settings: { 'routing.strategy': 'fill-first', 'routing.holdMs': 0, ...settings },
    time,
  });
  return running;
}

const post = (relay: RunningRelay, stream = false, text = 'sim:say hello') =>
  rawCall(relay.url, {
    path: '/v1/responses',
    headers: { authorization: `Bearer ${relay.key}`, 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'gpt-5.5', stream, input: text }),
  });
/** The status, and the account that served or the code of the refusal. */
async function ask(relay: RunningRelay): Promise<string> {
  const { status, text } = await post(relay);
  if (status !== 200) return `${status} ${JSON.parse(text).error.code}`;
  return `200 ${JSON.parse(text).output.at(-1).content[0].text}`;
}
const lastAttempts = async (relay: RunningRelay) =>
  (await relay.calls())
    .at(-1)
    ?.attempts.map(({ accountLabel, outcome, httpStatus }) => [accountLabel, outcome, httpStatus]);
const exchanges = (relay: RunningRelay) => relay.simulator.journal.filter(({ path }) => path === '/oauth/token').length;
const viewOf = (relay: RunningRelay, label: string) =>
  relay.relay.accounts.views().find((view) => view.label === label)!;
const toldOf = async (relay: RunningRelay, what: string) =>
  (await relay.relay.accounts.audit.list({ limit: 500 })).entries.filter((entry) => entry.what === what).length;
const atToken = (entry: object): ScriptEntry => ({ ...entry, when: { endpoint: 'token' } }) as ScriptEntry;
const until = async (isSo: () => boolean): Promise<void> => {
  while (!isSo()) await new Promise((resolve) => setImmediate(resolve));
};

describe('a 401 on a call', () => {
  test('is one refresh and one replay on the same account; the client sees nothing of it', async () => {
    const relay = await pool(['a', 'b']);
    relay.simulator.account('a').expireAccessToken();
    const stream = sseData((await post(relay, true)).text).at(-1);
    expect(stream).toMatchObject({ type: 'response.completed' });
    expect([await lastAttempts(relay), exchanges(relay), await ask(relay), exchanges(relay)]).toEqual([
      [
        ['a', 'failed', 401],
        ['a', 'served', 200],
      ],
      1,
      '200 hello',
      1,
    ]);
    const reason = relay.simulator.journal.find(({ path }) => path === '/oauth/token')?.body;
    expect(reason).toMatchObject({ grant_type: 'refresh_token', refresh_reason: 'unauthorized_recovery' });
  });

  test('G6 of 1,000 calls at once is one refresh, and every call is answered', async () => {
    const relay = await pool(['a']);
    relay.simulator.account('a').expireAccessToken();
    const answers = await Promise.all(Array.from({ length: 1_000 }, () => ask(relay)));
    expect([new Set(answers), exchanges(relay)]).toEqual([new Set(['200 hello']), 1]);
  });

  test('after the replay, too, marks the account, is told once, and every call moves on', async () => {
    const relay = await pool(['a', 'b']);
    relay.simulator
      .account('a')
      .always({ kind: 'status', status: 401, body: { error: { code: 'token_invalidated', message: 'no' } } });
    const answers = await Promise.all(Array.from({ length: 20 }, () => ask(relay)));
    const reason = 'The upstream refuses this login although it was renewed just now. Sign in again.';
    expect([new Set(answers), exchanges(relay), viewOf(relay, 'a').health]).toEqual([
      new Set(['200 hello']),
      1,
      { state: 'needs-sign-in', reason, until: null },
    ]);
    expect([relay.logged.filter((line) => line === reason).length, await toldOf(relay, 'needs-sign-in')]).toEqual([
      1, 1,
    ]);
    const before = relay.simulator.modelRequests('a').length;
    expect([await ask(relay), relay.simulator.modelRequests('a').length]).toEqual(['200 hello', before]);
  });

  test('whose refresh is refused marks the account with that reason, and the calls move on', async () => {
    const relay = await pool(['a', 'b']);
    relay.simulator.account('a').revokeLogin();
    const first = [await ask(relay), await lastAttempts(relay)];
    const answers = await Promise.all(Array.from({ length: 20 }, () => ask(relay)));
    expect([first, new Set(answers), exchanges(relay), viewOf(relay, 'a').health.reason]).toEqual([
      [
        '200 hello',
        [
          ['a', 'failed', 401],
          ['b', 'served', 200],
        ],
      ],
      new Set(['200 hello']),
      1,
      'This login was ended at the sign-in service. Sign in again.',
    ]);
  });

  test('A-03: whose refresh fails for now rests the account for at most a minute, until it is renewed in the background', async () => {
    const relay = await pool(['a', 'b']);
    const a = relay.simulator.account('a');
    a.expireAccessToken();
    a.always(atToken({ kind: 'status', status: 503 }));
    const first = [await ask(relay), await lastAttempts(relay), viewOf(relay, 'a').health.state];
    a.faults.clear();
    time.advance(60 * SECOND);
    await until(() => viewOf(relay, 'a').login?.refreshedAt === time.clock.now());
    expect([first, await ask(relay), await lastAttempts(relay)]).toEqual([
      [
        '200 hello',
        [
          ['a', 'failed', 401],
          ['b', 'served', 200],
        ],
        'resting',
      ],
      '200 hello',
      [['a', 'served', 200]],
    ]);
  });

  test.each([
    ['401 account_deactivated', 401, { code: 'account_deactivated' }],
    ['402', 402, { code: 'deactivated_workspace' }],
    ['403 usage_not_included', 403, { type: 'usage_not_included' }],
  ])('A-11: that is a %s is never refreshed: B answers, and A is out with the reason', async (_, status, error) => {
    const relay = await pool(['a', 'b']);
    relay.simulator.account('a').always({ kind: 'status', status, body: { error: { message: 'gone', ...error } } });
    expect([await ask(relay), exchanges(relay), viewOf(relay, 'a').health]).toEqual([
      '200 hello',
      0,
      { state: 'needs-sign-in', reason: "This account's plan does not cover the call: gone", until: null },
    ]);
  });

  test('on an API key needs a person, without a refresh', async () => {
    time = createManualTime(NOW);
    running = await startRelay({
      accounts: [{ name: 'key', kind: 'openai' }],
      settings: { 'routing.holdMs': 0 },
      time,
    });
    running.simulator
      .account('key')
      .always({ kind: 'status', status: 401, body: { error: { code: 'invalid_api_key' } } });
    expect([await ask(running), exchanges(running), viewOf(running, 'key').health.state]).toEqual([
      '503 no_available_accounts',
      0,
      'needs-sign-in',
    ]);
  });
});

describe('a login that has ended', () => {
  test.each<[string, object]>([
    ['503', { kind: 'status', status: 503 }],
    ['a reset', { kind: 'cut', at: 'before-headers', how: 'reset' }],
  ])('A-03: and whose refresh meets %s: B answers, A rests for at most a minute', async (_, entry) => {
    const relay = await pool(['a', 'b']);
    relay.simulator.account('a').always(atToken(entry));
    time.clock.advance(10 * DAY);
    const answers = await Promise.all(Array.from({ length: 20 }, () => ask(relay)));
    const { health } = viewOf(relay, 'a');
    const restMs = (health.until ?? 0) - time.clock.now();
    expect([new Set(answers), health.state, restMs > 0 && restMs <= 60 * SECOND]).toEqual([
      new Set(['200 hello']),
      'resting',
      true,
    ]);
  });

  test('A-03: and whose refresh meets silence: B answers after 5 s, and A serves as soon as it is renewed', async () => {
    const relay = await pool(['a', 'b']);
    relay.simulator.account('a').script(atToken({ kind: 'silence', at: 'before-headers', ms: 20 * SECOND }));
    time.clock.advance(5 * DAY);
    const b = relay.simulator.account('b');
    b.tokens.issue();
    await relay.relay.accounts.importAuthJson({ content: b.authJson(), acceptShared: true });
    time.clock.advance(5 * DAY);
    const asking = ask(relay);
    await until(() => exchanges(relay) === 1);
    time.advance(5 * SECOND);
    const first = [await asking, await lastAttempts(relay), viewOf(relay, 'a').health.state];
    time.advance(15 * SECOND);
    await until(() => viewOf(relay, 'a').health.state === 'ready');
    expect([first, await ask(relay), await lastAttempts(relay), exchanges(relay)]).toEqual([
      [
        '200 hello',
        [
          ['a', 'failed', null],
          ['b', 'served', 200],
        ],
        'resting',
      ],
      '200 hello',
      [['a', 'served', 200]],
      1,
    ]);
  });

  test('A-06: and gets the login of another account: alone, 503', async () => {
    const relay = await pool(['a']);
    relay.simulator.account('a').script({ kind: 'wrong-account', accountId: 'ws-of-somebody-else' });
    time.clock.advance(10 * DAY);
    expect([await ask(relay), await ask(relay), exchanges(relay), viewOf(relay, 'a').health.state]).toEqual([
      '503 no_available_accounts',
      '503 no_available_accounts',
      1,
      'needs-sign-in',
    ]);
  });
});

test('R-07: an account that is deleted during its stream: the stream completes, then the secret is erased', async () => {
  const relay = await pool(['a']);
  const { id } = viewOf(relay, 'a');
  relay.simulator.account('a').script({ kind: 'silence', at: 'deltas', afterDeltas: 2, ms: 5 * SECOND });
  const streaming = post(relay, true, 'sim:say one two three four five six');
  await until(() => (relay.simulator.modelRequests('a')[0]?.bytesSent ?? 0) > 0);
  const response = await rawCall(relay.url, {
    method: 'DELETE',
    path: `/api/accounts/${id}`,
    headers: { authorization: `Bearer ${relay.apiToken}` },
  });
  const during = [
    response.status,
    relay.relay.accounts.views(),
    (await relay.relay.secrets.get(`account/${id}`)) !== null,
  ];
  time.advance(5 * SECOND);
  const events = sseData((await streaming).text) as { type: string; delta?: string }[];
  const text = events.map(({ type, delta }) => (type === 'response.output_text.delta' ? delta : '')).join('');
  time.advance(SECOND);
  await until(() => relay.relay.accounts.leaving().length === 0);
  expect([during, text, events.at(-1)?.type, await relay.relay.secrets.get(`account/${id}`)]).toEqual([
    [204, [], true],
    'one two three four five six',
    'response.completed',
    null,
  ]);
  expect((await relay.calls()).map(({ accountLabel, status }) => [accountLabel, status])).toEqual([['a', 'ok']]);
});

test('A-16: Relay that ends while a refresh is answered has stored the new pair before it has ended', async () => {
  const relay = await pool(['a']);
  const { id } = viewOf(relay, 'a');
  const a = relay.simulator.account('a');
  a.script(atToken({ kind: 'silence', at: 'before-headers', ms: 5 * SECOND }));
  time.clock.advance(10 * DAY - 60 * SECOND);
  time.advance(15 * SECOND);
  await until(() => exchanges(relay) === 1);
  const stopping = relay.relay.stop();
  time.advance(5 * SECOND);
  await stopping;
  const stored = JSON.parse((await relay.relay.secrets.get(`account/${id}`)) ?? '');
  expect(stored).toEqual({ type: 'chatgpt', ...a.tokens.current, lastRefreshAt: time.clock.now() });
  await relay.simulator.stop();
  running = null;
});
