import { existsSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type LiveRelay, startLiveRelay } from './live-relay.ts';
import { openDashboard } from './watched-page.ts';

let relay: LiveRelay;
beforeAll(async () => {
  relay = await startLiveRelay({ accounts: [{ name: 'metered', kind: 'openai' }] });
  await relay.api('DELETE', `/api/accounts/${(await relay.account('metered')).id}`);
});
afterAll(() => relay.stop());

test('leads from no account to the first call of a client, and to one from the page itself', async () => {
  const { page } = await openDashboard(relay);
  await page.getByRole('heading', { name: 'Welcome', level: 1 }).waitFor();
  await page.getByRole('radio', { name: 'API key' }).check({ force: true });
  await page
    .getByLabel('API key', { exact: true })
    .and(page.locator('input[type=password]'))
    .fill(relay.simulator.account('metered').apiKey);
  await page.getByRole('button', { name: 'Add account' }).click();

  await page.getByRole('heading', { name: 'Connect a client' }).waitFor();
  await page.getByRole('combobox', { name: 'Which program do you use?' }).click();
  await page.getByRole('option', { name: 'curl' }).click();
  await page.getByRole('button', { name: 'Make a key and fill it in' }).click();
  const lines = page.getByRole('region', { name: 'Lines for curl' });
  await page.getByText('The key is filled in.').waitFor();
  const [, key = ''] = /Bearer ([^"]+)"/.exec((await lines.textContent()) ?? '') ?? [];
  await page.getByRole('button', { name: 'Go on' }).click();

  await page.getByText('Waiting for the first call. Ask curl something').waitFor();
  expect((await relay.call({ input: 'Say hello' }, { key })).status).toBe(200);
  await page.getByText('Your first call is here').waitFor();
  await page.getByText(/^OK/).waitFor();

  await page.getByRole('button', { name: 'Send one from here' }).click();
  await page.getByText('The model said:').waitFor();
  const testKey = async () => {
    const { keys } = await relay.api<{ keys: { name: string; revokedAt: number | null }[] }>('GET', '/api/keys');
    return keys.filter(({ name }) => name === 'Test from the dashboard').map(({ revokedAt }) => revokedAt !== null);
  };
  await expect.poll(testKey).toEqual([true]);
  await page.getByRole('button', { name: 'Finish' }).click();
  await page.getByRole('heading', { name: 'Overview', level: 1 }).waitFor();
  expect(await page.getByText('The first steps are not finished').count()).toBe(0);
});

test('writes a client’s settings after showing the change, checks them, and takes them back', async () => {
  const { page } = await openDashboard(relay, '/connect/codex');
  await page.getByRole('button', { name: 'Set it up for me' }).click();
  const changes = page.getByRole('region', { name: /^Changes of .*config\.toml$/ });
  await changes.waitFor();
  const path = ((await changes.getAttribute('aria-label')) ?? '').replace('Changes of ', '');
  expect(existsSync(path)).toBe(false);
  await page.getByRole('button', { name: 'Write this' }).click();
  await page.getByText('Written.').waitFor();
  expect(readFileSync(path, 'utf8')).toContain(`${relay.url}/v1`);
  await page.getByRole('button', { name: 'Check that it works' }).click();
  await page.getByText('Written.').waitFor({ state: 'detached' });
  await page.getByRole('button', { name: 'Undo' }).click();
  await page.getByRole('button', { name: 'Set it up for me' }).waitFor();
  expect(existsSync(path)).toBe(false);
});

test('tries another strategy out on what was, and chooses by it once it is saved', async () => {
  const { page } = await openDashboard(relay, '/routing');
  await page.getByText(/would have gone elsewhere/).waitFor();
  await page.getByRole('combobox', { name: 'Strategy' }).click();
  await page.getByRole('option', { name: 'Fastest' }).click();
  await page.getByText(/^Strategy fastest for /).waitFor();
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText('Saved: the next call is chosen by it.').waitFor();
  expect(await relay.api('GET', '/api/routing')).toMatchObject({ strategy: 'fastest' });
  await page.getByRole('button', { name: 'Undo the change' }).click();
  await expect.poll(() => relay.api('GET', '/api/routing')).toMatchObject({ strategy: 'fill-first' });
});
