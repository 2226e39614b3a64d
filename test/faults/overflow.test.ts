import { afterEach, expect, test } from 'vitest';
import type { Settings } from '../../src-shared/contract/settings.ts';
import { periodEnd } from '../../src-shared/domain/period.ts';
import { api } from '../support/account-asks.ts';
import { askForm, askRaw, forms, openSocket, turn } from '../support/ask-forms.ts';
import { createManualTime } from '../support/manual-timers.ts';
import { type RunningRelay, type RunningRelayOptions, startRelay } from '../support/running-relay.ts';

const NOON = new Date(2026, 10, 23, 12).getTime();
const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
/** So that a token costs one micro-dollar and a call what its answer is long. */
const prices = { 'gpt-5.5': { input: 0, output: 1, cachedInput: 0, cacheWrite: 0 } };

let running: RunningRelay | null = null;
afterEach(async () => {
  await running?.stop();
  running = null;
});

/** A login `a` that is spent for hours, and a metered key `paid`; `key` is a Relay key that consents, unless it must not. */
async function pool(settings: Partial<Settings> = {}, more: Partial<RunningRelayOptions> = {}, overflow = true) {
  const time = createManualTime(NOON);
  const relay = await startRelay({
    accounts: [
      { name: 'a', kind: 'chatgpt' },
      { name: 'paid', kind: 'openai' },
    ],
    simulator: { clock: time.clock },
    settings: { 'models.prices': prices, 'overflow.dailyMicroUsd': 1_000_000, ...settings },
    time: { ...time, timers: { set: (ms, run) => (ms <= 5_000 ? soon(run) : time.timers.set(ms, run)) } },
    ...more,
  });
  running = relay;
  relay.simulator.account('a').windows.weekly?.set({ usedPercent: 100, resetsInMs: 3 * 86_400_000 });
  const { secret: key } = await relay.relay.keys.create({ name: 'spends', overflow });
  await askForm(relay, 'responses');
  return { relay, time, key, paidCalls: () => relay.simulator.modelRequests('paid').length };
}

function soon(run: () => void): () => void {
  const timer = setTimeout(run, 0);
  return () => clearTimeout(timer);
}

test('a metered key stands in for spent subscriptions only with the consent of the key that the call came with', async () => {
  const { relay, key, paidCalls } = await pool();
  for (const form of forms) expect([form, await askForm(relay, form)]).toEqual([form, '429 usage_limit_reached']);
  const without = paidCalls();
  for (const form of forms)
    expect([form, await askForm(relay, form, undefined, { key })]).toEqual([form, 'one two three four']);
  const calls = await relay.calls();
  expect({
    without,
    marked: calls
      .filter((call) => call.overflow)
      .map(({ accountLabel, endpoint }) => `${accountLabel} ${endpoint}`)
      .sort(),
  }).toEqual({
    without: 0,
    marked: ['paid chat', 'paid chat', 'paid responses', 'paid responses', 'paid websocket'],
  });
});

test('what a metered key stands in for is marked in the answer, the log and the decision, and its cost is what was spent', async () => {
  const { relay, key } = await pool();
  const answer = await askRaw(relay, 'responses stream', 'sim:tokens 40', { key });
  const id = String(answer.headers['x-request-id']);
  const call = await api<{
    overflow: boolean;
    spentMicroUsd: number;
    outputTokens: number;
    decisions: { reason: string }[];
  }>(relay, 'GET', `/calls/${id}`);
  expect([
    answer.headers['x-relay-overflow'],
    answer.headers['x-relay-reason'],
    call.overflow,
    call.spentMicroUsd === call.outputTokens && call.spentMicroUsd > 0,
    call.decisions.at(-1)?.reason,
  ]).toEqual([
    '1',
    'paid is the only account that can serve. It is a metered key in place of a subscription.',
    true,
    true,
    'paid is the only account that can serve. It is a metered key in place of a subscription.',
  ]);
});

test('a subscription that can serve comes first, and a pool of metered keys alone is no overflow', async () => {
  const { relay, key } = await pool();
  relay.simulator.account('a').windows.weekly?.reset();
  relay.relay.accounts.clearRest(relay.relay.accounts.list()[0]!.id, 'codex');
  await askForm(relay, 'responses', undefined, { key });
  const alone = await relay.relay.keys.create({ name: 'keys only', accounts: ['paid'] });
  await askForm(relay, 'responses', undefined, { key: alone.secret });
  const calls = (await relay.calls()).filter(({ status }) => status === 'ok');
  expect(calls.map(({ accountLabel, overflow }) => [accountLabel, overflow]).sort()).toEqual([
    ['a', false],
    ['paid', false],
  ]);
});

test('R-11: when the only login is dead the client is told how to allow the metered key', async () => {
  const { relay } = await pool(
    {},
    {
      accounts: [
        { name: 'a', kind: 'chatgpt' },
        { name: 'paid', kind: 'openai' },
      ],
    },
  );
  const [login] = relay.relay.accounts.list();
  relay.relay.accounts.needsSignIn(login!.id, 'Sign in again.');
  relay.relay.accounts.clearRest(login!.id, 'codex');
  const answer = await askRaw(relay, 'responses');
  expect([answer.status, JSON.parse(answer.text).error]).toEqual([
    503,
    {
      message:
        'No subscription can serve this, and its key may not use a metered one. Allow it with: relay keys change ID --overflow',
      type: 'server_error',
      param: null,
      code: 'no_available_accounts',
    },
  ]);
});

