import { describe, expect, it } from 'vitest';
import { userEvent } from 'vitest/browser';
import type { AccountView } from '../../src-shared/contract/account.ts';
import { account, accountModels, accountTest, auditEntry } from '../unit/dashboard/samples.ts';
import { chooseOption } from './choose-option.ts';
import { fakeRelay } from './fake-relay.ts';
import { openApp } from './open-app.tsx';

const payload = '<img src=x onerror=\'document.title="owned"\'>';

async function openCard(change: Partial<AccountView> = {}) {
  const relay = fakeRelay();
  relay.state.accounts = [{ ...account, ...change }];
  const screen = await openApp('/accounts');
  const label = change.label ?? account.label;
  const card = screen.getByRole('listitem', { name: label }).first();
  const choose = async (name: string) => {
    await card.getByRole('button', { name: `Actions for ${label}` }).click();
    await screen.getByRole('menuitem', { name }).click();
  };
  return { relay, screen, card, choose };
}

describe('an account’s menu', () => {
  it('asks Relay for what is chosen', async () => {
    const { relay, choose } = await openCard();
    const asked: [string, string, unknown][] = [
      ['Pause for 1 hour', 'pause', { forMs: 3_600_000 }],
      ['Pause until reset', 'pause', { untilReset: true }],
      ['Pause until resumed', 'pause', {}],
      ['Pin for 1 hour', 'pin', { forMs: 3_600_000 }],
      ['Rest until reset', 'rest', { untilReset: true }],
      ['Refresh usage', 'refresh-usage', null],
    ];
    for (const [name] of asked) await choose(name);
    await expect
      .poll(relay.changes)
      .toEqual(asked.map(([, action, body]) => ['POST', `/api/accounts/acc_1/${action}`, body]));
  });

  it('offers the way back from what was decided, and nothing that has no sense', async () => {
    const now = Date.now();
    const { relay, screen, card, choose } = await openCard({
      kind: 'openai',
      windows: [],
      pause: { until: null },
      pinnedUntil: now + 3_600_000,
      lackingModels: [{ model: 'gpt-6.1-sol', until: now + 1_000 }],
      policy: 'reserve',
    });
    await expect.element(card.getByText(/^All calls go here, ends in (1h 00m|59m \d\ds)$/)).toBeVisible();
    await expect.element(card.getByText('Keep in reserve')).toBeVisible();
    await expect.element(card.getByText(', 1 refused')).toBeVisible();
    await card.getByRole('button', { name: 'Actions for personal' }).click();
    expect(
      screen
        .getByRole('menuitem')
        .elements()
        .map((item) => item.textContent),
    ).toEqual([
      'Test with one call',
      'Resume',
      'Pause for 1 hour',
      'Pause until resumed',
      'Pin for 1 hour',
      'Unpin',
      'Try again now',
      'Move upAlt ↑',
      'Move downAlt ↓',
      'Settings…',
      'Models…',
      'History…',
      'Remove…',
    ]);
    await screen.getByRole('menuitem', { name: 'Resume' }).click();
    await choose('Unpin');
    await choose('Try again now');
    await expect
      .poll(relay.changes)
      .toEqual(['resume', 'unpin', 'wake'].map((action) => ['POST', `/api/accounts/acc_1/${action}`, null]));
  });

  it('is used with the keyboard alone', async () => {
    const { relay, screen } = await openCard();
    const button = screen.getByRole('button', { name: 'Actions for personal' });
    await expect.element(button).toHaveAttribute('aria-haspopup', 'menu');
    button.element().focus();
    await userEvent.keyboard('{ArrowDown}');
    await expect.element(screen.getByRole('menuitem', { name: 'Test with one call' })).toHaveFocus();
    await userEvent.keyboard('{ArrowUp}');
    await expect.element(screen.getByRole('menuitem', { name: 'Remove…' })).toHaveFocus();
    await userEvent.keyboard('{Home}p');
    await expect.element(screen.getByRole('menuitem', { name: 'Pause for 1 hour' })).toHaveFocus();
    await userEvent.keyboard('{Escape}');
    await expect.element(screen.getByRole('menu')).not.toBeInTheDocument();
    await expect.element(button).toHaveFocus();
    await userEvent.keyboard('{Enter}{End}{Home}r{Enter}');
    await expect.poll(relay.changes).toEqual([['POST', '/api/accounts/acc_1/refresh-usage', null]]);
    await expect.element(button).toHaveFocus();
  });

  it('closes when something else is pressed', async () => {
    const { screen, card } = await openCard();
    await card.getByRole('button', { name: 'Actions for personal' }).click();
    await screen.getByRole('heading', { name: 'Accounts' }).click();
    await expect.element(screen.getByRole('menu')).not.toBeInTheDocument();
  });

  it('moves an account in the order, by keys too, and leaves the focus on it', async () => {
    const relay = fakeRelay();
    relay.state.accounts = [account, { ...account, id: 'acc_2', label: 'work' }];
    const screen = await openApp('/accounts');
    const button = screen.getByRole('button', { name: 'Actions for personal' });
    await expect.element(button).toBeVisible();
    button.element().focus();
    await userEvent.keyboard('{Alt>}{ArrowUp}{/Alt}');
    await userEvent.keyboard('{Alt>}{ArrowDown}{/Alt}');
    await expect.poll(relay.changes).toEqual([['POST', '/api/accounts/acc_1/move', { after: 'acc_2' }]]);
    const names = () =>
      screen
        .getByRole('main')
        .getByRole('heading', { level: 2 })
        .elements()
        .map((name) => name.textContent);
    await expect.poll(names).toEqual(['work', 'personal']);
    await expect.element(button).toHaveFocus();
  });

  it('says on the card why something was refused', async () => {
    const { relay, card, choose } = await openCard();
    relay.state.refuseNext = 'There is no reset to wait for.';
    await choose('Rest until reset');
    await expect.element(card.getByRole('alert')).toHaveTextContent('There is no reset to wait for.');
  });
});

