import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { startGapFront } from '../support/gap-front.ts';
import { type LiveRelay, startLiveRelay } from './live-relay.ts';
import { openDashboard } from './watched-page.ts';

let relay: LiveRelay;
beforeAll(async () => {
  relay = await startLiveRelay({ accounts: [{ name: 'metered', kind: 'openai' }] });
});
afterAll(() => relay.stop());

const lost = (page: Page) => page.getByText('Relay does not answer.');
const table = (page: Page) => page.getByRole('grid', { name: 'Calls, newest first' });

/** What the table says it has, and the calls of its first rows. */
async function shown(page: Page) {
  const rows = await table(page)
    .getByRole('row')
    .evaluateAll((all) => all.map(({ id }) => id));
  const count = Number(await table(page).getAttribute('aria-rowcount')) - 1;
  return { count, ids: rows.filter((id) => id !== '').map((id) => id.replace('call-row-', '')) };
}

/** No call is missing in the table and none is there twice: it has what the log has, in its order. */
async function expectSameAsLog(page: Page): Promise<void> {
  await expect
    .poll(async () => {
      const { count, ids } = await shown(page);
      const calls = await relay.calls();
      return {
        count: count - calls.length,
        ids:
          ids.join() ===
          calls
            .slice(0, ids.length)
            .map(({ id }) => id)
            .join(),
      };
    })
    .toEqual({ count: 0, ids: true });
}

test('Relay that is killed and started again: the page says so, comes back by itself, and has every call once', async () => {
  for (let call = 0; call < 12; call += 1) await relay.call({});
  const { page, tolerate } = await openDashboard(relay, '/calls');
  tolerate(/ERR_CONNECTION_REFUSED|ERR_INCOMPLETE_CHUNKED_ENCODING|ERR_CONNECTION_RESET|ERR_EMPTY_RESPONSE/);
  await page.evaluate('globalThis.sameDocument = true');
  await expectSameAsLog(page);

  relay.simulator.account('metered').latency = { perEventMs: 100 };
  const cut = relay.call({ input: 'sim:tokens 400', stream: true }).catch(() => null);
  await page.getByRole('img', { name: 'In flight' }).waitFor();
  await relay.kill();
  expect(await cut).toBe(null);
  await lost(page).waitFor();
  expect(await page.getByText('Not connected').count()).toBe(1);
  // What was read stays to be read.
  expect((await shown(page)).count).toBe(13);

  relay.simulator.account('metered').latency = null;
  await relay.startAgain();
  await lost(page).waitFor({ state: 'detached' });
  await page.getByRole('img', { name: 'Interrupted' }).waitFor();
  expect((await relay.call({})).status).toBe(200);
  await expectSameAsLog(page);
  expect((await relay.calls()).map(({ status }) => status)).toEqual(['ok', 'interrupted', ...Array(12).fill('ok')]);
  expect(await page.evaluate('globalThis.sameDocument')).toBe(true);
});

test('a connection that is cut while calls go on is taken up where it was left', async () => {
  const front = await startGapFront(relay.url);
  onTestFinished(front.stop);
  await relay.api('PATCH', '/api/settings', { 'hosts.allowed': [new URL(front.origin).host] });
  const { page, tolerate } = await openDashboard({ ...relay, url: front.origin }, '/calls');
  tolerate(/ERR_CONNECTION_REFUSED|ERR_INCOMPLETE_CHUNKED_ENCODING|ERR_CONNECTION_RESET|ERR_EMPTY_RESPONSE/);
  await expectSameAsLog(page);
  const { count } = await shown(page);
  await front.cut();
  await lost(page).waitFor();
  for (let call = 0; call < 5; call += 1) await relay.call({});
  expect((await shown(page)).count).toBe(count);
  await front.mend();
  await page.getByRole('button', { name: 'Try now' }).click();
  await lost(page).waitFor({ state: 'detached' });
  await expectSameAsLog(page);
});

test('a page that slept has afterwards what happened meanwhile', async () => {
  const { page } = await openDashboard(relay, '/calls');
  await expectSameAsLog(page);
  const devtools = await page.context().newCDPSession(page);
  await devtools.send('Page.setWebLifecycleState', { state: 'frozen' });
  for (let call = 0; call < 5; call += 1) await relay.call({});
  await devtools.send('Page.setWebLifecycleState', { state: 'active' });
  await expectSameAsLog(page);
});

test('a page that nobody sees gives its connection back, and takes it up where it is seen again', async () => {
  const { page } = await openDashboard(relay, '/calls');
  await expectSameAsLog(page);
  const seen = (state: 'visible' | 'hidden') =>
    page.evaluate((now) => {
      Object.defineProperty(document, 'visibilityState', { configurable: true, value: now });
      document.dispatchEvent(new Event('visibilitychange'));
    }, state);
  const ended = page.waitForEvent('requestfailed', (request) => request.url().endsWith('/api/events'));
  await seen('hidden');
  await ended;
  for (let call = 0; call < 5; call += 1) await relay.call({});
  await seen('visible');
  await expectSameAsLog(page);
  expect(await lost(page).count()).toBe(0);
});
