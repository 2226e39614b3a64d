import { lexer } from 'marked';
import { describe, expect, it } from 'vitest';
import { userEvent } from 'vitest/browser';
import { render } from 'vitest-browser-react';
import { Markdown } from '../../src-renderer/features/docs/markdown.tsx';
import { expectNoAxeViolations } from './expect-no-axe-violations.ts';
import { fakeRelay } from './fake-relay.ts';
import { openApp } from './open-app.tsx';

const at = () => location.pathname + location.hash;

describe('the docs', () => {
  it('begin with a guide, and lead from one to another', async () => {
    fakeRelay();
    const screen = await openApp('/docs');
    await expect.element(screen.getByRole('heading', { name: 'Install', level: 2 })).toBeVisible();
    await screen.getByRole('link', { name: 'When an account fails' }).click();
    await expect.poll(at).toBe('/docs/failover');
    await expect.element(screen.getByRole('heading', { name: 'When an account fails', level: 2 })).toBeVisible();
    await screen.getByRole('article').getByRole('link', { name: 'errors.md' }).click();
    await expect.poll(at).toBe('/docs/errors');
    await expect.element(screen.getByRole('table').first()).toBeVisible();
    await expectNoAxeViolations();
  });

  it('describe an endpoint at its own address, with lines that call this machine', async () => {
    fakeRelay();
    const screen = await openApp('/docs/createKey');
    const page = screen.getByRole('article');
    await expect.element(page.getByRole('heading', { name: 'Create a key' })).toBeVisible();
    await expect.element(page.getByText('POST', { exact: true })).toBeVisible();
    const lines = () => page.element().querySelector('pre')?.textContent ?? '';
    expect(lines()).toContain(`curl '${location.origin}/api/keys' \\\n  -H "Authorization: Bearer $RELAY_API_TOKEN"`);
    await page.getByText('Python', { exact: true }).click();
    expect(lines()).toContain('import urllib.request');
    await page.getByText('Node', { exact: true }).click();
    expect(lines()).toContain('await fetch(');
    const body = page.getByRole('region', { name: 'Body' });
    await expect.element(body.getByText('requestsPerMinute')).toBeVisible();
    await expect.element(body.getByText('string, from 1 to 80 characters', { exact: true })).toBeVisible();
    await expect.element(page.getByRole('region', { name: 'Answer 201' })).toBeVisible();
    await expect.element(page.getByRole('region', { name: 'Refusals' }).getByText('409')).toBeVisible();
    await expect.element(page.getByRole('button', { name: 'Send' })).not.toBeInTheDocument();
    await expectNoAxeViolations();
  });

  it('try what only reads, and show a refusal in its own words', async () => {
    const relay = fakeRelay();
    const screen = await openApp('/docs/getCall');
    const page = screen.getByRole('article');
    const id = page.getByRole('textbox', { name: 'id' });
    await id.fill('nobody knows');
    await page.getByRole('button', { name: 'Send' }).click();
    await expect.element(page.getByRole('alert')).toHaveTextContent('There is no call with this id in the log.');
    expect(relay.asked.at(-1)?.path).toBe('/api/calls/nobody%20knows');
    await id.fill('call_1');
    await page.getByRole('button', { name: 'Send' }).click();
    await expect.element(page.getByRole('status')).toBeVisible();
    const shown = [...page.element().querySelectorAll('pre')].map((one) => one.textContent ?? '');
    expect(shown.some((text) => text.includes('"id": "call_1"'))).toBe(true);
  });

  it('are searched through guides and endpoints alike', async () => {
    fakeRelay();
    const screen = await openApp('/docs/routing');
    await expect.element(screen.getByRole('link', { name: 'GET List accounts' })).toBeVisible();
    await userEvent.keyboard('/');
    const search = screen.getByRole('textbox', { name: 'Search the docs' });
    await expect.element(search).toHaveFocus();
    await search.fill('rotate key');
    const found = () =>
      screen
        .getByRole('complementary', { name: 'Contents' })
        .getByRole('link')
        .elements()
        .map((link) => link.getAttribute('href'));
    await expect.poll(() => found()[0]).toBe('/docs/rotateKey');
    await expect.poll(found).toContain('/docs/limits');
    await search.fill('xyzzy plugh');
    await expect.element(screen.getByText('Nothing in the docs has all of these words.')).toBeVisible();
    await screen.getByRole('button', { name: 'Clear the search' }).click();
    await screen.getByRole('link', { name: 'Recipes for clients' }).click();
    await expect.element(screen.getByRole('region', { name: 'Open WebUI' })).toBeVisible();
  });

  it('say so where there is no such page', async () => {
    fakeRelay();
    const screen = await openApp('/docs/noSuchThing');
    await expect.element(screen.getByRole('heading', { name: 'There is no such page in the docs' })).toBeVisible();
  });
});

describe('markdown', () => {
  it('becomes text and links that lead nowhere else, whatever is in it', async () => {
    const text = [
      '# T',
      '<img src=x onerror="document.title=\'owned\'"> [a](javascript:alert(1)) [b](data:text/html,x) ![pic](http://evil.test/x.png)',
      '[guide](errors.md#causes) [out](https://example.test/) [source](../src/x.ts)',
      '<script>document.title = "owned"</script>',
    ].join('\n\n');
    const { container } = await render(<Markdown tokens={lexer(text)} />);
    expect(container.querySelector('img, script, iframe')).toBeNull();
    expect([...container.querySelectorAll('a')].map((link) => link.getAttribute('href'))).toEqual([
      '/docs/errors#causes',
      'https://example.test/',
    ]);
    expect(container.textContent).toContain('<img src=x');
    expect(document.title).not.toBe('owned');
  });
});
