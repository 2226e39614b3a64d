import { describe, expect, it } from 'vitest';
import { chooseOption } from './choose-option.ts';
import { expectNoAxeViolations } from './expect-no-axe-violations.ts';
import { fakeRelay, openTunnel } from './fake-relay.ts';
import { openApp } from './open-app.tsx';

describe('the tunnel', () => {
  it('is opened for a while through what is installed, shows its key once, and is closed', async () => {
    const relay = fakeRelay();
    const screen = (await openApp('/connect')).getByRole('region', { name: 'Cursor tunnel' });
    await chooseOption(screen.getByRole('combobox', { name: 'How long it stays open' }), 'for 1 hour');
    await chooseOption(screen.getByRole('combobox', { name: 'What opens it' }), 'through Tailscale Funnel');
    await screen.getByRole('button', { name: 'Open a tunnel' }).click();
    await expect.element(screen.getByText('https://quiet-words.trycloudflare.com/v1')).toBeVisible();
    await expect.element(screen.getByText('relay_tunnel-secret')).toBeVisible();
    await expectNoAxeViolations();
    await screen.getByRole('button', { name: 'Stop', exact: true }).click();
    await expect.element(screen.getByRole('button', { name: 'Open a tunnel' })).toBeVisible();
    await expect.element(screen.getByText('relay_tunnel-secret')).not.toBeInTheDocument();
    expect(relay.changes()).toEqual([
      ['POST', '/api/tunnel', { via: 'tailscale', forMs: 3_600_000 }],
      ['DELETE', '/api/tunnel', null],
    ]);
  });

  it('that somebody else opened shows no key, and one that is opening can be given up', async () => {
    const relay = fakeRelay();
    Object.assign(relay.state.tunnel, openTunnel);
    const screen = (await openApp('/connect')).getByRole('region', { name: 'Cursor tunnel' });
    await expect.element(screen.getByText(/Its key was shown when it was opened/)).toBeVisible();
    relay.state.tunnel = { ...relay.state.tunnel, state: 'opening', baseUrl: null };
    await screen.getByRole('button', { name: 'Cancel' }).click();
    await expect.element(screen.getByRole('button', { name: 'Open a tunnel' })).toBeVisible();
    expect(relay.changes()).toEqual([['DELETE', '/api/tunnel', null]]);
  });

  it('says what to install, why the last one ended, and why none could be opened', async () => {
    const relay = fakeRelay();
    relay.state.tunnel.reason = 'cloudflared ended: no route';
    const screen = (await openApp('/connect')).getByRole('region', { name: 'Cursor tunnel' });
    await expect.element(screen.getByText('The last tunnel ended: cloudflared ended: no route')).toBeVisible();
    relay.state.tunnelRefusal = 'cloudflared told no public address within 45 s.';
    await screen.getByRole('button', { name: 'Open a tunnel' }).click();
    await expect
      .element(screen.getByRole('alert'))
      .toHaveTextContent('cloudflared told no public address within 45 s.');
    relay.state.tunnel.installed = [];
    await expect.element(screen.getByText(/Neither cloudflared nor Tailscale is installed here/)).toBeVisible();
    await expect.element(screen.getByRole('button', { name: 'Open a tunnel' })).not.toBeInTheDocument();
    await expectNoAxeViolations();
  });
});

it('Cursor’s own panel opens the tunnel too, and no other does beside it', async () => {
  const relay = fakeRelay();
  const screen = await openApp('/connect/cursor');
  const panel = screen.getByRole('complementary', { name: 'Cursor' });
  await panel.getByRole('button', { name: 'Open a tunnel' }).click();
  await expect.element(panel.getByText('https://quiet-words.trycloudflare.com/v1')).toBeVisible();
  expect(screen.container.querySelectorAll('section[aria-label="Cursor tunnel"]').length).toBe(1);
  await expectNoAxeViolations();
  expect(relay.changes()).toEqual([['POST', '/api/tunnel', { via: 'cloudflared', forMs: 43_200_000 }]]);
});

describe('Ollama clients', () => {
  it('are served as a new key, which is made for them, until that is stopped', async () => {
    const relay = fakeRelay();
    const screen = (await openApp('/connect')).getByRole('region', { name: 'Ollama clients' });
    await screen.getByRole('button', { name: 'Serve them' }).click();
    await expect.element(screen.getByText('http://127.0.0.1:11434')).toBeVisible();
    await expect.element(screen.getByRole('link', { name: relay.state.keys[0]!.name })).toBeVisible();
    await expectNoAxeViolations();
    await screen.getByRole('button', { name: 'Stop', exact: true }).click();
    await expect.element(screen.getByRole('button', { name: 'Serve them' })).toBeVisible();
    expect(relay.changes()).toEqual([
      ['POST', '/api/keys', { name: 'Ollama clients' }],
      ['PATCH', '/api/settings', { 'ollama.enabled': true, 'ollama.keyId': relay.state.keys[0]!.id }],
      ['PATCH', '/api/settings', { 'ollama.enabled': false }],
    ]);
  });

  it('are served as a key that was there, and say why they are not', async () => {
    const relay = fakeRelay();
    relay.state.ollamaFailure = 'Port 11434 is taken by ollama (process 7).';
    const screen = (await openApp('/connect')).getByRole('region', { name: 'Ollama clients' });
    const { id, name } = relay.state.keys[0]!;
    await chooseOption(screen.getByRole('combobox', { name: 'Key of Ollama clients' }), `as ${name}`);
    await screen.getByRole('button', { name: 'Serve them' }).click();
    await expect
      .element(screen.getByRole('alert'))
      .toHaveTextContent('Port 11434 is taken by ollama (process 7). Change the port');
    relay.state.ollamaFailure = null;
    await expect.element(screen.getByText('http://127.0.0.1:11434')).toBeVisible();
    relay.state.keys = relay.state.keys.map((key) => ({ ...key, revokedAt: 1 }));
    await expect.element(screen.getByText(/No valid key is chosen/)).toBeVisible();
    await screen.getByRole('button', { name: 'Use this key' }).click();
    expect(relay.changes().slice(0, 2)).toEqual([
      ['PATCH', '/api/settings', { 'ollama.enabled': true, 'ollama.keyId': id }],
      ['POST', '/api/keys', { name: 'Ollama clients' }],
    ]);
  });
});
