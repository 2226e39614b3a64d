import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import type { BudgetView } from '../../src-shared/contract/budget.ts';
import type { CallList } from '../../src-shared/contract/call.ts';
import type { RawAnswer } from '../support/raw-call.ts';
import { type HeadlessRelay, startHeadlessRelay } from './support/headless-relay.ts';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

// One API key as an account: its calls cost what its tokens cost.
let relay: HeadlessRelay;
beforeAll(async () => {
  relay = await startHeadlessRelay({
    accounts: [
      { name: 'a', kind: 'openai' },
      { name: 'b', kind: 'openai' },
    ],
    settings: { 'limits.queueMs': 0 },
  });
});
afterAll(() => relay.stop());
beforeEach(() => relay.simulator.clearJournal());

const hello = { input: 'sim:say hello' };
const outcome = ({ status, text }: RawAnswer): string =>
  status === 200 ? '200' : `${status} ${JSON.parse(text).error.type} ${JSON.parse(text).error.code}`;
const limited = '429 requests rate_limit_exceeded';
const asked = () => relay.simulator.modelRequests().length;
const times = <T>(count: number, make: () => T): T[] => Array.from({ length: count }, make);

interface Use {
  readonly inFlight: number;
  readonly requests: { readonly limit: number; readonly left: number } | null;
  readonly tokens: { readonly limit: number; readonly left: number } | null;
}
const useOf = async (keyId: string): Promise<Use> =>
  (await relay.api<{ use: Record<string, Use> }>('GET', '/keys/use')).use[keyId]!;

test('L-01: the request beyond five a minute is told when, uses up nothing, and its row says so', async () => {
  const { secret, key } = await relay.createKey({ requestsPerMinute: 5 });
  const answers = await Promise.all(times(5, () => relay.ask(hello, {}, secret)));
  const refused = await relay.ask(hello, {}, secret);
  const wait = Number(refused.headers['retry-after']);
  expect([answers.map(outcome), outcome(refused), asked()]).toEqual([times(5, () => '200'), limited, 5]);
  expect([Number.isInteger(wait), wait >= 1, wait <= 12]).toEqual([true, true, true]);
  expect(refused.headers).toMatchObject({
    'x-ratelimit-limit-requests': '5',
    'x-ratelimit-remaining-requests': '0',
    'x-ratelimit-reset-requests': expect.stringMatching(/^(\d+m)?[\d.]+(s|ms)$/),
  });
  expect(await relay.rowOf(refused)).toMatchObject({ status: 'error', httpStatus: 429, attempts: [], keyId: key.id });
  // What refusals would have used up, a change that gives two more would have to pay first.
  await Promise.all(times(20, () => relay.ask(hello, {}, secret)));
  await relay.api('PATCH', `/keys/${key.id}`, { requestsPerMinute: 8 });
  expect(outcome(await relay.ask(hello, {}, secret))).toBe('200');
});

test('L-02: a call that is too large never gets in, of two at once that do not fit together one does, and the estimate becomes real usage', async () => {
  const { secret, key } = await relay.createKey({ tokensPerMinute: 1_000 });
  const tooLarge = await relay.ask({ input: `sim:say x ${'word '.repeat(1_200)}` }, {}, secret);
  expect([outcome(tooLarge), tooLarge.headers['x-should-retry'], asked()]).toEqual([
    '429 tokens rate_limit_exceeded',
    'false',
    0,
  ]);
  // Answered at once, the first would give back what it does not need before the second comes.
  for (const name of ['a', 'b']) relay.simulator.account(name).always({ kind: 'pace', perEventMs: 60 });
  const two = await Promise.all(times(2, () => relay.ask({ ...hello, max_output_tokens: 590 }, {}, secret)));
  for (const name of ['a', 'b']) relay.simulator.account(name).always(null);
  expect(two.map(outcome).sort()).toEqual(['200', '429 tokens rate_limit_exceeded']);
  const { inputTokens, outputTokens } = await relay.rowOf(two.find(({ status }) => status === 200)!);
  const used = inputTokens! + outputTokens!;
  const { tokens } = await useOf(key.id);
  expect([tokens!.left >= 1_000 - used, tokens!.left <= 1_000]).toEqual([true, true]);
  expect(used).toBeLessThan(590);
});

test('L-03: a third call at once is refused with a wait of 1 s, and gets in once one has ended', async () => {
  const { secret, key } = await relay.createKey({ concurrency: 2 });
  for (const name of ['a', 'b']) relay.simulator.account(name).always({ kind: 'silence', at: 'created' });
  const leave = times(2, () => new AbortController());
  const running = leave.map(({ signal }) =>
    relay.send({
      ...{ path: '/v1/responses', key: secret, signal },
      body: JSON.stringify({ model: 'gpt-5.5', ...hello, stream: true }),
    }),
  );
  for (const call of running) call.catch(() => undefined);
  await expect.poll(asked).toBe(2);
  const third = await relay.ask(hello, {}, secret);
  expect([outcome(third), third.headers['retry-after'], (await useOf(key.id)).inFlight]).toEqual([limited, '1', 2]);
  for (const name of ['a', 'b']) relay.simulator.account(name).always(null);
  leave[0]!.abort();
  await expect.poll(async () => (await useOf(key.id)).inFlight).toBe(1);
  expect(outcome(await relay.ask(hello, {}, secret))).toBe('200');
  leave[1]!.abort();
  // L-07 as well: what was cancelled gave its place back.
  await expect.poll(async () => (await useOf(key.id)).inFlight).toBe(0);
});

