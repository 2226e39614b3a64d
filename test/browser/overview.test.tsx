import { beforeEach, describe, expect, it } from 'vitest';
import { forgetVisit } from '../../src-renderer/features/overview/last-visit.ts';
import type { FailureGroup } from '../../src-shared/contract/failure.ts';
import { account, budget, startAt } from '../unit/dashboard/samples.ts';
import { usage, usageFigures } from '../unit/dashboard/usage-samples.ts';
import { expectNoAxeViolations } from './expect-no-axe-violations.ts';
import { fakeRelay } from './fake-relay.ts';
import { openApp } from './open-app.tsx';

beforeEach(() => {
  localStorage.removeItem('relay.last-visit');
  localStorage.removeItem('relay.first-run');
  forgetVisit();
});

const payload = '<img src=x onerror=\'document.title="owned"\'>';
const cause: FailureGroup = {
  ...{ id: 'cause_1', phase: 'answer', code: 'rate_limited', httpStatus: 429, upstream: 'chatgpt', reason: payload },
  ...{ seen: 2, absorbed: 3, firstAt: startAt, lastAt: Date.now() - 60_000, callIds: ['call_1'] },
  ...{ keys: [], accounts: [], models: [], series: [] },
};

describe('the overview', () => {
  it('sets today against yesterday at the same time', async () => {
    const relay = fakeRelay();
    const asked: [number, number][] = [];
    relay.state.usage = (query) => {
      const span = [Number(query.get('from')), Number(query.get('to'))] as [number, number];
      if (query.get('grain') !== 'total') return usage;
      asked.push(span);
      const isToday = Date.now() - span[1] < 60_000;
      return { ...usage, totals: isToday ? { ...usageFigures, calls: 30 } : { ...usageFigures, calls: 20 } };
    };
    const screen = await openApp('/');
    const today = screen.getByRole('region', { name: 'Today', exact: true });
    await expect.element(today.getByText('30', { exact: true })).toBeVisible();
    const tiles = [...today.element().querySelectorAll('dl > div')].map((tile) =>
      [...tile.children].map((part) => part.textContent),
    );
    expect(tiles.map(([name, figure, note]) => [name, figure, note])).toEqual([
      ['Calls', '30', '▲ 50 % more'],
      ['Tokens', '1.3k', 'as before'],
      ['Cost at API prices', '$0.0015', 'as before'],
      ['Spent', '$0.00', 'as before'],
    ]);
    const [first, second] = asked;
    expect((first?.[1] ?? 0) - (first?.[0] ?? 0)).toBe((second?.[1] ?? 0) - (second?.[0] ?? 0));
  });

  it('shows calls per minute and how many run', async () => {
    const relay = fakeRelay();
    const at = Date.now() - 120_000;
    const point = (index: number, calls: number) => ({
      at: at + index * 60_000,
      figures: { ...usageFigures, calls, errors: 1 },
    });
    relay.state.usage = () => ({
      ...usage,
      from: at,
      grain: 'minute',
      series: [point(0, 9), point(1, 4), point(2, 1)],
    });
    const screen = await openApp('/');
    const activity = screen.getByRole('region', { name: 'Activity' });
    await expect
      .element(
        activity.getByRole('img', { name: 'Calls per minute in the last hour: 4 in the last full minute, at most 9' }),
      )
      .toBeVisible();
    await expect.element(activity.getByText(/running now/)).toBeVisible();
  });

  it('gives each account that needs someone the one button that helps', async () => {
    const relay = fakeRelay();
    relay.state.accounts = [
      { ...account, health: { state: 'needs-sign-in', reason: 'Its login has ended.', until: null } },
      {
        ...account,
        id: 'acc_2',
        label: 'work',
        health: { state: 'unreachable', reason: 'It does not answer.', until: null },
      },
    ];
    const screen = await openApp('/');
    await screen.getByRole('button', { name: 'Test now' }).click();
    await expect.poll(() => relay.changes()).toEqual([['POST', '/api/accounts/acc_2/test', null]]);
    await screen.getByRole('button', { name: 'Sign in again' }).click();
    await expect.element(screen.getByRole('dialog', { name: 'Sign in again: personal' })).toBeVisible();
  });

  it('says that no call can be served while every account is switched off', async () => {
    const relay = fakeRelay();
    relay.state.accounts = [{ ...account, enabled: false }];
    const screen = await openApp('/');
    await expect.element(screen.getByText(/^Every account is switched off, so no call can be served/)).toBeVisible();
    await expect.element(screen.getByRole('link', { name: 'Switch one on' })).toHaveAttribute('href', '/accounts');
    await expectNoAxeViolations();
  });

  it('tells what failed since the last visit, and nothing where nothing did', async () => {
    const relay = fakeRelay();
    const visit = Date.now() - 7_200_000;
    localStorage.setItem('relay.last-visit', String(visit));
    relay.state.failures = { ...relay.state.failures, causes: 1, seen: 2, absorbed: 3, errors: [cause] };
    const screen = await openApp('/');
    const errors = screen.getByRole('region', { name: 'Errors since your last visit' });
    await expect.element(errors.getByText('2 failed', { exact: true })).toBeVisible();
    await expect.element(errors.getByText(payload)).toBeVisible();
    await expect
      .element(errors.getByRole('link', { name: /rate_limited/ }))
      .toHaveAttribute('href', '/calls?cause=cause_1');
    const query = relay.asked.find(({ path }) => path.startsWith('/api/errors'))?.path ?? '';
    expect(new URLSearchParams(query.split('?')[1]).get('from')).toBe(String(visit));
    await expectNoAxeViolations();
    window.dispatchEvent(new PageTransitionEvent('pagehide'));
    expect(Number(localStorage.getItem('relay.last-visit'))).toBeGreaterThan(visit);
  });

  it('shows the budgets that are nearest to their end, with what that means', async () => {
    const relay = fakeRelay();
    relay.state.budgets = [
      { ...budget, subject: payload },
      { ...budget, id: 'bud_2', subject: 'shop', used: 5_000_000, state: 'spent', resetsAt: Date.now() + 3_600_000 },
    ];
    const screen = await openApp('/', [320, 800]);
    const budgets = screen.getByRole('region', { name: 'Budgets' });
    await expect.element(budgets.getByText(/^Spent: its calls are refused/)).toBeVisible();
    expect(
      budgets
        .getByRole('meter')
        .elements()
        .map((meter) => meter.getAttribute('aria-valuenow')),
    ).toEqual(['100', '24']);
    expect(screen.container.querySelectorAll('img')).toHaveLength(0);
    expect(document.documentElement.scrollWidth).toBeLessThanOrEqual(320);
  });

  it('tells when each account’s reset gives back how much of the pool', async () => {
    const relay = fakeRelay();
    const [window] = account.windows;
    const resetting = (id: string, label: string, inMs: number) => ({
      ...{ ...account, id, label },
      windows: window === undefined ? [] : [{ ...window, usedPercent: 80, resetsAt: Date.now() + inMs }],
    });
    relay.state.accounts = [resetting('acc_1', 'personal', 7_200_000), resetting('acc_2', 'work', 3_600_000)];
    const screen = await openApp('/');
    const pool = screen.getByRole('region', { name: 'Headroom of the pool' });
    await expect.element(pool.getByText(/^\+40 % in 1h 00m/)).toBeVisible();
    expect([...pool.element().querySelectorAll('ul ul li')].map((row) => row.textContent?.slice(0, 8))).toEqual([
      'work+40 ',
      'personal',
    ]);
  });
});