describe('an account', () => {
  it('is tested with one call, whose outcome stays until it is dismissed', async () => {
    const { relay, card, choose } = await openCard();
    await choose('Test with one call');
    await expect
      .element(card.getByRole('status'))
      .toHaveTextContent('Answered gpt-6-luna · first output 210 ms · 320 ms in all · the call');
    await expect.element(card.getByRole('link', { name: 'the call' })).toHaveAttribute('href', '/calls/call_2');
    await card.getByRole('button', { name: 'Dismiss the test' }).click();
    relay.state.test = { ...accountTest, ok: false, ttftMs: null, error: { code: 'upstream_error', message: payload } };
    await choose('Test with one call');
    await expect.element(card.getByText('Did not answer')).toBeVisible();
    await expect.element(card.getByText(payload)).toBeVisible();
    await expect.element(card.getByText(/first output —/)).toBeVisible();
    expect(card.element().querySelectorAll('img')).toHaveLength(0);
  });

  it('that lost its login is signed in again from its card', async () => {
    const health = { state: 'needs-sign-in', reason: 'Its login was ended elsewhere.', until: null } as const;
    const { relay, screen, card } = await openCard({ health });
    await card.getByRole('button', { name: 'Sign in again', exact: true }).click();
    const dialog = screen.getByRole('dialog', { name: 'Sign in again: personal' });
    await expect.element(dialog.getByText(/may conflict with OpenAI’s terms/)).toBeVisible();
    await expect.element(dialog.getByRole('textbox')).not.toBeInTheDocument();
    await dialog.getByText('Device code', { exact: true }).click();
    await dialog.getByRole('button', { name: 'Get a code' }).click();
    await expect
      .poll(relay.changes)
      .toEqual([['POST', '/api/accounts/sign-ins', { method: 'device', accountId: 'acc_1' }]]);
  });

  it('that waits for a keyring is tried again from its card', async () => {
    const health = { state: 'unlock-keyring', reason: 'Unlock your keyring.', until: null } as const;
    const { relay, card } = await openCard({ health });
    await card.getByRole('button', { name: 'Try again' }).click();
    await expect.poll(relay.changes).toEqual([['POST', '/api/accounts/acc_1/test', null]]);
  });

  it('gets a name, a policy, a limit and a colour; only what changed is sent', async () => {
    const { relay, screen, choose } = await openCard();
    await choose('Settings…');
    const dialog = screen.getByRole('dialog', { name: 'Settings: personal' });
    await chooseOption(dialog.getByRole('combobox', { name: 'When it is used' }), 'Keep in reserve');
    await expect.element(dialog.getByText('Only when no other can serve.')).toBeVisible();
    await dialog.getByRole('spinbutton', { name: 'Most calls at once' }).fill('3');
    await dialog.getByTitle('Teal').click();
    relay.state.refuseNext = 'Not now.';
    await dialog.getByRole('button', { name: 'Save' }).click();
    await expect.element(dialog.getByRole('alert')).toHaveTextContent('Not now.');
    await dialog.getByRole('button', { name: 'Save' }).click();
    await expect.element(dialog).not.toBeInTheDocument();
    const patch = ['PATCH', '/api/accounts/acc_1', { policy: 'reserve', maxConcurrency: 3, color: '#2b9c8f' }];
    expect(relay.changes()).toEqual([patch, patch]);
  });

  it('is left alone by settings in which nothing changed', async () => {
    const { relay, screen, choose } = await openCard({ maxConcurrency: 3, color: '#2b9c8f' });
    await choose('Settings…');
    await screen.getByRole('button', { name: 'Save' }).click();
    await expect.element(screen.getByRole('dialog')).not.toBeInTheDocument();
    expect(relay.changes()).toEqual([]);
  });

  it('shows its models, those it refused first, and reads them again', async () => {
    const { relay, screen, choose } = await openCard();
    const [sample] = accountModels.models;
    const refusedUntil = Date.now() + 3_600_000;
    const good = { ...sample!, refusedUntil: null, plans: ['pro'] };
    relay.state.models = {
      readAt: Date.now(),
      models: [good, { ...good, slug: payload, listed: false, refusedUntil }],
    };
    await choose('Models…');
    const dialog = screen.getByRole('dialog', { name: 'Models: personal' });
    await expect.element(dialog.getByRole('listitem').first()).toBeVisible();
    const rows = dialog
      .getByRole('listitem')
      .elements()
      .map((row) => row.textContent);
    expect(rows[0]).toMatch(
      /^<img.*refused; asked again in .*272,000 tokens · low, high · plans: pro · not in its list$/,
    );
    expect(rows[1]).toBe('gpt-6.1-sol272,000 tokens · low, high · plans: pro');
    await dialog.getByRole('button', { name: 'Read again' }).click();
    await expect.poll(relay.changes).toEqual([['POST', '/api/accounts/acc_1/refresh-models', null]]);
  });

  it('shows who changed what about it', async () => {
    const { relay, screen, choose } = await openCard();
    const second = { ...auditEntry, id: 7, actor: 'automatic' as const, detail: payload, at: Date.now() };
    relay.state.audit = { entries: [{ ...auditEntry, at: Date.now() }, second], nextCursor: '7' };
    await choose('History…');
    const dialog = screen.getByRole('dialog', { name: 'History: personal' });
    await expect.element(dialog.getByRole('cell', { name: 'Paused until it is resumed.' })).toBeVisible();
    const rows = dialog
      .getByRole('row')
      .elements()
      .map((row) => row.textContent);
    expect(rows).toEqual(['WhenWhoWhat', 'nowCommand linePaused until it is resumed.', `nowRelay itself${payload}`]);
    await expect.element(dialog.getByText('The last 20 changes are shown.')).toBeVisible();
    expect(dialog.element().querySelectorAll('img')).toHaveLength(0);
    expect(relay.asked.at(-1)?.path).toBe('/api/accounts/acc_1/audit?limit=20');
  });

  it.each([
    ['a key', { kind: 'openai' as const }, /At OpenAI it stays valid until you revoke it there/],
    ['a login linked to a file', { linkedFile: '/home/ada/auth.json' }, /\/home\/ada\/auth.json is not touched/],
    [
      'an imported login',
      { login: { ...account.login!, shared: true } },
      /left to the program that it was imported from/,
    ],
    ['a login of its own', {}, /^Its login is ended at the sign-in service, and erased from this machine.$/],
    ['a login that was not read yet', { login: null }, /One that was signed in to here is ended/],
  ])('is removed once it was said what becomes of %s', async (_what, change, sentence) => {
    const { relay, screen, choose } = await openCard({ ...change, inFlight: 2 });
    await choose('Remove…');
    const dialog = screen.getByRole('dialog', { name: 'Remove: personal' });
    await expect.element(dialog.getByText(sentence)).toBeVisible();
    await expect.element(dialog.getByText(/The 2 calls that run on it end first/)).toBeVisible();
    await expect.element(dialog.getByRole('button', { name: 'Keep it' })).toHaveFocus();
    expect(relay.changes()).toEqual([]);
    await dialog.getByRole('button', { name: 'Remove for good' }).click();
    await expect.poll(relay.changes).toEqual([['DELETE', '/api/accounts/acc_1', null]]);
    await expect.element(dialog).not.toBeInTheDocument();
  });
});
