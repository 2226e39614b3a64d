import { afterAll, beforeAll, expect, test } from 'vitest';
import { pages, welcomePage } from '../../src-renderer/features/shell/pages.ts';
import { expectAxeClean } from './expect-axe-clean.ts';
import { type LiveRelay, startLiveRelay } from './live-relay.ts';
import { openDashboard } from './watched-page.ts';

let relay: LiveRelay;
beforeAll(async () => {
  relay = await startLiveRelay({
    accounts: [
      { name: 'personal', kind: 'chatgpt' },
      { name: 'metered', kind: 'openai' },
    ],
  });
  const { secret: key } = await relay.api<{ secret: string }>('POST', '/api/keys', {
    name: 'Laptop',
    project: 'storefront',
    member: 'ada',
    requestsPerMinute: 60,
  });
  const budget = { scope: 'project', subject: 'storefront', unit: 'cost', period: 'month', limit: 5_000_000 };
  await relay.api('POST', '/api/budgets', budget);
  await relay.call({ stream: true }, { key });
  relay.simulator.account('personal').script({ kind: 'status', status: 503, body: {} });
  await relay.call({ input: 'sim:tokens 40' }, { key });
  await relay.call({ model: 'nobody-has-this' }, { key });
});
afterAll(() => relay.stop());

const addresses = pages.map(({ path, title }) => [title, path] as const);

test.each(addresses)('axe finds nothing serious in %s, in light and in dark', async (title, path) => {
  const { page } = await openDashboard(relay, path);
  await page
    .getByRole('heading', { level: 1, ...(path === welcomePage.path ? {} : { name: title, exact: true }) })
    .waitFor();
  await expect.poll(() => page.locator('output', { hasText: 'Loading' }).count()).toBe(0);
  await expectAxeClean(page);
});
