import type { Locator, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import type { BudgetView } from '../../src-shared/contract/budget.ts';
import { type LiveRelay, startLiveRelay } from './live-relay.ts';
import { openDashboard } from './watched-page.ts';

let relay: LiveRelay;
beforeAll(async () => {
  relay = await startLiveRelay({
    accounts: [
      { name: 'first', kind: 'chatgpt' },
      { name: 'second', kind: 'chatgpt' },
    ],
  });
});
afterAll(() => relay.stop());

let before: ReadonlySet<string>;
beforeEach(async () => {
  before = new Set((await relay.calls()).map(({ id }) => id));
});
afterEach(() => {
  for (const name of ['first', 'second']) {
    relay.simulator.account(name).faults.clear();
    relay.simulator.account(name).latency = null;
  }
});

/** The call that a test has made: the newest that was not there before. */
async function newCall() {
  await expect.poll(async () => (await relay.calls()).some(({ id }) => !before.has(id))).toBe(true);
  return (await relay.calls()).find(({ id }) => !before.has(id))!;
}

const rowOf = (page: Page, id: string): Locator => page.locator(`[id="call-row-${id}"]`);
const statusIn = (row: Locator, name: string): Locator => row.getByRole('img', { name, exact: true });

test('a call is in the table while it runs, and is seen to end there', async () => {
  const { page } = await openDashboard(relay, '/calls');
  relay.simulator.account('first').latency = { perEventMs: 50 };
  const answer = relay.call({ input: 'sim:tokens 60', stream: true });
  const { id } = await newCall();
  const row = rowOf(page, id);
  await statusIn(row, 'In flight').waitFor();
  expect((await answer).text).toContain('response.completed');
  await statusIn(row, 'OK').waitFor();
  expect(await row.textContent()).toContain('gpt-5.5');
  expect(await row.textContent()).toContain('first');
});

test('a failover is seen in the waterfall of its call: who failed and why, then who served', async () => {
  const { page, tolerate } = await openDashboard(relay, '/calls');
  // The bodies of the opened call are asked for, and were not kept.
  tolerate(/status of 404/);
  relay.simulator.account('first').script({ kind: 'status', status: 502, body: { error: { message: 'boom' } } });
  expect((await relay.call({ stream: true })).status).toBe(200);
  const { id, attempts } = await newCall();
  expect(attempts.map(({ accountLabel, outcome }) => [accountLabel, outcome])).toEqual([
    ['first', 'failed'],
    ['second', 'served'],
  ]);
  await rowOf(page, id).click();
  const waterfall = page.getByRole('region', { name: 'Attempts' });
  await expect
    .poll(() =>
      waterfall
        .getByRole('listitem')
        .filter({ hasText: /^\d+\. / })
        .allTextContents(),
    )
    .toEqual([expect.stringMatching(/first.*failed.*502/), expect.stringMatching(/second.*served.*200/)]);
  const decision = page.getByRole('region', { name: 'Decision' });
  await expect.poll(() => decision.textContent()).toContain('second');
  // The same thing as the API tells it.
  await page.getByRole('button', { name: 'View as JSON' }).click();
  const shown = page.getByRole('complementary', { name: 'Call' }).locator('pre');
  await expect
    .poll(async () => JSON.parse((await shown.textContent()) ?? ''))
    .toEqual(await relay.api('GET', `/api/calls/${id}`));
});

test('a budget that stops a call is seen in the call, among the errors and at its project', async () => {
  const { secret: key } = await relay.api<{ secret: string }>('POST', '/api/keys', { name: 'Shop', project: 'shop' });
  const budget = await relay.api<BudgetView>('POST', '/api/budgets', {
    ...{ scope: 'project', subject: 'shop', unit: 'tokens', period: 'day', limit: 50 },
  });
  const { page, tolerate } = await openDashboard(relay, '/calls');
  // The bodies of the opened call are asked for, and were not kept.
  tolerate(/status of 404/);
  expect((await relay.call({ input: 'sim:tokens 80' }, { key })).status).toBe(200);
  await expect.poll(async () => (await relay.api<BudgetView>('GET', `/api/budgets/${budget.id}`)).state).toBe('spent');
  before = new Set((await relay.calls()).map(({ id }) => id));
  const refused = await relay.call({}, { key });
  expect([refused.status, JSON.parse(refused.text).error.type]).toEqual([429, 'insufficient_quota']);

  const { id, errorCode, reason } = await newCall();
  const row = rowOf(page, id);
  await statusIn(row, 'Error').waitFor();
  await row.click();
  await page.getByRole('complementary', { name: 'Call' }).getByText(reason!).first().waitFor();

  await page.getByRole('link', { name: 'Errors' }).click();
  const cause = page.getByRole('listitem').filter({ hasText: errorCode! });
  await cause.first().waitFor();
  expect(await cause.first().textContent()).toContain('Refused by Relay');

  await page.getByRole('link', { name: 'Projects' }).click();
  await page.getByText('shop', { exact: true }).first().click();
  await page.getByText('Used up: calls are refused').first().waitFor();
});

test('an account that is switched off in the middle of a stream finishes it, and the next call goes elsewhere', async () => {
  const { page } = await openDashboard(relay, '/accounts');
  const card = page.getByRole('listitem', { name: 'first', exact: true });
  const use = card.getByRole('switch', { name: 'Use first' });
  relay.simulator.account('first').latency = { perEventMs: 50 };
  const answer = relay.call({ input: 'sim:tokens 100', stream: true });
  await card.getByText('1 in flight').waitFor();
  await use.click();
  await expect.poll(() => use.getAttribute('aria-checked')).toBe('false');
  expect((await relay.account('first')).inFlight).toBe(1);
  const elsewhere = await relay.call({ input: 'sim:say over here' });
  expect(elsewhere.status).toBe(200);
  expect((await answer).text).toContain('response.completed');
  await card.getByText('Idle').waitFor();
  const [next, cut] = await relay.calls();
  expect([cut, next].map((call) => [call?.accountLabel, call?.status, call?.attempts.length])).toEqual([
    ['first', 'ok', 1],
    ['second', 'ok', 1],
  ]);
  await use.click();
  await expect.poll(() => use.getAttribute('aria-checked')).toBe('true');
  expect((await relay.call({})).status).toBe(200);
  expect((await relay.calls())[0]?.accountLabel).toBe('first');
});

test('an account that is paused in its menu says so, takes nothing, and is resumed there', async () => {
  const { page } = await openDashboard(relay, '/accounts');
  const card = page.getByRole('listitem', { name: 'first', exact: true });
  const choose = async (name: string) => {
    await card.getByRole('button', { name: 'Actions for first' }).click();
    await page.getByRole('menuitem', { name, exact: true }).click();
  };
  await choose('Pause until resumed');
  await card.getByText(/^Paused/).waitFor();
  await relay.call({});
  expect((await relay.calls())[0]?.accountLabel).toBe('second');
  await choose('Resume');
  await card.getByText(/^Paused/).waitFor({ state: 'detached' });
  await relay.call({});
  expect((await relay.calls())[0]?.accountLabel).toBe('first');
});
