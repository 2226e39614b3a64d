import { describe, expect, it } from 'vitest';
import type { SeenClient } from '../../src-shared/contract/client.ts';
import { expectNoAxeViolations } from './expect-no-axe-violations.ts';
import { codexClient } from './fake-clients.ts';
import { fakeRelay } from './fake-relay.ts';
import { openApp } from './open-app.tsx';

const payload = '<img src=x onerror=\'document.title="owned"\'>';
const seen: SeenClient = {
  ...{ name: 'Codex CLI', id: 'codex', client: 'Codex CLI 0.169.0', calls: 12, lastAt: Date.now() - 60_000 },
  keys: ['Codex'],
  findings: [
    {
      ...{ kind: 'left-out', names: ['temperature'], calls: 3, failed: false },
      sentence: 'Relay leaves out temperature: the ChatGPT backend does not take them.',
      fix: 'Take temperature out of the request.',
    },
  ],
};

describe('the clients', () => {
  it('are listed by what Relay can do for each, with their state and their last call', async () => {
    const relay = fakeRelay();
    relay.state.seen = [seen, { ...seen, name: payload, client: payload, id: null, findings: [] }];
    const screen = await openApp('/connect');
    await expect.element(screen.getByText('12 calls, last 1m ago · 1 hint')).toBeVisible();
    const groups = screen.container.querySelectorAll('main section');
    expect(
      [...groups].map((group) => [group.getAttribute('aria-label'), ...[...group.querySelectorAll('a')].map(rowText)]),
    ).toEqual([
      ['On this machine', 'Codex|0.169.0 · CLI, IDE extension and app share it|Not connected'],
      [
        'Copy the lines by hand',
        'Cursor|Needs a public address',
        'Python|openai package|Copy by hand',
        'curl|Copy by hand',
      ],
      ['Cursor tunnel'],
      ['Ollama clients'],
      ['Others that have called'],
    ]);
    await expect.element(screen.getByText(payload)).toBeVisible();
    expect(relay.changes()).toEqual([]);
  });

  it('are set up after their diff was seen, checked by a call, and taken back', async () => {
    const relay = fakeRelay();
    const screen = await openApp('/connect');
    await screen.getByRole('link', { name: /^Codex/ }).click();
    const panel = screen.getByRole('complementary', { name: 'Codex' });
    await panel.getByRole('button', { name: 'Set it up for me' }).click();
    await expect.element(panel.getByText(/^This would change one file\. Nothing is written yet/)).toBeVisible();
    const lines = panel.getByRole('region', { name: 'Changes of /home/me/.codex/config.toml' });
    expect([...lines.element().querySelectorAll('span')].map((line) => line.textContent)).toEqual([
      '@@ -1,1 +1,2 @@',
      '+model_provider = "relay"',
      '-model_provider = "openai"',
      ' model = "gpt-5.5"',
    ]);
    expect(relay.changes()).toEqual([['POST', '/api/clients/codex/plan', null]]);
    await expectNoAxeViolations(panel.element() as HTMLElement);
    await panel.getByRole('button', { name: 'Write this' }).click();
    await expect.element(panel.getByText(/Relay answered with 3 models\./)).toBeVisible();
    await expect.element(panel.getByText('Start Codex again.')).toBeVisible();
    await expect.element(panel.getByRole('link', { name: 'Its key' })).toHaveAttribute('href', '/keys?open=key_2');
    relay.state.clientCheck = { ok: false, sentence: 'Its key is refused.' };
    await panel.getByRole('button', { name: 'Check that it works' }).click();
    await expect.element(panel.getByText('Its key is refused.')).toBeVisible();
    await panel.getByRole('button', { name: 'Undo' }).click();
    await expect.element(panel.getByText('Codex is as before, but for one file.')).toBeVisible();
    await expect
      .element(panel.getByText(/only what Relay wrote was taken out; left as somebody changed it: model/))
      .toBeVisible();
    await expect.element(panel.getByRole('button', { name: 'Set it up for me' })).toBeVisible();
    expect(relay.changes().map(([, path]) => path)).toEqual(
      ['plan', 'connect', 'verify', 'undo'].map((action) => `/api/clients/codex/${action}`),
    );
  });

  it('say what is wrong with a connection, and why it could not be mended', async () => {
    const relay = fakeRelay();
    const detail = 'Somebody has changed what Relay wrote into config.toml.';
    relay.state.clients = [{ ...codexClient, state: 'changed', detail, connectedAt: 1, keyId: 'key_2' }];
    const screen = await openApp('/connect/codex');
    await expect.element(screen.getByText(detail)).toBeVisible();
    relay.state.refuseNext = 'config.toml is not valid TOML in line 3. Mend it and try again.';
    await screen.getByRole('button', { name: 'Set it up again' }).click();
    await expect
      .element(screen.getByRole('alert'))
      .toHaveTextContent('config.toml is not valid TOML in line 3. Mend it and try again.');
    await expect.element(screen.getByRole('button', { name: 'Undo' })).toBeEnabled();
    relay.state.clientPlan = { ...relay.state.clientPlan, changes: [] };
    await screen.getByRole('button', { name: 'Set it up again' }).click();
    await expect.element(screen.getByText('Everything is as it should be: nothing would change.')).toBeVisible();
    await expect.element(screen.getByRole('alert')).not.toBeInTheDocument();
  });

  it('get their lines with a key only when one is asked for', async () => {
    const relay = fakeRelay();
    const screen = await openApp('/connect/curl');
    const lines = screen.getByRole('region', { name: 'Lines for curl' });
    await expect.poll(() => lines.element().textContent).toContain('sk-relay-YOUR-KEY');
    expect(relay.changes()).toEqual([]);
    await screen.getByRole('button', { name: 'Make a key and fill it in' }).click();
    await expect.poll(() => lines.element().textContent).toContain('Bearer sk-relay-fresh');
    await expect.element(screen.getByText(/Copy the lines now: it is not stored/)).toBeVisible();
    expect(relay.changes()).toEqual([['POST', '/api/clients/curl/recipe', null]]);
  });

  it('show for Cursor plainly why it cannot call this machine', async () => {
    fakeRelay();
    const screen = await openApp('/connect/cursor', [320, 640]);
    await expect.element(screen.getByText(/Cursor’s own servers make the call/)).toBeVisible();
    expect(document.documentElement.scrollWidth).toBeLessThanOrEqual(320);
    await screen.getByRole('button', { name: 'Close (Esc)' }).click();
    await expect.poll(() => location.pathname).toBe('/connect');
  });

  it('show what Relay repaired for one, and the setting that spares it', async () => {
    const relay = fakeRelay();
    relay.state.seen = [seen];
    const screen = await openApp('/connect/codex');
    const part = screen.getByRole('region', { name: 'As it calls' });
    await expect.element(part.getByText('Codex CLI 0.169.0')).toBeVisible();
    await expect.poll(() => part.element().textContent).toContain('3 of its calls; they were served.');
    await expect.element(part.getByText('Take temperature out of the request.')).toBeVisible();
  });
});

/** Name, form and state of a row. */
const rowText = (row: Element): string =>
  [...row.children]
    .slice(0, 2)
    .flatMap((cell) => (cell.querySelector('.block') ? [...cell.children] : [cell]))
    .map((cell) => cell.textContent)
    .join('|');
