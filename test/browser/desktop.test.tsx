import { describe, expect, it, onTestFinished, vi } from 'vitest';
import type { DesktopBridge } from '../../src-shared/contract/desktop.ts';
import { expectNoAxeViolations } from './expect-no-axe-violations.ts';
import { fakeRelay, openTunnel } from './fake-relay.ts';
import { openApp } from './open-app.tsx';

const ready = { state: 'ready', version: '2.0.0', sentence: 'Relay 2.0.0 is ready.' } as const;

/** The bridge of the app's window, which notes what it was asked. */
function bridge() {
  const asked: unknown[][] = [];
  const note =
    (name: string) =>
    async (given: unknown): Promise<never> => {
      asked.push([name, given]);
      return {} as never;
    };
  const relayDesktop: DesktopBridge = {
    ...{ copy: note('copy'), theme: note('theme'), show: note('show'), update: note('update') },
    facts: async () => ({ platform: 'linux', update: ready }),
    pathOf: (file) => `/home/ada/${(file as File).name}`,
  };
  vi.stubGlobal('relayDesktop', relayDesktop);
  onTestFinished(() => void vi.unstubAllGlobals());
  return asked;
}

describe("in the app's window", () => {
  it('the overview shows its folders and installs an update that is ready', async () => {
    fakeRelay();
    const asked = bridge();
    const screen = await openApp('/');
    await screen.getByRole('button', { name: 'Show logs' }).click();
    await expect.element(screen.getByText('Relay 2.0.0 is ready.')).toBeVisible();
    await screen.getByRole('button', { name: 'Install and restart' }).click();
    await expect
      .poll(() => asked)
      .toEqual([
        ['show', { folder: 'logs' }],
        ['update', { do: 'install' }],
      ]);
  });

  it('text is copied by the app, which alone may', async () => {
    fakeRelay();
    const asked = bridge();
    const screen = await openApp('/keys');
    await screen.getByRole('button', { name: 'Create key' }).click();
    const form = screen.getByRole('dialog');
    await form.getByRole('textbox', { name: 'Name' }).fill('laptop');
    await form.getByRole('button', { name: 'Create key' }).click();
    await screen.getByRole('button', { name: 'Copy the key' }).click();
    await expect.poll(() => asked).toEqual([['copy', { text: 'relay_the-secret' }]]);
  });

  it('a login that is dropped as a file stays linked to it, as long as its text is left as it is', async () => {
    const relay = fakeRelay();
    bridge();
    const screen = await openApp('/accounts');
    await screen.getByRole('button', { name: 'Add account' }).click();
    const dialog = screen.getByRole('dialog');
    await dialog.getByText('auth.json', { exact: true }).click();
    const transfer = new DataTransfer();
    transfer.items.add(new File(['{"tokens":{}}'], 'auth.json', { type: 'application/json' }));
    const zone = dialog.getByText('Drop an auth.json here, or choose one').element();
    zone.dispatchEvent(new DragEvent('drop', { bubbles: true, cancelable: true, dataTransfer: transfer }));
    await expect.element(dialog.getByRole('textbox', { name: 'Text of auth.json' })).toHaveValue('{"tokens":{}}');
    await dialog.getByRole('button', { name: 'Import login' }).click();
    await expect
      .poll(relay.changes)
      .toEqual([
        [
          'POST',
          '/api/accounts',
          { type: 'auth-json', content: '{"tokens":{}}', acceptShared: false, path: '/home/ada/auth.json' },
        ],
      ]);
  });
});

it('says on every page that Relay is paused, and resumes it', async () => {
  const relay = fakeRelay();
  relay.state.pause = { since: Date.now(), until: null };
  const screen = await openApp('/calls');
  await expect.element(screen.getByText('Relay is paused')).toBeVisible();
  await screen.getByRole('button', { name: 'Resume' }).click();
  await expect.element(screen.getByText('Relay is paused')).not.toBeInTheDocument();
  expect(relay.changes()).toEqual([['POST', '/api/relay/resume', null]]);
});

it('says on every page that a tunnel is open, and where, and closes it', async () => {
  const relay = fakeRelay();
  Object.assign(relay.state.tunnel, openTunnel);
  const screen = await openApp('/calls');
  await expect.element(screen.getByText('quiet-words.trycloudflare.com', { exact: false })).toBeVisible();
  await expectNoAxeViolations();
  await screen.getByRole('button', { name: 'Stop', exact: true }).click();
  await expect.element(screen.getByText('Tunnel open')).not.toBeInTheDocument();
  expect(relay.changes()).toEqual([['DELETE', '/api/tunnel', null]]);
});

it('a browser shows nothing of the app', async () => {
  fakeRelay();
  const screen = await openApp('/');
  await expect.element(screen.getByRole('heading', { name: 'Latest calls' })).toBeVisible();
  await expect.element(screen.getByRole('heading', { name: 'This app' })).not.toBeInTheDocument();
});
