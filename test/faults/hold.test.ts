import { afterEach, expect, test } from 'vitest';
import type { Settings } from '../../src-shared/contract/settings.ts';
import type { Timers } from '../../src-shared/domain/timers.ts';
import { api } from '../support/account-asks.ts';
import { type AskOptions, askForm, askRaw, forms, openSocket, turn } from '../support/ask-forms.ts';
import { createManualTime, type ManualTime } from '../support/manual-timers.ts';
import { type RunningRelay, startRelay } from '../support/running-relay.ts';

const NOON = new Date(2026, 10, 23, 12).getTime();

let running: RunningRelay | null = null;
afterEach(async () => {
  await running?.stop();
  running = null;
});

/** Two logins, `a` first, on a clock that stands still, or that is moved on by whoever waits for a few seconds. */
async function pool(settings: Partial<Settings> = {}, waits: 'pass' | 'stand still' = 'pass') {
  const time = createManualTime(NOON);
  const relay = await startRelay({
    accounts: [
      { name: 'a', kind: 'chatgpt' },
      { name: 'b', kind: 'chatgpt' },
    ],
    simulator: { clock: time.clock },
    settings: { 'routing.strategy': 'fill-first', 'process.drainMs': 0, ...settings },
    time: waits === 'pass' ? { ...time, timers: passing(time) } : time,
  });
  running = relay;
  const rest = (name: string, resetsInSeconds: number): void =>
    relay.simulator.account(name).script({ kind: 'usage-limit', resetsInSeconds });
  return { time, relay, rest };
}

const passing = (time: ManualTime): Timers => ({
  set(ms, run) {
    if (ms > 5_000) return time.timers.set(ms, run);
    const timer = setTimeout(() => {
      time.advance(ms);
      run();
    }, 0);
    return () => clearTimeout(timer);
  },
});

test('a call is held while the first account is soon back, whatever form it has, and is then served by it', async () => {
  for (const form of forms) {
    const { relay, rest } = await pool();
    rest('a', 45);
    rest('b', 30);
    const text = await askForm(relay, form);
    const [call] = await relay.calls();
    expect({
      form,
      text,
      attempts: call?.attempts.map(({ accountLabel, outcome }) => `${accountLabel} ${outcome}`),
      held: call?.heldMs !== null && call!.heldMs >= 30_000 && call!.heldMs < 33_000,
      status: call?.status,
    }).toEqual({
      form,
      text: 'one two three four',
      attempts: ['a failed', 'b failed', 'b served'],
      held: true,
      status: 'ok',
    });
    await relay.stop();
    running = null;
  }
});

test('a pool that rests longer is one honest 429 in words, with the earliest reset, whatever form the call has', async () => {
  const { relay, time } = await pool();
  relay.simulator.account('a').windows.fiveHour?.set({ usedPercent: 100, resetsInMs: 7_800_000 });
  relay.simulator.account('b').windows.weekly?.set({ usedPercent: 100, resetsInMs: 86_400_000 });
  await askForm(relay, 'responses');
  const requests = relay.simulator.modelRequests().length;
  const answer = await askRaw(relay, 'responses stream');
  const codes = await Promise.all(forms.map((form) => askForm(relay, form)));
  expect({
    status: answer.status,
    retryAfter: answer.headers['retry-after'],
    shouldRetry: answer.headers['x-should-retry'],
    body: JSON.parse(answer.text),
    codes: [...new Set(codes)],
    more: relay.simulator.modelRequests().length - requests,
  }).toEqual({
    status: 429,
    retryAfter: '7800',
    shouldRetry: 'false',
    body: {
      error: {
        message: 'All 2 accounts are resting; work is back at 14:10 (5-hour window).',
        type: 'rate_limit_error',
        param: null,
        code: 'usage_limit_reached',
        resets_at: Math.ceil((time.clock.now() + 7_800_000) / 1_000),
        resets_in_seconds: 7_800,
      },
    },
    codes: ['429 usage_limit_reached'],
    more: 0,
  });
});

test.each<[string, Partial<Settings>, AskOptions, number, string]>([
  ['longer than the setting allows', { 'routing.holdMs': 20_000 }, {}, 30, '429 usage_limit_reached'],
  ['switched off', { 'routing.holdMs': 0 }, {}, 1, '429 usage_limit_reached'],
  ['past the patience of an SDK', {}, { headers: { 'x-stainless-timeout': '40' } }, 30, '429 usage_limit_reached'],
  [
    'past that of the Python SDK',
    {},
    { headers: { 'x-stainless-read-timeout': '40.0' } },
    30,
    '429 usage_limit_reached',
  ],
  ['within the patience of an SDK', {}, { headers: { 'x-stainless-timeout': '80' } }, 30, 'one two three four'],
  ['of a client that says nothing', {}, { headers: { 'x-stainless-timeout': 'none' } }, 30, 'one two three four'],
])('a hold %s', async (_name, settings, options, seconds, expected) => {
  const { relay, rest } = await pool(settings);
  rest('a', seconds);
  rest('b', seconds);
  expect(await askForm(relay, 'responses', undefined, options)).toBe(expected);
});

test('a client that leaves ends the hold at once', async () => {
  const { relay, rest, time } = await pool({}, 'stand still');
  rest('a', 30);
  rest('b', 30);
  const gone = new AbortController();
  const held = askRaw(relay, 'responses stream', undefined, { signal: gone.signal }).catch(() => null);
  await expect.poll(async () => relay.simulator.modelRequests().length).toBe(2);
  await expect.poll(async () => (await relay.calls())[0]?.status).toBe('inflight');
  gone.abort();
  await held;
  await expect.poll(async () => (await relay.calls())[0]?.status).toBe('cancelled');
  time.advance(60_000);
  const [call] = await relay.calls();
  expect([call?.attempts.map(({ outcome }) => outcome), relay.simulator.modelRequests().length]).toEqual([
    ['failed', 'failed'],
    2,
  ]);
});

