import { describe, expect, it } from 'vitest';
import { account } from '../unit/dashboard/samples.ts';
import { fakeRelay } from './fake-relay.ts';
import { openApp } from './open-app.tsx';

const inOneHour = () => Date.now() + 3_600_000;

describe('accounts', () => {
  it('show what is left of each window, and where that is known from', async () => {
    const relay = fakeRelay();
    const window = { ...account.windows[0]!, resetsAt: inOneHour(), readAt: Date.now() };
    relay.state.accounts = [{ ...account, inFlight: 2, windows: [window] }];
    const screen = await openApp('/accounts');
    const card = screen.getByRole('listitem', { name: 'personal' });
    await expect
      .element(card.getByRole('meter', { name: '5-hour window, left' }))
      .toHaveAttribute('aria-valuenow', '58');
    const text = card.element().textContent;
    expect(text).toMatch(/58 % left.*resets in (1h 00m|59m 5\ds).*(now|\ds ago) from headers.*2 in flight/);
  });

  it('show where a window is heading, and what makes its reading doubtful', async () => {
    const relay = fakeRelay();
    const sample = account.windows[0]!;
    const forecast = { ...sample.forecast!, verdict: 'on-pace' as const, sentence: 'On pace.' };
    const doubt = 'The used share fell from 80 % to 20 % without a reset.';
    relay.state.accounts = [
      {
        ...account,
        windows: [sample, { ...sample, lengthMs: 604_800_000, name: 'weekly', forecast, contradicts: doubt }],
      },
    ];
    const screen = await openApp('/accounts');
    const card = screen.getByRole('listitem', { name: 'personal' });
    await expect.element(card.getByText('On pace.')).toBeVisible();
    await expect.element(card.getByText(doubt)).toBeVisible();
    expect(card.element().textContent).not.toContain('Not enough readings yet.');
  });

  it('are switched off and on', async () => {
    const relay = fakeRelay();
    const screen = await openApp('/accounts');
    await screen.getByRole('switch', { name: 'Use personal' }).click();
    await expect.poll(relay.changes).toEqual([['POST', '/api/accounts/acc_1/disable', null]]);
    relay.emit('account', { accounts: [{ ...account, enabled: false }] });
    await expect.element(screen.getByRole('switch', { name: 'Use personal' })).not.toBeChecked();
  });

  it('show labels and reasons as text, whatever they hold', async () => {
    const relay = fakeRelay();
    const payload = '<img src=x onerror=\'document.title="owned"\'>';
    relay.state.accounts = [
      { ...account, label: payload, email: payload, plan: payload, health: { ...account.health, reason: payload } },
    ];
    const screen = await openApp('/accounts');
    await expect.element(screen.getByRole('heading', { name: payload })).toBeVisible();
    expect(screen.container.querySelectorAll('img, script')).toHaveLength(0);
  });
});
