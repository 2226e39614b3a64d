import { describe, expect, it } from 'vitest';
import { userEvent } from 'vitest/browser';
import type { PublicStatus } from '../../src-shared/contract/public-status.ts';
import { atNextClick } from './at-next-click.ts';
import { expectNoAxeViolations } from './expect-no-axe-violations.ts';
import { fakeRelay } from './fake-relay.ts';
import { openApp } from './open-app.tsx';

const hour = 3_600_000;
const payload = '<img src=x onerror=\'document.title="owned"\'>';

function measured(at: number): PublicStatus {
  const history = Array.from({ length: 90 }, (_, index) => (index < 80 ? null : index === 88 ? 'down' : 'ok'));
  return {
    ...{
      version: '0.1.0',
      at,
      startedAt: at - hour,
      state: 'degraded',
      sentence: 'Accounts: 1 of 2 accounts can serve.',
    },
    subsystems: [
      {
        ...{
          id: 'pool',
          name: 'Accounts',
          state: 'degraded',
          sentence: '1 of 2 accounts can serve.',
          since: at - hour,
        },
        uptime: [
          { windowMs: 24 * hour, share: 1, measuredMs: 20 * hour },
          { windowMs: 168 * hour, share: 0.99996, measuredMs: 80 * hour },
          { windowMs: 720 * hour, share: null, measuredMs: 0 },
        ],
        history,
      },
    ],
    incidents: [
      {
        ...{ subsystem: 'upstream:x', name: payload, state: 'down', sentence: '3 of 3 requests failed.' },
        ...{ beganAt: at - 9 * hour, endedAt: at - 8 * hour },
      },
      {
        subsystem: 'pool',
        name: 'Accounts',
        state: 'degraded',
        sentence: 'One rests.',
        beganAt: at - hour,
        endedAt: null,
      },
    ],
  };
}

describe('the status page', () => {
  it('says how each part is, and shows what was not measured as a gap', async () => {
    const relay = fakeRelay();
    relay.state.publicStatus = measured(Date.now());
    const screen = await openApp('/status/parts');
    const part = screen.getByRole('listitem', { name: 'Accounts' });
    await expect.element(part.getByText('1 of 2 accounts can serve.')).toBeVisible();
    const uptimes = () => [...part.element().querySelectorAll('dd')].map((one) => one.textContent);
    expect(uptimes()).toEqual(['100 %', '99.99 %', '—']);
    const bars = [...part.element().querySelectorAll('[data-state]')].map((bar) => bar.getAttribute('data-state'));
    expect([bars.length, bars.slice(78)]).toEqual([
      90,
      ['gap', 'gap', 'ok', 'ok', 'ok', 'ok', 'ok', 'ok', 'ok', 'ok', 'down', 'ok'],
    ]);
    await expectNoAxeViolations();
  });

  it('tells each stretch of time, by pointer and by keyboard', async () => {
    const relay = fakeRelay();
    relay.state.publicStatus = measured(Date.now());
    const screen = await openApp('/status/parts');
    const bars = screen.getByRole('slider', { name: 'The last 30 days of Accounts, eight hours at a time' });
    await expect.element(bars).toBeVisible();
    (bars.element() as HTMLElement).focus();
    await userEvent.keyboard('{ArrowLeft}');
    await expect.poll(() => bars.element().getAttribute('aria-valuetext')).toMatch(/: down$/);
    await userEvent.keyboard('{Home}');
    await expect.element(screen.getByText(/: not measured$/)).toBeVisible();
    await userEvent.keyboard('{Escape}');
    await expect.element(screen.getByText('30 days ago')).toBeVisible();
    await bars.hover();
    await expect.element(screen.getByText(/: not measured$/)).toBeVisible();
  });

  it('lists incidents as text, those that last first said so', async () => {
    const relay = fakeRelay();
    relay.state.publicStatus = measured(Date.now());
    const screen = await openApp('/status/parts');
    const incidents = screen.getByRole('region', { name: 'Incidents' });
    await expect.element(incidents.getByText(payload)).toBeVisible();
    await expect.element(incidents.getByText('for 1h 00m')).toBeVisible();
    await expect.element(incidents.getByText('lasts', { exact: true })).toBeVisible();
    expect(document.title).not.toBe('owned');
  });

  it('says what this Relay is, what became of a damaged database, and that the log is not whole', async () => {
    const relay = fakeRelay();
    const kept = {
      calls: 12_345,
      oldestAt: null,
      bytes: 4_200_000,
      bodies: { calls: 2, bytes: 9_000, oldestAt: null, dropped: 0 },
    };
    const saved =
      'The database is damaged. It was kept as relay.db.corrupt-1 and a new one was started; 3 keys were saved.';
    relay.state.ledger = { state: 'degraded', reason: 'The disk is full.', dropped: 7, notices: [saved], kept };
    const screen = await openApp('/status');
    const facts = screen.getByRole('region', { name: 'This Relay' });
    await expect.element(facts.getByText(/^4711, started/)).toBeVisible();
    await expect.element(facts.getByText('/home/me/.relay')).toBeVisible();
    await expect.element(facts.getByText(/^12,345 calls in 4.2 MB/)).toBeVisible();
    await expect.element(screen.getByText(/3 keys were saved\. Look through your accounts and keys/)).toBeVisible();
    await expect.element(screen.getByText('The disk is full. 7 records are missing.')).toBeVisible();
    await facts.getByRole('link', { name: 'how long' }).click();
    await expect.element(screen.getByRole('heading', { name: 'Settings', level: 1 })).toBeVisible();
  });

  it('says of when it is while Relay does not answer, and is new again afterwards', async () => {
    const relay = fakeRelay();
    relay.state.publicStatus = measured(Date.now());
    const screen = await openApp('/status/parts');
    await expect.element(screen.getByRole('listitem', { name: 'Accounts' })).toBeVisible();
    relay.goDown();
    await expect.element(screen.getByText('Relay does not answer.')).toBeVisible();
    await expect.element(screen.getByText(/^as of /)).toBeVisible();
    await expect.element(screen.getByRole('listitem', { name: 'Accounts' })).toBeVisible();
    relay.state.publicStatus = {
      ...measured(Date.now()),
      sentence: 'Everything that was measured works.',
      state: 'ok',
    };
    // Not earlier: the page tries by itself too, and then there is nothing to click.
    atNextClick(() => {
      relay.state.down = false;
    });
    await screen.getByRole('button', { name: 'Try now' }).click();
    await expect.element(screen.getByText('Everything that was measured works.')).toBeVisible();
  });
});