test('the ceiling of the day is kept to through a restart, passed by one call at most, and lifted at midnight', async () => {
  const { relay, time, key } = await pool({ 'overflow.dailyMicroUsd': 100 }, { secrets: 'file' });
  const ask = () => askForm(running!, 'responses', 'sim:tokens 40', { key });
  const answers: string[] = [];
  for (let call = 0; call < 2; call += 1) answers.push((await ask()).slice(0, 3));
  running = await relay.restart();
  for (let call = 0; call < 2; call += 1) answers.push((await ask()).slice(0, 3));
  const refusal = await askRaw(running, 'responses', undefined, { key });
  const spent = (await running.calls()).reduce((sum, call) => sum + (call.overflow ? (call.spentMicroUsd ?? 0) : 0), 0);
  time.advance(periodEnd(NOON, 'day', zone)! - time.clock.now());
  answers.push((await ask()).slice(0, 3));
  expect({ answers, within: spent >= 100 && spent < 200, message: JSON.parse(refusal.text).error.message }).toEqual({
    answers: ['the', 'the', 'the', '429', 'the'],
    within: true,
    message:
      'The only account that can serve this is resting; work is back at Thursday 12:00 (weekly window). Today’s ceiling for metered keys is reached.',
  });
});

test('however many calls come at once, the ceiling is passed by less than one call; those that must wait for it are served', async () => {
  const { relay, key } = await pool({ 'overflow.dailyMicroUsd': 200 });
  const answers = await Promise.all(
    Array.from({ length: 20 }, () => askForm(relay, 'responses stream', 'sim:tokens 40', { key })),
  );
  const calls = (await relay.calls()).filter((call) => call.overflow);
  const costs = calls.map((call) => call.spentMicroUsd ?? 0);
  const spent = costs.reduce((sum, cost) => sum + cost, 0);
  expect({
    served: answers.filter((answer) => answer.startsWith('the')).length === calls.length,
    refused: new Set(answers.filter((answer) => !answer.startsWith('the'))),
    reached: spent >= 200,
    within: spent < 200 + Math.max(...costs),
  }).toEqual({ served: true, refused: new Set(['429 usage_limit_reached']), reached: true, within: true });
});

test('a model without a known price is not paid for', async () => {
  const { relay, key } = await pool(
    { 'models.prices': {} },
    {
      accounts: [
        { name: 'a', kind: 'chatgpt', models: ['gpt-x'] },
        { name: 'paid', kind: 'openai', models: ['gpt-x'] },
      ],
    },
  );
  expect(await askForm(relay, 'responses', undefined, { key, model: 'gpt-x' })).toBe('429 usage_limit_reached');
  expect(relay.simulator.modelRequests('paid').length).toBe(0);
});

test('a conversation on a WebSocket moves to the metered key between two turns, and back when its login is free', async () => {
  const { relay, key, time } = await pool();
  relay.simulator.account('a').windows.weekly?.reset();
  relay.relay.accounts.clearRest(relay.relay.accounts.list()[0]!.id, 'codex');
  const socket = await openSocket(relay, { key });
  const say = async () => {
    const events = await turn(socket, 'sim:say hello', { body: { prompt_cache_key: 'thread' } });
    return events.at(-1)?.type;
  };
  const ends = [await say()];
  relay.simulator.account('a').windows.weekly?.set({ usedPercent: 100, resetsInMs: 600_000 });
  ends.push(await say());
  time.advance(600_000);
  ends.push(await say());
  socket.close();
  const calls = (await relay.calls()).filter(({ endpoint }) => endpoint === 'websocket');
  expect([ends, calls.map(({ accountLabel }) => accountLabel).sort()]).toEqual([
    ['response.completed', 'response.completed', 'response.completed'],
    ['a', 'a', 'paid'],
  ]);
});

test('days and clock times are those of the setting time.zone, at once', async () => {
  const { relay } = await pool();
  const account = relay.relay.accounts.list().find(({ label }) => label === 'paid');
  const reason = () => relay.relay.accounts.views().find(({ id }) => id === account?.id)?.health.reason;
  await relay.relay.settings.patch({ 'time.zone': 'Asia/Kathmandu' });
  await relay.relay.accounts.as('api').pause(account!.id, { forMs: 3 * 3_600_000 });
  const there = reason();
  await relay.relay.settings.patch({ 'time.zone': 'UTC' });
  const clock = (at: number, timeZone: string) =>
    new Intl.DateTimeFormat('en-GB', { timeZone, hour: '2-digit', minute: '2-digit' }).format(at);
  expect([there, reason()]).toEqual([
    expect.stringContaining(clock(NOON + 3 * 3_600_000, 'Asia/Kathmandu')),
    expect.stringContaining(clock(NOON + 3 * 3_600_000, 'UTC')),
  ]);
});
