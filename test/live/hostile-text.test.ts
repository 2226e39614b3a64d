import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { visibleText } from '../../src-renderer/features/calls/visible-text.ts';
import { pages } from '../../src-renderer/features/shell/pages.ts';
import { type LiveRelay, startLiveRelay } from './live-relay.ts';
import { openDashboard } from './watched-page.ts';

/** What would run, load or lead away if it were anything but text; each in a field of its own. */
const hostile = {
  accountLabel: '<img src=x onerror=hit()>label',
  longLabel: `\u202e"'><svg/onload=hit()>${'w'.repeat(50)}`,
  email: '<img/src=x/onerror=hit()>@example.test',
  keyName: '"><script>hit()</script>key',
  project: '</script><svg onload=hit()>project',
  member: "javascript:hit()//'-member",
  // biome-ignore lint/suspicious/noTemplateCurlyInString: a template that nobody must run.
  alias: '{{hit()}}${hit()}<b onmouseover=hit()>alias',
  model: '<iframe srcdoc="<script>hit()</script>">model\u202e',
  userAgent: '<a href=javascript:hit()>agent</a>',
  upstreamError: '![x](https://evil.example/pixel.png) <img src=//evil.example/x onerror=hit()> upstream',
} as const;

let relay: LiveRelay;
beforeAll(async () => {
  relay = await startLiveRelay({
    accounts: [
      { name: hostile.accountLabel, kind: 'chatgpt', email: hostile.email },
      { name: hostile.longLabel, kind: 'openai' },
    ],
    settings: { 'models.aliases': { [hostile.alias]: 'gpt-5.5' } },
  });
  const { secret: key } = await relay.api<{ secret: string }>('POST', '/api/keys', {
    name: hostile.keyName,
    project: hostile.project,
    member: hostile.member,
    requestsPerMinute: 600,
  });
  for (const [scope, subject] of [
    ['project', hostile.project],
    ['member', hostile.member],
  ]) {
    await relay.api('POST', '/api/budgets', { scope, subject, unit: 'tokens', period: 'day', limit: 1_000_000 });
  }
  const as = { key, headers: { 'user-agent': hostile.userAgent, 'session-id': hostile.model.replace('\u202e', '') } };
  expect((await relay.call({ model: hostile.alias }, as)).status).toBe(200);
  await relay.call({ model: hostile.model }, as);
  await relay.call({ model: 'nul\u0000\u001b[31m\r\nmodel' }, as);
  const { message } = { message: hostile.upstreamError };
  const refusal = { error: { message, type: 'invalid_request_error', code: 'bad_thing', param: null } };
  relay.simulator.account(hostile.accountLabel).script({ kind: 'status', status: 400, body: refusal });
  expect((await relay.call({}, as)).status).toBe(400);
  relay.simulator.account(hostile.accountLabel).script({ kind: 'failed', code: 'server_error', message });
  await relay.call({}, as);
});
afterAll(() => relay.stop());

/** Nothing of it has become an element, a handler or a link, and nothing of it has run. */
async function expectOnlyText(page: Page): Promise<void> {
  const found = await page.evaluate(() => {
    const elements = [...document.querySelectorAll('body *')].filter(
      (element) =>
        ['IMG', 'IFRAME', 'OBJECT', 'EMBED', 'SCRIPT', 'B', 'BASE'].includes(element.tagName) ||
        element.getAttributeNames().some((name) => name.startsWith('on')) ||
        /^\s*(javascript|data|vbscript):|evil\.example/i.test(element.getAttribute('href') ?? ''),
    );
    return { elements: elements.map(({ outerHTML }) => outerHTML.slice(0, 200)), ran: Reflect.has(globalThis, 'ran') };
  });
  expect(found).toEqual({ elements: [], ran: false });
}

/** All that can be read on a page: its text, its hints and what its fields hold. */
const readable = (page: Page): Promise<string> =>
  page.evaluate(() =>
    [...document.querySelectorAll('body *')]
      .flatMap((element) => [
        element.textContent,
        element.getAttribute('title'),
        element.getAttribute('aria-label'),
        element instanceof HTMLInputElement ? element.value : null,
      ])
      .join('\n'),
  );

async function openWatching(path: string): Promise<Page> {
  const { page, tolerate } = await openDashboard(relay);
  // A call that is not in the log is asked for, and is not there.
  tolerate(/status of 404/);
  await page.evaluate("globalThis.hit = () => { globalThis.ran = true; return ''; }");
  await goTo(page, path);
  return page;
}

/** Within the same document, so that what is to be caught stays in place. */
async function goTo(page: Page, path: string): Promise<void> {
  await page.evaluate((to) => {
    history.pushState(null, '', to);
    dispatchEvent(new PopStateEvent('popstate'));
  }, path);
  await expect.poll(() => page.locator('output', { hasText: 'Loading' }).count()).toBe(0);
}

/** As it is, or with what would hide or turn it written out or left out. */
const isShown = (read: string, text: string): boolean =>
  [text, visibleText(text), text.replaceAll('\u202e', '')].some((form) => read.includes(form));

const shownOn: readonly (readonly [keyof typeof hostile, string])[] = [
  ['accountLabel', '/accounts'],
  ['longLabel', '/accounts'],
  ['email', '/accounts'],
  ['keyName', '/keys'],
  ['project', '/projects'],
  ['member', '/projects?by=member'],
  ['alias', '/calls'],
  ['model', '/calls'],
  ['upstreamError', '/errors'],
  ['accountLabel', '/usage?by=account'],
];

test.each(shownOn)('what would run in %s is text on %s', async (field, path) => {
  const page = await openWatching(path);
  await expect.poll(async () => isShown(await readable(page), hostile[field])).toBe(true);
  await expectOnlyText(page);
});

test('it is text in the breakdown of every call, and in its JSON', async () => {
  const page = await openWatching('/calls');
  const calls = await relay.calls();
  expect(calls.length).toBeGreaterThanOrEqual(5);
  const read: string[] = [];
  for (const { id } of calls) {
    await goTo(page, `/calls/${id}`);
    await page.getByRole('complementary', { name: 'Call' }).getByRole('region', { name: 'Attempts' }).waitFor();
    read.push(await readable(page));
    await expectOnlyText(page);
    await page.getByRole('button', { name: 'View as JSON' }).click();
    await page.locator('pre').first().waitFor();
    await expectOnlyText(page);
  }
  const fields = [
    'accountLabel',
    'keyName',
    'project',
    'member',
    'alias',
    'model',
    'userAgent',
    'upstreamError',
  ] as const;
  expect(fields.filter((field) => !isShown(read.join('\n'), hostile[field]))).toEqual([]);
});

test('on every page, and at every address with it, nothing of it runs, loads or leads away', async () => {
  const page = await openWatching('/');
  const given = encodeURIComponent(hostile.project);
  const addresses = [
    ...pages.map(({ path }) => path),
    ...pages.map(({ path }) => `${path}?open=${given}&model=${given}&by=${given}&window=${given}&q=${given}`),
    `/calls/${given}`,
    `/projects?open=${given}`,
    `/projects?by=member&open=${encodeURIComponent(hostile.member)}`,
    `/calls?project=${given}`,
    `/${given}`,
    '/calls?model=%00%0d%0a%1b',
  ];
  for (const address of addresses) {
    await goTo(page, address);
    await page.getByRole('heading', { level: 1 }).waitFor();
    await expectOnlyText(page);
  }
});