test('no more than 64 calls are held; the others are told at once when work is back', async () => {
  const { relay } = await pool({}, 'stand still');
  for (const name of ['a', 'b']) relay.simulator.account(name).always({ kind: 'usage-limit', resetsInSeconds: 30 });
  const answers: string[] = [];
  const gone = new AbortController();
  const asked = Array.from({ length: 70 }, () =>
    askForm(relay, 'responses', undefined, { signal: gone.signal })
      .then((answer) => answers.push(answer))
      .catch(() => null),
  );
  await expect.poll(() => answers.length).toBe(6);
  expect(new Set(answers)).toEqual(new Set(['429 usage_limit_reached']));
  gone.abort();
  await Promise.all(asked);
});

test('R-08: a conversation waits for its own account when that is back within 5 s, and else moves, with the reason', async () => {
  const { relay, rest, time } = await pool({}, 'stand still');
  const ask = async () => {
    const answer = await askRaw(relay, 'responses', undefined, { body: { prompt_cache_key: 'thread' } });
    last = String(answer.headers['x-request-id']);
    return String(answer.headers['x-relay-account']);
  };
  let last = '';
  const served = [await ask()];
  rest('a', 4);
  await askForm(relay, 'responses', 'another conversation');
  const began = time.clock.now();
  let over = false;
  const own = ask().finally(() => {
    over = true;
  });
  await expect
    .poll(
      () => {
        if (!over) time.advance(250);
        return over;
      },
      { timeout: 20_000 },
    )
    .toBe(true);
  served.push(await own);
  const waited = time.clock.now() - began;
  rest('a', 14_400);
  await askForm(relay, 'responses', 'yet another conversation');
  served.push(await ask());
  const { decisions } = await api<{ decisions: { candidates: { gate: { code: string; reason: string } | null }[] }[] }>(
    relay,
    'GET',
    `/calls/${last}`,
  );
  expect([
    served,
    waited >= 4_000,
    decisions[0]?.candidates[0]?.gate?.code,
    decisions[0]?.candidates[0]?.gate?.reason,
  ]).toEqual([['a', 'a', 'b'], true, 'resting', expect.stringMatching(/^Resting until 16:0/)]);
});

test('a held stream gets signs of life in the form that its client honours', async () => {
  const relay = await startRelay({ settings: { 'timeouts.keepAliveMs': 50 } });
  running = relay;
  const rest = (): void => relay.simulator.account('a').script({ kind: 'usage-limit', resetsInSeconds: 1 });
  rest();
  const plain = await askRaw(relay, 'responses stream');
  rest();
  const chat = await askRaw(relay, 'chat stream');
  rest();
  const codex = await askRaw(relay, 'responses stream', undefined, {
    headers: { 'user-agent': 'codex_cli_rs/0.169.0', originator: 'codex_cli_rs' },
  });
  rest();
  const socket = await openSocket(relay);
  const events = await turn(socket, 'sim:say hello');
  socket.close();
  expect([
    [plain.status, plain.text.startsWith(': keep-alive\n\n'), plain.text.includes('response.completed')],
    [chat.status, chat.text.startsWith(': keep-alive\n\n'), chat.text.endsWith('data: [DONE]\n\n')],
    [codex.status, codex.text.startsWith('event: keepalive\ndata: {"type":"keepalive"}\n\n')],
    [events[0]?.type, events.at(-1)?.type],
  ]).toEqual([
    [200, true, true],
    [200, true, true],
    [200, true],
    ['codex.keepalive', 'response.completed'],
  ]);
});

test('a call looks for an answer no longer than it may in all, not counting the time for which it was held', async () => {
  const { relay, rest, time } = await pool({ 'routing.totalMs': 1_000, 'routing.maxAttempts': 10 });
  rest('a', 40);
  rest('b', 30);
  const afterHold = await askForm(relay, 'responses');
  time.advance(60_000);
  for (const name of ['a', 'b']) relay.simulator.account(name).always({ kind: 'status', status: 500, body: {} });
  const answer = await askForm(relay, 'responses');
  const call = (await relay.calls()).find(({ status }) => status === 'error');
  expect([afterHold, answer, (call?.durationMs ?? 0) >= 1_000, (call?.attempts.length ?? 0) < 10]).toEqual([
    'one two three four',
    '502 upstream_error',
    true,
    true,
  ]);
});

test('a call waits for a place on an account that runs as many as it may, and then takes it', async () => {
  const { relay, time } = await pool({}, 'stand still');
  const [a, b] = relay.relay.accounts.list();
  const control = relay.relay.accounts.as('api');
  await control.setEnabled(b!.id, false);
  await control.edit(a!.id, { maxConcurrency: 1 });
  relay.simulator.account('a').script({ kind: 'silence', at: 'created' });
  const gone = new AbortController();
  const first = askRaw(relay, 'responses', undefined, { signal: gone.signal }).catch(() => null);
  await expect.poll(() => relay.simulator.modelRequests().length).toBe(1);
  const second = askForm(relay, 'responses stream');
  await expect.poll(() => time.waiting().some((ms) => ms >= 250 && ms <= 300)).toBe(true);
  time.advance(1_000);
  const meanwhile = relay.simulator.modelRequests().length;
  gone.abort();
  await first;
  await expect.poll(() => a!.inFlight).toBe(0);
  time.advance(1_000);
  const answer = await second;
  const held = (await relay.calls()).find(({ status }) => status === 'ok')?.heldMs ?? 0;
  expect([meanwhile, answer, held >= 1_000 && held <= 2_000]).toEqual([1, 'one two three four', true]);
});
