import { describe, expect, it } from 'vitest';
import { atNextClick } from './at-next-click.ts';
import { fakeRelay } from './fake-relay.ts';
import { openApp } from './open-app.tsx';

describe('the way in', () => {
  it('exchanges the one-time token of the address and takes it out of the address', async () => {
    const relay = fakeRelay({ signedIn: false });
    const screen = await openApp('/#/enter/one-time-token');
    await expect.element(screen.getByRole('heading', { name: 'Overview' })).toBeVisible();
    expect(location.pathname + location.hash).toBe('/');
    expect(relay.changes()).toEqual([['POST', '/api/session', { token: 'one-time-token' }]]);
    expect(relay.asked.filter(({ path }) => path.includes('one-time-token'))).toEqual([]);
  });

  it('shows how to get in, and no data, to whoever has no session', async () => {
    fakeRelay({ signedIn: false });
    const screen = await openApp('/calls');
    await expect.element(screen.getByText('relay open', { exact: true })).toBeVisible();
    expect(screen.container.textContent).not.toContain('gpt-6.1-sol');
  });

  it('says why an old link does not work, and lets a new one in', async () => {
    const relay = fakeRelay({ signedIn: false });
    relay.state.oneTimeToken = 'fresh';
    const screen = await openApp('/#/enter/stale');
    await expect.element(screen.getByText('This link is old.')).toBeVisible();
    location.hash = '#/enter/fresh';
    await expect.element(screen.getByRole('heading', { name: 'Overview' })).toBeVisible();
  });

  it('says that Relay does not answer, keeps what was read, and resumes after the last event', async () => {
    const relay = fakeRelay();
    const screen = await openApp('/accounts');
    await expect.element(screen.getByRole('heading', { name: 'personal' })).toBeVisible();
    relay.goDown();
    await expect.element(screen.getByText('Relay does not answer.')).toBeVisible();
    await expect.element(screen.getByRole('heading', { name: 'personal' })).toBeVisible();
    // Not earlier: the page tries by itself too, and then there is nothing to click.
    atNextClick(() => {
      relay.state.down = false;
    });
    await screen.getByRole('button', { name: 'Try now' }).click();
    await expect.element(screen.getByText('Relay does not answer.')).not.toBeInTheDocument();
    expect(relay.asked.filter(({ path }) => path === '/api/events').at(-1)?.body).toBe('run-2');
  });
});
