import { beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { userEvent } from 'vitest/browser';
import { account, call, key } from '../unit/dashboard/samples.ts';
import { expectNoAxeViolations } from './expect-no-axe-violations.ts';
import { fakeRelay } from './fake-relay.ts';
import { openApp } from './open-app.tsx';

const payload = '<img src=x onerror=\'document.title="owned"\'>';

beforeEach(() => localStorage.removeItem('relay.palette'));

type Screen = Awaited<ReturnType<typeof openApp>>;
const at = () => location.pathname + location.search;
const finder = (screen: Screen) => screen.getByRole('combobox', { name: /^Find a page/ });
const names = (screen: Screen) =>
  screen
    .getByRole('option')
    .elements()
    .map((option) => option.querySelector('span')?.textContent);

async function openPalette(screen: Screen): Promise<void> {
  await expect.element(screen.getByRole('heading', { level: 1 })).toBeVisible();
  await userEvent.keyboard('{Control>}k{/Control}');
  await expect.element(finder(screen)).toHaveFocus();
}

describe('the palette', () => {
  it('goes to a page by a few letters and the keyboard alone', async () => {
    fakeRelay();
    const screen = await openApp('/');
    await openPalette(screen);
    await userEvent.keyboard('reh');
    await expect.poll(() => names(screen)[0]).toBe('Rehearsal');
    const [first] = screen.getByRole('option').elements();
    await expect.poll(() => finder(screen).element().getAttribute('aria-activedescendant')).toBe(first?.id);
    await userEvent.keyboard('{Enter}');
    await expect.element(screen.getByRole('heading', { name: 'Rehearsal', level: 1 })).toBeVisible();
    await expect.element(finder(screen)).not.toBeInTheDocument();
  });

  it('begins with what was done lately, then pages and actions', async () => {
    fakeRelay();
    const screen = await openApp('/');
    await openPalette(screen);
    await expect.poll(() => names(screen)[0]).toBe('Overview');
    await userEvent.keyboard('errors{Enter}');
    await expect.element(screen.getByRole('heading', { name: 'Errors', level: 1 })).toBeVisible();
    await openPalette(screen);
    await expect.poll(() => names(screen).slice(0, 2)).toEqual(['Errors', 'Overview']);
    await userEvent.keyboard('{ArrowDown}{Enter}');
    await expect.element(screen.getByRole('heading', { name: 'Overview', level: 1 })).toBeVisible();
  });

  it('finds accounts, keys by their project, and a call by its id', async () => {
    const relay = fakeRelay();
    relay.state.accounts = [{ ...account, label: payload }];
    relay.state.keys = [{ ...key, name: 'bot', project: 'storefront' }];
    const screen = await openApp('/');
    await openPalette(screen);
    await userEvent.keyboard('storefr');
    await expect.poll(() => names(screen)).toEqual(['storefront', 'bot']);
    await screen.getByRole('option', { name: 'bot Key' }).click();
    await expect.poll(at).toBe('/keys?open=key_1');
    await openPalette(screen);
    await userEvent.fill(finder(screen), 'autostart');
    await expect.poll(() => names(screen)).toEqual(['Start when you log in']);
    await userEvent.keyboard('{Enter}');
    await expect.poll(at).toBe('/settings?show=desktop.launchAtLogin');
    await openPalette(screen);
    await userEvent.fill(finder(screen), 'img src');
    await screen
      .getByRole('option', { name: `${payload} Account` })
      .first()
      .click();
    await expect.poll(at).toBe('/accounts?show=acc_1');
    await expect.element(screen.getByRole('listitem', { name: payload })).toHaveFocus();
    await openPalette(screen);
    await userEvent.fill(finder(screen), ` call_0123abcd `);
    await expect.poll(() => names(screen)).toEqual(['Open call call_0123abcd']);
    await userEvent.keyboard('{Enter}');
    await expect.poll(at).toBe('/calls/call_0123abcd');
    expect(document.title).not.toBe('owned');
    expect(call.id).not.toBe('call_0123abcd');
  });

  it('pauses Relay and an account, says what is not seen, and stays with the reason where Relay refuses', async () => {
    const relay = fakeRelay();
    const screen = await openApp('/errors');
    await openPalette(screen);
    await userEvent.keyboard('pause personal');
    relay.state.refuseNext = 'It cannot be paused now.';
    await userEvent.keyboard('{Enter}');
    await expect.element(screen.getByRole('alert')).toHaveTextContent('It cannot be paused now.');
    await userEvent.keyboard('{Enter}');
    await expect.element(screen.getByText('Done: Pause personal until resumed')).toBeVisible();
    await openPalette(screen);
    await userEvent.keyboard('pause relay{Enter}');
    await expect.element(screen.getByText('Relay is paused')).toBeVisible();
    await openPalette(screen);
    await userEvent.keyboard('resume relay{Enter}');
    await expect.element(screen.getByText('Relay is paused')).not.toBeInTheDocument();
    expect(relay.changes()).toEqual([
      ['POST', '/api/accounts/acc_1/pause', {}],
      ['POST', '/api/accounts/acc_1/pause', {}],
      ['POST', '/api/relay/pause', {}],
      ['POST', '/api/relay/resume', null],
    ]);
  });

  it('copies the base URL and opens the forms that make things', async () => {
    fakeRelay();
    const written = vi.spyOn(navigator.clipboard, 'writeText').mockResolvedValue();
    onTestFinished(() => written.mockRestore());
    const screen = await openApp('/');
    await openPalette(screen);
    await userEvent.keyboard('copy base{Enter}');
    await expect.element(screen.getByText('Copied http://127.0.0.1:4141/v1')).toBeVisible();
    expect(written).toHaveBeenCalledWith('http://127.0.0.1:4141/v1');
    await openPalette(screen);
    await userEvent.keyboard('create key{Enter}');
    const form = screen.getByRole('dialog', { name: 'Create a key' });
    await expect.element(form).toBeVisible();
    await form.getByRole('button', { name: 'Close' }).click();
    await expect.poll(at).toBe('/keys');
    await openPalette(screen);
    await userEvent.keyboard('add account{Enter}');
    await expect.element(screen.getByRole('dialog', { name: 'Add an account' })).toBeVisible();
  });

  it('is opened by the pointer too, says what to do where nothing fits, and closes without a trace', async () => {
    fakeRelay();
    const screen = await openApp('/errors');
    await screen.getByRole('button', { name: /^Find/ }).click();
    await expect.element(finder(screen)).toHaveFocus();
    await expectNoAxeViolations();
    await userEvent.keyboard('zzzz');
    await expect.element(screen.getByText(/^Nothing is called that/)).toBeVisible();
    await expectNoAxeViolations();
    await userEvent.keyboard('{Escape}');
    await expect.element(finder(screen)).not.toBeInTheDocument();
    expect(localStorage.getItem('relay.palette')).toBeNull();
  });
});

describe('shortcuts', () => {
  it('jump to pages by g and a letter, and are all listed by ?', async () => {
    fakeRelay();
    const screen = await openApp('/');
    await expect.element(screen.getByRole('heading', { name: 'Overview', level: 1 })).toBeVisible();
    await userEvent.keyboard('ge');
    await expect.element(screen.getByRole('heading', { name: 'Errors', level: 1 })).toBeVisible();
    await userEvent.keyboard('?');
    const sheet = screen.getByRole('dialog', { name: 'Keyboard shortcuts' });
    const textOf = (name: string) => sheet.getByRole('region', { name }).element().textContent;
    await expect.element(sheet).toBeVisible();
    expect(textOf('Go to')).toContain('Errorsge');
    expect(textOf('Calls')).toContain('Next calljor↓');
    await expectNoAxeViolations();
    await userEvent.keyboard('ga');
    expect(at()).toBe('/errors');
    await userEvent.keyboard('{Escape}');
    await expect.element(sheet).not.toBeInTheDocument();
    await userEvent.keyboard('ga');
    await expect.poll(at).toBe('/accounts');
  });

  it('do nothing while someone types, and g does not swallow what a page does by itself', async () => {
    const relay = fakeRelay();
    relay.state.keys = [key];
    const screen = await openApp('/keys');
    const search = screen.getByRole('textbox');
    await search.fill('');
    await userEvent.keyboard('gc?j');
    await expect.element(search).toHaveValue('gc?j');
    expect(at()).toBe('/keys');
    await expect.element(screen.getByRole('dialog')).not.toBeInTheDocument();
  });
});
