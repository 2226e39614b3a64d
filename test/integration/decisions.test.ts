import { afterEach, expect, test } from 'vitest';
import { callDetailSchema } from '../../src-shared/contract/call.ts';
import type { Settings } from '../../src-shared/contract/settings.ts';
import { type RawAnswer, rawCall } from '../support/raw-call.ts';
import { type RunningRelay, startRelay } from '../support/running-relay.ts';

let running: RunningRelay | null = null;
afterEach(async () => {
  await running?.stop();
  running = null;
});

const pool = async (names: readonly string[], settings: Partial<Settings> = {}): Promise<RunningRelay> => {
  running = await startRelay({ accounts: names.map((name) => ({ name, kind: 'chatgpt' })), settings });
  return running;
};

const ask = (relay: RunningRelay, text: string, more: object = {}): Promise<RawAnswer> =>
  rawCall(relay.url, {
    path: '/v1/responses',
    headers: { authorization: `Bearer ${relay.key}`, 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'gpt-5.5', stream: true, input: text, ...more }),
  });

const detail = async (relay: RunningRelay, id: unknown) => {
  const headers = { authorization: `Bearer ${relay.apiToken}` };
  const answer = await rawCall(relay.url, { method: 'GET', path: `/api/calls/${id}`, headers });
  return callDetailSchema.parse(JSON.parse(answer.text));
};

test('a call keeps one decision for each account that it tried, with the reason in a header', async () => {
  const relay = await pool(['a', 'b', 'c'], { 'routing.strategy': 'fill-first' });
  const [, , c] = relay.relay.accounts.list();
  await relay.relay.accounts.setEnabled(c!.id, false);
  relay.simulator.account('a').script({ kind: 'status', status: 500, body: {} });
  const answer = await ask(relay, 'sim:say moved on');
  expect([answer.headers['x-relay-account'], answer.headers['x-relay-reason']]).toEqual([
    'b',
    'b is the only account that can serve.',
  ]);
  const before = await detail(relay, answer.headers['x-request-id']);
  await relay.relay.ledger.flush();
  const call = await detail(relay, answer.headers['x-request-id']);
  expect(call).toEqual(before);
  expect(call.attempts.map(({ accountLabel }) => accountLabel)).toEqual(['a', 'b']);
  expect(
    call.decisions.map(({ strategy, model, reason, candidates }) => ({
      strategy,
      model,
      reason,
      lost: candidates.map(({ accountLabel, gate, lost }) => [accountLabel, gate?.code ?? null, lost]),
    })),
  ).toEqual([
    {
      strategy: 'fill-first',
      model: 'gpt-5.5',
      reason: 'a is 0.33 ahead of b: place 1 in your order.',
      lost: [
        ['a', null, null],
        ['b', null, 'b lost by 0.33: place 2 in your order'],
        ['c', 'disabled', 'c could not serve: Switched off by you.'],
      ],
    },
    {
      strategy: 'fill-first',
      model: 'gpt-5.5',
      reason: 'b is the only account that can serve.',
      lost: [
        ['a', 'tried', 'a could not serve: This call has tried it already.'],
        ['b', null, null],
        ['c', 'disabled', 'c could not serve: Switched off by you.'],
      ],
    },
  ]);
  const [row] = await relay.calls();
  expect(row).not.toHaveProperty('decisions');
});

test('a conversation that stays on its account says so', async () => {
  const relay = await pool(['a', 'b', 'c']);
  const first = await ask(relay, 'sim:say one', { prompt_cache_key: 'thread' });
  const second = await ask(relay, 'sim:say two', { prompt_cache_key: 'thread' });
  expect(second.headers['x-relay-account']).toBe(first.headers['x-relay-account']);
  expect(second.headers['x-relay-reason']).toMatch(/^[abc] keeps the conversation/);
  const [decision] = (await detail(relay, second.headers['x-request-id'])).decisions;
  expect(decision!.conversation?.ownerId).toBe(decision!.chosenId);
});

test('three equal accounts share 300 conversations, each 80 to 120 (R-01)', async () => {
  const relay = await pool(['a', 'b', 'c']);
  const counts: Record<string, number> = { a: 0, b: 0, c: 0 };
  for (let round = 0; round < 60; round += 1) {
    const answers = await Promise.all(Array.from({ length: 5 }, (_, index) => ask(relay, `sim:say ${round} ${index}`)));
    for (const { headers } of answers) counts[String(headers['x-relay-account'])]! += 1;
  }
  for (const count of Object.values(counts)) {
    expect(count).toBeGreaterThanOrEqual(80);
    expect(count).toBeLessThanOrEqual(120);
  }
});

test('an account whose week is at 99 % gets at most 2 % beside one at 10 % (R-02)', async () => {
  running = await startRelay({
    accounts: [
      { name: 'a', kind: 'chatgpt', weekly: { usedPercent: 99 }, fiveHour: null },
      { name: 'b', kind: 'chatgpt', weekly: { usedPercent: 10 }, fiveHour: null },
    ],
  });
  let toA = 0;
  for (let round = 0; round < 60; round += 1) {
    const { headers } = await ask(running, `sim:say ${round}`);
    if (headers['x-relay-account'] === 'a') toA += 1;
  }
  expect(toA).toBeLessThanOrEqual(1);
});