/** A key with a budget of `calls` times what one call costs. */
async function budgetFor(calls: number, period: 'day' | 'total') {
  const { secret, key } = await relay.createKey();
  const cost = (await relay.rowOf(await relay.ask(hello))).costMicroUsd!;
  const budget = await relay.api<BudgetView>('POST', '/budgets', {
    ...{ scope: 'key', subject: key.id, unit: 'cost', period, limit: Math.round(cost * calls) },
  });
  const view = async () =>
    (await relay.api<{ budgets: BudgetView[] }>('GET', '/budgets')).budgets.find(({ id }) => id === budget.id)!;
  return { secret, key, cost, view };
}

// The day of 23 and of 25 hours needs a clock of its own: test/unit/keys/budgets.test.ts and test/unit/domain/period.test.ts.
test('L-04: a spent daily budget refuses until it begins anew, which is told, and counts each call once', async () => {
  const { secret, view, cost } = await budgetFor(1, 'day');
  let refused = await relay.ask(hello, {}, secret);
  for (let n = 0; n < 3 && refused.status === 200; n += 1) refused = await relay.ask(hello, {}, secret);
  const { resetsAt, used, reserved } = await view();
  expect(outcome(refused)).toBe('429 insufficient_quota insufficient_quota');
  expect(refused.headers['x-should-retry']).toBe('false');
  const untilReset = (resetsAt! - Date.now()) / 1_000;
  expect(Math.abs(Number(refused.headers['retry-after']) - untilReset)).toBeLessThan(30);
  expect([used % cost, reserved]).toEqual([0, 0]);
});

test('L-05: 20 calls at once do not take a budget beyond its limit by more than one, and its figure is the sum of the rows', async () => {
  const { secret, key, view, cost } = await budgetFor(10, 'total');
  await Promise.all(times(20, () => relay.ask(hello, {}, secret)));
  for (let status = 200; status === 200; ) status = (await relay.ask(hello, {}, secret)).status;
  const { calls } = await relay.api<CallList>('GET', `/calls?keyId=${key.id}&status=ok&limit=100`);
  const rows = calls.reduce((sum, call) => sum + call.costMicroUsd!, 0);
  const { used, reserved, limit } = await view();
  expect([used, reserved, rows < limit + cost]).toEqual([rows, 0, true]);
});

test('L-06: a limit that is changed while calls run counts for the next one, and nothing left is below zero in a header', async () => {
  const { secret, key } = await relay.createKey({ requestsPerMinute: 10 });
  await Promise.all(times(6, () => relay.ask(hello, {}, secret)));
  await relay.api('PATCH', `/keys/${key.id}`, { requestsPerMinute: 3 });
  const refused = await relay.ask(hello, {}, secret);
  expect([outcome(refused), refused.headers['x-ratelimit-limit-requests']]).toEqual([limited, '3']);
  expect(Number(refused.headers['x-ratelimit-remaining-requests'])).toBe(0);
  await relay.api('PATCH', `/keys/${key.id}`, { requestsPerMinute: 100 });
  const allowed = await relay.ask(hello, {}, secret);
  expect([outcome(allowed), allowed.headers['x-ratelimit-limit-requests']]).toEqual(['200', '100']);
});

test('L-07: a call that fails, and one that fails over twice, count as one request each and give their place back', async () => {
  const { secret, key } = await relay.createKey({ concurrency: 1, requestsPerMinute: 10 });
  relay.simulator.account('a').script({ kind: 'status', status: 500 });
  relay.simulator.account('b').script({ kind: 'status', status: 500 });
  const first = await relay.ask(hello, {}, secret);
  relay.simulator.account('a').faults.clear();
  relay.simulator.account('b').faults.clear();
  const last = await relay.ask(hello, {}, secret);
  const { attempts } = await relay.rowOf(first);
  expect(attempts.length).toBeGreaterThan(1);
  expect([outcome(last), last.headers['x-ratelimit-remaining-requests']]).toEqual(['200', '8']);
  expect(await useOf(key.id)).toMatchObject({ inFlight: 0 });
});

test('L-10: what a client says about limits, about who it is and about keys is not believed', async () => {
  const { secret, key } = await relay.createKey({ requestsPerMinute: 1 });
  const other = await relay.createKey();
  const lies = {
    'x-ratelimit-remaining-requests': '99',
    'x-ratelimit-limit-requests': '99',
    'x-user-id': 'root',
    'x-key-id': other.key.id,
    'x-api-key': other.key.id,
  };
  const answers = [await relay.ask(hello, lies, secret), await relay.ask(hello, lies, secret)];
  expect(answers.map(outcome)).toEqual(['200', limited]);
  expect((await relay.rowOf(answers[0]!)).keyId).toBe(key.id);
});
