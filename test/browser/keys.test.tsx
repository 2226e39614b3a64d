import { describe, expect, it } from 'vitest';
import { userEvent } from 'vitest/browser';
import { account, key } from '../unit/dashboard/samples.ts';
import { usage } from '../unit/dashboard/usage-samples.ts';
import { chooseOption } from './choose-option.ts';
import { expectNoAxeViolations } from './expect-no-axe-violations.ts';
import { fakeRelay } from './fake-relay.ts';
import { openApp } from './open-app.tsx';

const payload = '<img src=x onerror=\'document.title="owned"\'>';

describe('keys', () => {
  it('are shown once when created, with lines that are ready to paste', async () => {
    const relay = fakeRelay();
    const screen = await openApp('/keys');
    await screen.getByRole('button', { name: 'Create key' }).click();
    const form = screen.getByRole('dialog', { name: 'Create a key' });
    await form.getByRole('textbox', { name: 'Name' }).fill(' laptop ');
    await form.getByLabelText('Project (optional)').fill('shop');
    await form.getByRole('button', { name: 'Create key' }).click();
    const created = screen.getByRole('dialog', { name: 'Key “laptop”' });
    await expect.element(created.getByText('relay_the-secret', { exact: true })).toBeVisible();
    expect(relay.changes()).toEqual([['POST', '/api/keys', { name: 'laptop', project: 'shop' }]]);
    const lines = () => document.querySelector('pre')?.textContent;
    expect(lines()).toBe(`model_provider = "relay"

[model_providers.relay]
name = "Relay"
base_url = "http://127.0.0.1:4141/v1"
wire_api = "responses"
supports_websockets = true
experimental_bearer_token = "relay_the-secret"`);
    await created.getByText('curl', { exact: true }).click();
    expect(lines()).toBe(`curl http://127.0.0.1:4141/v1/responses \\
  -H "Authorization: Bearer relay_the-secret" \\
  -H "Content-Type: application/json" \\
  -d '{"model": "gpt-6.1-sol", "input": "Say hello"}'`);
    await created.getByRole('button', { name: 'I have copied it' }).click();
    await expect.element(created).not.toBeInTheDocument();
    expect(document.documentElement.outerHTML).not.toContain('relay_the-secret');
  });

  it('are made with limits and scopes; only what is kept to something is sent', async () => {
    const relay = fakeRelay();
    relay.state.accounts = [account, { ...account, id: 'acc_2', label: 'work', models: ['gpt-5.5'] }];
    const screen = await openApp('/keys');
    await screen.getByRole('button', { name: 'Create key' }).click();
    const form = screen.getByRole('dialog', { name: 'Create a key' });
    await form.getByRole('textbox', { name: 'Name' }).fill('bot');
    await form.getByRole('button', { name: 'Limits and scopes…' }).click();
    await form.getByRole('checkbox', { name: 'gpt-5.5' }).click();
    await form.getByRole('checkbox', { name: 'work' }).click();
    await form.getByRole('checkbox', { name: 'Chat Completions' }).click();
    await chooseOption(form.getByRole('combobox', { name: 'Reasoning effort' }), 'At most medium');
    await form.getByRole('checkbox', { name: /May overflow/ }).click();
    await form.getByRole('spinbutton', { name: 'Requests/min' }).fill('60');
    await form.getByRole('spinbutton', { name: 'Calls at once' }).fill('4');
    await form.getByRole('spinbutton', { name: 'Output tokens' }).fill('2000');
    await form.getByLabelText('Expires').fill('2027-01-01T12:00');
    await expectNoAxeViolations();
    await form.getByRole('button', { name: 'Create key' }).click();
    await expect.element(screen.getByText('relay_the-secret', { exact: true })).toBeVisible();
    const wanted = {
      name: 'bot',
      models: ['gpt-5.5'],
      accounts: ['acc_2'],
      endpoints: ['chat'],
      effortCeiling: 'medium',
      overflow: true,
      requestsPerMinute: 60,
      concurrency: 4,
      maxOutputTokens: 2_000,
      expiresAt: new Date('2027-01-01T12:00').getTime(),
    };
    expect(relay.changes()).toEqual([['POST', '/api/keys', wanted]]);
  });

  it('are changed in what was changed', async () => {
    const relay = fakeRelay();
    relay.state.keys = [{ ...key, requestsPerMinute: 60, models: ['gpt-6.1-sol'] }];
    const screen = await openApp('/keys');
    await act(screen, 'Edit…');
    const form = screen.getByRole('dialog', { name: 'Edit “laptop”' });
    await form.getByRole('spinbutton', { name: 'Requests/min' }).fill('');
    await form.getByRole('spinbutton', { name: 'Tokens/min' }).fill('5000');
    relay.state.refuseNext = 'A key cannot have this.';
    await form.getByRole('button', { name: 'Save' }).click();
    await expect.element(form.getByRole('alert')).toHaveTextContent('A key cannot have this.');
    await form.getByRole('button', { name: 'Save' }).click();
    await expect.element(form).not.toBeInTheDocument();
    const patch = ['PATCH', '/api/keys/key_1', { requestsPerMinute: null, tokensPerMinute: 5_000 }];
    expect(relay.changes()).toEqual([patch, patch]);
  });

  it('are rotated with the grace that was chosen, and the end of the old secret is counted down', async () => {
    const relay = fakeRelay();
    relay.state.keys = [{ ...key, previousUntil: Date.now() + 90 * 60_000 }];
    const screen = await openApp('/keys');
    await expect.element(screen.getByText(/^old one ends in 1h (30|29)m$/)).toBeVisible();
    await act(screen, 'Rotate…');
    const dialog = screen.getByRole('dialog', { name: 'Rotate “laptop”' });
    await chooseOption(dialog.getByRole('combobox', { name: 'The old secret' }), 'It works for 12 hours more');
    await dialog.getByRole('button', { name: 'Rotate' }).click();
    await expect.element(screen.getByText('relay_rotated', { exact: true })).toBeVisible();
    expect(relay.changes()).toEqual([['POST', '/api/keys/key_1/rotate', { graceMs: 43_200_000 }]]);
  });

  it('are revoked for good only when said so, and what runs is let finish or cut', async () => {
    const relay = fakeRelay();
    const screen = await openApp('/keys');
    await act(screen, 'Revoke…');
    const dialog = screen.getByRole('dialog', { name: 'Revoke “laptop”' });
    await dialog.getByRole('button', { name: 'Cancel' }).click();
    await expect.element(dialog).not.toBeInTheDocument();
    expect(relay.changes()).toEqual([]);
    await act(screen, 'Revoke…');
    await dialog.getByRole('radio', { name: 'are cut off' }).click();
    await dialog.getByRole('button', { name: 'Revoke for good' }).click();
    await expect.poll(relay.changes).toEqual([['POST', '/api/keys/key_1/revoke', { cut: true }]]);
  });

  it('show what they use of their limits now, and in full beside the list', async () => {
    const relay = fakeRelay();
    relay.state.keys = [{ ...key, name: payload, requestsPerMinute: 60, concurrency: 4, accounts: ['acc_1'] }];
    const use = { inFlight: 4, waiting: 2, requests: { limit: 60, left: 45 }, tokens: null };
    relay.state.keyUse = { key_1: use };
    relay.state.usage = () => usage;
    const screen = await openApp('/keys');
    await expect.element(screen.getByRole('meter', { name: 'Requests/min' })).toHaveAttribute('aria-valuenow', '25');
    await expect
      .element(screen.getByRole('meter', { name: 'At once, 2 waiting' }))
      .toHaveAttribute('aria-valuenow', '100');
    relay.state.keyUse = { key_1: { ...use, inFlight: 1, waiting: 0 } };
    await expect
      .element(screen.getByRole('meter', { name: 'At once', exact: true }))
      .toHaveAttribute('aria-valuenow', '25');
    await screen.getByRole('button', { name: payload, exact: true }).click();
    const panel = screen.getByRole('complementary', { name: payload });
    await expect.element(panel.getByText('Accounts: personal')).toBeVisible();
    await expect.element(panel.getByText('1.3k')).toBeVisible();
    await expectNoAxeViolations();
    await userEvent.keyboard('{Escape}');
    await expect.element(panel).not.toBeInTheDocument();
    expect(document.title).not.toBe('owned');
  });

  it('are found by what is typed, and those that are over only when asked for', async () => {
    const relay = fakeRelay();
    relay.state.keys = [
      key,
      { ...key, id: 'key_2', name: 'bot', member: 'Grace' },
      { ...key, id: 'key_3', name: 'old', revokedAt: Date.now() },
      { ...key, id: 'key_4', name: 'late', expiresAt: Date.now() - 1 },
    ];
    const screen = await openApp('/keys');
    const names = () =>
      [...screen.container.querySelectorAll('tbody tr td:first-child button')].map((one) => one.textContent);
    await expect.poll(names).toEqual(['bot', 'laptop']);
    await screen.getByRole('checkbox', { name: 'Also the 2 revoked or expired' }).click();
    await expect.poll(names).toEqual(['late', 'old', 'bot', 'laptop']);
    await screen.getByRole('button', { name: 'Actions for old' }).click();
    expect(
      screen
        .getByRole('menuitem')
        .elements()
        .map((item) => item.textContent),
    ).toEqual(['Its calls']);
    await userEvent.keyboard('{Escape}');
    await screen.getByRole('textbox').fill('grace');
    await expect.poll(names).toEqual(['bot']);
  });

  it('say what to do where there are none yet', async () => {
    const relay = fakeRelay();
    relay.state.keys = [];
    const screen = await openApp('/keys');
    await expect.element(screen.getByRole('heading', { name: 'No keys yet' })).toBeVisible();
  });
});

type Screen = Awaited<ReturnType<typeof openApp>>;

async function act(screen: Screen, name: string): Promise<void> {
  await screen.getByRole('button', { name: 'Actions for laptop' }).click();
  await screen.getByRole('menuitem', { name }).click();
}
