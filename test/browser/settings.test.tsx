import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { userEvent } from 'vitest/browser';
import { chooseOption } from './choose-option.ts';
import { expectNoAxeViolations } from './expect-no-axe-violations.ts';
import { fakeRelay } from './fake-relay.ts';
import { openApp } from './open-app.tsx';

const payload = '<img src=x onerror=\'document.title="owned"\'>';

describe('settings', () => {
  it('are changed one at a time, in a unit that a person likes, and the last change is taken back', async () => {
    const relay = fakeRelay();
    const screen = await openApp('/settings');
    const silence = screen.getByRole('textbox', { name: 'Silence of an upstream' });
    await expect.element(silence).toHaveValue('5');
    await expect
      .element(silence)
      .toHaveAccessibleDescription('How long an upstream may stay silent once its answer has begun.');
    await silence.fill('90');
    await chooseOption(screen.getByRole('combobox', { name: 'Unit of Silence of an upstream' }), 's');
    await screen.getByRole('button', { name: 'Save' }).click();
    await expect.element(screen.getByText('Silence of an upstream: 5 min → 90 s.')).toBeVisible();
    await expect.element(silence).toHaveValue('90');
    await screen.getByRole('button', { name: 'Undo' }).click();
    await expect.element(silence).toHaveValue('5');
    await expect.element(screen.getByRole('button', { name: 'Undo' })).not.toBeInTheDocument();
    expect(relay.changes()).toEqual([
      ['PATCH', '/api/settings', { 'timeouts.silenceMs': 90_000 }],
      ['PATCH', '/api/settings', { 'timeouts.silenceMs': 300_000 }],
    ]);
  });

  it('choose one of the keys where a setting names one', async () => {
    const relay = fakeRelay();
    const screen = await openApp('/settings');
    const chosen = screen.getByRole('combobox', { name: 'Key of Ollama clients' });
    await expect.element(chosen).toHaveTextContent('None');
    await chooseOption(chosen, relay.state.keys[0]!.name);
    await expect.element(chosen).toHaveTextContent(relay.state.keys[0]!.name);
    await chooseOption(chosen, 'None');
    await expect.element(chosen).toHaveTextContent('None');
    expect(relay.changes().map(([, , body]) => body)).toEqual([
      { 'ollama.keyId': relay.state.keys[0]!.id },
      { 'ollama.keyId': null },
    ]);
  });

  it('that Relay refuses say why and keep what was typed', async () => {
    const relay = fakeRelay();
    const screen = await openApp('/settings');
    const days = screen.getByRole('textbox', { name: 'Keep calls for' });
    await days.fill('0');
    await userEvent.keyboard('{Enter}');
    await expect
      .element(screen.getByRole('alert'))
      .toHaveTextContent('The field cannot be used: Too small: expected number to be >=1.');
    await expect.element(days).toHaveValue('0');
    await days.fill('30');
    await userEvent.keyboard('{Enter}');
    await expect.element(screen.getByRole('alert')).not.toBeInTheDocument();
    await expect.element(screen.getByText('Keep calls for: 365 days → 30 days.')).toBeVisible();
    await screen.getByRole('button', { name: 'Set Keep calls for to its default' }).click();
    await expect.element(days).toHaveValue('365');
    expect(relay.state.settings['retention.days']).toBe(365);
  });

  it('that were changed elsewhere meanwhile are not overwritten before it is said', async () => {
    const relay = fakeRelay();
    const screen = await openApp('/settings');
    const days = screen.getByRole('textbox', { name: 'Keep calls for' });
    await days.fill('30');
    relay.state.settings = { ...relay.state.settings, 'retention.days': 90 };
    await userEvent.keyboard('{Enter}');
    await expect
      .element(screen.getByRole('alert'))
      .toHaveTextContent('It was changed elsewhere meanwhile, to 90 days. Save again to replace that.');
    expect(relay.state.settings['retention.days']).toBe(90);
    await expect.element(days).toHaveValue('30');
    await userEvent.keyboard('{Enter}');
    await expect.poll(() => relay.state.settings['retention.days']).toBe(30);
  });

  it('do not stand in the way of each other', async () => {
    const relay = fakeRelay();
    const screen = await openApp('/settings');
    const toggle = screen.getByRole('switch', { name: 'A budget reaches a mark' });
    await expect.element(toggle).toBeChecked();
    relay.state.settings = { ...relay.state.settings, 'retention.days': 90 };
    await toggle.click();
    await expect.element(toggle).not.toBeChecked();
    expect(relay.state.settings['notifications.budgetMarks']).toBe(false);
    await expect.element(screen.getByRole('textbox', { name: 'Keep calls for' })).toHaveValue('90');
  });

  it('are found by plain words, and opened at one by its address', async () => {
    fakeRelay();
    const screen = await openApp('/settings?show=models.prices');
    const row = () => document.querySelector('[data-setting="models.prices"]');
    await expect.poll(() => row()?.getBoundingClientRect().top ?? 9_999).toBeLessThan(window.innerHeight);
    await userEvent.keyboard('/');
    const search = screen.getByRole('textbox', { name: 'Search settings' });
    await expect.element(search).toHaveFocus();
    await userEvent.keyboard('autostart');
    const titles = () =>
      screen
        .getByRole('heading', { level: 3 })
        .elements()
        .map((title) => title.textContent);
    await expect.poll(titles).toEqual(['Start when you log in']);
    await search.fill('nothing like it');
    await screen.getByRole('button', { name: 'Clear the search' }).click();
    await expect.poll(() => titles().length).toBeGreaterThan(40);
    await expectNoAxeViolations();
  });

  it('of models are tables: names and prices of your own', async () => {
    const relay = fakeRelay();
    relay.state.settings = { ...relay.state.settings, 'models.aliases': { fast: 'gpt-6-luna' } };
    const screen = await openApp('/settings');
    const names = screen.getByRole('form', { name: 'Your own names' });
    await expect.element(names.getByRole('textbox', { name: 'Name 1' })).toHaveValue('fast');
    await names.getByRole('button', { name: 'Add' }).click();
    await names.getByRole('textbox', { name: 'Name 2' }).fill(payload);
    await expect.element(names.getByRole('button', { name: 'Save' })).toBeDisabled();
    await names.getByRole('textbox', { name: 'Model 2' }).fill('gpt-6.1-sol-high');
    await names.getByRole('button', { name: 'Remove row 1' }).click();
    await names.getByRole('button', { name: 'Save' }).click();
    await expect.poll(() => relay.state.settings['models.aliases']).toEqual({ [payload]: 'gpt-6.1-sol-high' });
    const prices = screen.getByRole('form', { name: 'Your own prices' });
    await prices.getByRole('button', { name: 'Add' }).click();
    await prices.getByRole('textbox', { name: 'Model 1' }).fill('my-model');
    await prices.getByRole('textbox', { name: 'Input 1', exact: true }).fill('1.25');
    await prices.getByRole('textbox', { name: 'Output 1' }).fill('10');
    await prices.getByRole('button', { name: 'Save' }).click();
    await expect
      .poll(() => relay.state.settings['models.prices'])
      .toEqual({ 'my-model': { input: 1.25, output: 10, cachedInput: null, cacheWrite: null } });
    expect(document.title).not.toBe('owned');
  });
});

