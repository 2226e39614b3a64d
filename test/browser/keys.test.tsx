import { describe, expect, it } from 'vitest';
import { key } from '../unit/dashboard/samples.ts';
import { fakeRelay } from './fake-relay.ts';
import { openApp } from './open-app.tsx';

describe('keys', () => {
  it('are shown once when created, with lines that are ready to paste', async () => {
    const relay = fakeRelay();
    const screen = await openApp('/keys');
    await screen.getByRole('button', { name: 'Create key' }).click();
    const form = screen.getByRole('dialog', { name: 'Create a key' });
    await form.getByRole('textbox', { name: 'Name' }).fill(' laptop ');
    await form.getByRole('textbox', { name: 'Project (optional)' }).fill('shop');
    await form.getByRole('button', { name: 'Create key' }).click();
    const created = screen.getByRole('dialog', { name: 'Key “laptop”' });
    await expect.element(created.getByText('relay_the-secret', { exact: true })).toBeVisible();
    expect(relay.changes()).toEqual([['POST', '/api/keys', { name: 'laptop', project: 'shop', member: null }]]);
    const lines = () => document.querySelector('pre')?.textContent;
    expect(lines()).toBe(`model_provider = "relay"

[model_providers.relay]
name = "Relay"
base_url = "http://127.0.0.1:4141/v1"
wire_api = "responses"
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

  it('are rotated and revoked only when asked twice', async () => {
    const relay = fakeRelay();
    const screen = await openApp('/keys');
    await screen.getByRole('button', { name: 'Revoke' }).click();
    await screen.getByRole('button', { name: 'Revoke for good' }).click();
    await expect.poll(relay.changes).toEqual([['POST', '/api/keys/key_1/revoke', null]]);
    await screen.getByRole('button', { name: 'Rotate' }).click();
    await screen.getByRole('button', { name: 'Rotate: the old key stops' }).click();
    await expect.element(screen.getByText('relay_rotated', { exact: true })).toBeVisible();
  });

  it('that are over can only be looked at', async () => {
    const relay = fakeRelay();
    relay.state.keys = [
      { ...key, id: 'key_1', revokedAt: Date.now() },
      { ...key, id: 'key_2', expiresAt: Date.now() - 1 },
    ];
    const screen = await openApp('/keys');
    await expect.element(screen.getByText('Revoked')).toBeVisible();
    await expect.element(screen.getByText('Expired')).toBeVisible();
    await expect.element(screen.getByRole('button', { name: 'Rotate' })).not.toBeInTheDocument();
  });

  it('say what to do where there are none yet', async () => {
    const relay = fakeRelay();
    relay.state.keys = [];
    const screen = await openApp('/keys');
    await expect.element(screen.getByRole('heading', { name: 'No keys yet' })).toBeVisible();
  });
});