describe('beside the settings', () => {
  it('a section is opened by its address too', async () => {
    fakeRelay();
    await openApp('/settings?show=secrets');
    const top = () => document.getElementById('section-secrets')?.getBoundingClientRect().top ?? 9_999;
    await expect.poll(top).toBeLessThan(window.innerHeight);
  });

  it('an import shows what it would change before it changes anything', async () => {
    const relay = fakeRelay();
    const screen = await openApp('/settings');
    const file = screen.getByLabelText('File to import');
    await userEvent.upload(file, new File(['not json'], 'wrong.json'));
    await expect
      .element(screen.getByRole('alert'))
      .toHaveTextContent('This is not a file that Relay has exported: it is not JSON.');
    await userEvent.upload(file, new File(['{"format":"relay-settings"}'], 'relay-settings.json'));
    const dialog = screen.getByRole('dialog', { name: 'Import relay-settings.json' });
    await expect.element(dialog.getByText('retention.days')).toBeVisible();
    await expect.element(dialog.getByText(/left out: office/)).toBeVisible();
    await expectNoAxeViolations();
    expect(relay.changes()).toEqual([['POST', '/api/import?dryRun=1', { format: 'relay-settings' }]]);
    await dialog.getByRole('button', { name: 'Import' }).click();
    await expect.element(screen.getByText('Imported.')).toBeVisible();
    expect(relay.changes().at(-1)).toEqual(['POST', '/api/import?dryRun=0', { format: 'relay-settings' }]);
  });

  it('an export and a backup are downloads of the API', async () => {
    fakeRelay();
    const loaded: string[] = [];
    const click = vi.spyOn(HTMLAnchorElement.prototype, 'click').mockImplementation(function (this: HTMLAnchorElement) {
      loaded.push(`${this.pathname} ${this.hasAttribute('download')}`);
    });
    onTestFinished(() => click.mockRestore());
    const screen = await openApp('/settings');
    await screen.getByRole('button', { name: 'Export settings' }).click();
    await screen.getByRole('button', { name: 'Download a backup' }).click();
    expect(loaded).toEqual(['/api/export true', '/api/backup true']);
  });

  it('secrets are moved with a passphrase, and what is left to do is said', async () => {
    const relay = fakeRelay();
    relay.state.moved = { ...relay.state.moved, left: 1, next: 'Start Relay with RELAY_PASSPHRASE from now on.' };
    const screen = await openApp('/settings');
    await screen.getByRole('button', { name: 'Move to an encrypted file…' }).click();
    const dialog = screen.getByRole('dialog', { name: 'Move secrets to an encrypted file' });
    await dialog.getByLabelText('Passphrase').fill('correct horse');
    await dialog.getByRole('button', { name: 'Move' }).click();
    await expect.element(dialog.getByText('Start Relay with RELAY_PASSPHRASE from now on.')).toBeVisible();
    await expect.element(dialog.getByText(/^1 old copy could not be erased/)).toBeVisible();
    expect(relay.changes()).toEqual([['POST', '/api/secrets/move', { to: 'file', passphrase: 'correct horse' }]]);
    expect(document.documentElement.outerHTML).not.toContain('correct horse');
    await dialog.getByRole('button', { name: 'Done' }).click();
    await expect.element(screen.getByText('Now: an encrypted file.')).toBeVisible();
  });

  it('captured bodies are counted, and erased only when said so', async () => {
    const relay = fakeRelay();
    relay.state.bodies = { calls: 12, bytes: 340_000, oldestAt: Date.now() - 86_400_000, dropped: 2 };
    const screen = await openApp('/settings');
    await expect.element(screen.getByText(/Kept now: 12 calls, 340 kB/)).toBeVisible();
    await screen.getByRole('button', { name: 'Erase all…' }).click();
    await screen.getByRole('dialog').getByRole('button', { name: 'Erase for good' }).click();
    await expect.element(screen.getByText('Erased what was kept of 12 calls.')).toBeVisible();
    await expect.element(screen.getByRole('button', { name: 'Erase all…' })).toBeDisabled();
    expect(relay.changes()).toEqual([['DELETE', '/api/bodies', null]]);
  });

  it('the app’s own things are said to be elsewhere where Relay has no window', async () => {
    fakeRelay();
    const screen = await openApp('/settings');
    await expect.element(screen.getByText(/^Relay runs without its desktop app now/)).toBeVisible();
  });
});
