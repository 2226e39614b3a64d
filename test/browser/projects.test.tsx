import { describe, expect, it } from 'vitest';
import { userEvent } from 'vitest/browser';
import type { BudgetView } from '../../src-shared/contract/budget.ts';
import type { UsageView } from '../../src-shared/contract/usage.ts';
import { key } from '../unit/dashboard/samples.ts';
import { usage, usageFigures } from '../unit/dashboard/usage-samples.ts';
import { chooseOption } from './choose-option.ts';
import { expectNoAxeViolations } from './expect-no-axe-violations.ts';
import { fakeRelay } from './fake-relay.ts';
import { openApp } from './open-app.tsx';

const day = 86_400_000;
const payload = '<img src=x onerror=\'document.title="owned"\'>';

const budgetOf = (change: Partial<BudgetView>): BudgetView => ({
  id: 'bud_1',
  scope: 'project',
  subject: 'shop',
  unit: 'cost',
  period: 'month',
  limit: 10_000_000,
  marks: [0.5, 0.8],
  createdAt: Date.now() - 20 * day,
  used: 9_000_000,
  reserved: 0,
  unknownCalls: 2,
  periodBeganAt: Date.now() - 10 * day,
  resetsAt: Date.now() + 20 * day,
  state: 'warning',
  ...change,
});

/** Grouped by project or member; without groups, ten days of a dollar less each. */
function answer(query: URLSearchParams): UsageView {
  const by = query.get('by');
  const from = Number(query.get('from'));
  const groups = [payload, 'shop', ''].map((name, index) => ({
    key: { [by ?? 'project']: name === '' ? null : name },
    figures: { ...usageFigures, calls: 30 - index, costMicroUsd: (3 - index) * 1_000_000 },
    previous: null,
    series: [],
  }));
  const series = Array.from({ length: 30 }, (_, index) => ({
    at: from + index * day,
    figures: { ...usageFigures, costMicroUsd: 300_000 },
  }));
  return { ...usage, from, to: from + 30 * day, grain: 'day', groups: by === null ? [] : groups, series };
}

async function openProjects(address = '/projects', budgets: BudgetView[] = []) {
  const relay = fakeRelay();
  relay.state.usage = answer;
  relay.state.budgets = budgets;
  relay.state.keys = [{ ...key, project: 'shop' }];
  const screen = await openApp(address);
  return { relay, screen };
}

const namesOf = (screen: { container: Element }) =>
  [...screen.container.querySelectorAll('tbody th[scope=row]')].map((head) => head.firstElementChild?.textContent);

describe('projects and members', () => {
  it('are listed with what they used, who costs the most first and calls of no one last, names as text', async () => {
    const { screen } = await openProjects('/projects', [
      budgetOf({ id: 'bud_9', subject: 'later' }),
      budgetOf({ state: 'spent', used: 10_000_000 }),
    ]);
    await expect.poll(() => namesOf(screen)).toEqual([payload, 'shop', 'later', 'Without a project']);
    expect(document.title).not.toBe('owned');
    const row = screen.getByRole('row', { name: /^shop/ });
    await expect.element(row.getByText('Used up: calls are refused')).toBeVisible();
    await expect.element(row.getByRole('meter')).toHaveAttribute('aria-valuenow', '100');
    await expectNoAxeViolations();
  });

  it('are counted for the period and by what the address says', async () => {
    const { relay, screen } = await openProjects();
    await screen.getByText('Members').click();
    await screen.getByText('Today').click();
    expect(location.search).toBe('?by=member&period=day');
    await expect.poll(() => namesOf(screen).at(-1)).toBe('Without a member');
    const asked = relay.asked.filter(({ path }) => path.startsWith('/api/usage')).at(-1);
    const query = new URLSearchParams(asked?.path.split('?')[1]);
    expect([query.get('by'), Number(query.get('from'))]).toEqual(['member', new Date().setHours(0, 0, 0, 0)]);
  });

  it('show how a budget burns down, what is not in it, and when it will be used up', async () => {
    const { screen } = await openProjects('/projects?open=shop', [budgetOf({})]);
    const card = screen.getByRole('region', { name: 'Cost at API prices, a month' });
    await expect.element(card.getByRole('img', { name: /^\$\d+\.\d\d of \$10\.00 left/ })).toBeVisible();
    await expect.element(card.getByText(/At this rate it is used up/)).toBeVisible();
    await expect.element(card.getByText(/2 calls are not in it/)).toBeVisible();
    await expect
      .element(screen.getByRole('link', { name: 'Key “laptop”' }))
      .toHaveAttribute('href', '/keys?open=key_1');
    await expectNoAxeViolations();
    await userEvent.keyboard('{Escape}');
    expect(location.search).toBe('');
  });

  it('get budgets, which are changed and deleted', async () => {
    const { relay, screen } = await openProjects('/projects?open=shop', [budgetOf({})]);
    const panel = screen.getByRole('complementary', { name: 'shop' });
    await panel.getByRole('button', { name: 'Create budget' }).click();
    const form = screen.getByRole('dialog', { name: 'Create a budget for “shop”' });
    await chooseOption(form.getByRole('combobox', { name: 'Counts' }), 'Tokens');
    await chooseOption(form.getByRole('combobox', { name: 'For' }), 'a week');
    await form.getByRole('spinbutton', { name: 'Tokens' }).fill('2000000');
    await form.getByRole('textbox', { name: 'Tell me at, in percent' }).fill('150');
    await expect.element(form.getByRole('button', { name: 'Create budget' })).toBeDisabled();
    await form.getByRole('textbox', { name: 'Tell me at, in percent' }).fill('90, 50');
    relay.state.refuseNext = 'There is such a budget already.';
    await form.getByRole('button', { name: 'Create budget' }).click();
    await expect.element(form.getByRole('alert')).toHaveTextContent('There is such a budget already.');
    await form.getByRole('button', { name: 'Create budget' }).click();
    await expect.element(form).not.toBeInTheDocument();
    const actions = panel.getByRole('button', { name: 'Actions for Cost at API prices, a month' });
    await actions.click();
    await screen.getByRole('menuitem', { name: 'Edit…' }).click();
    const edit = screen.getByRole('dialog', { name: 'Cost at API prices, a month: “shop”' });
    await edit.getByRole('spinbutton', { name: 'US dollars' }).fill('12.5');
    await edit.getByRole('button', { name: 'Save' }).click();
    await expect.element(edit).not.toBeInTheDocument();
    await actions.click();
    await screen.getByRole('menuitem', { name: 'Delete…' }).click();
    await screen.getByRole('dialog', { name: 'Delete this budget?' }).getByRole('button', { name: 'Delete' }).click();
    const wanted = {
      ...{ scope: 'project', subject: 'shop', unit: 'tokens', period: 'week' },
      ...{ limit: 2_000_000, marks: [0.5, 0.9] },
    };
    await expect.poll(relay.changes).toEqual([
      ['POST', '/api/budgets', wanted],
      ['POST', '/api/budgets', wanted],
      ['PATCH', '/api/budgets/bud_1', { limit: 12_500_000, marks: [0.5, 0.8] }],
      ['DELETE', '/api/budgets/bud_1', null],
    ]);
  });

  it('say what to do where there are none yet', async () => {
    const relay = fakeRelay();
    relay.state.usage = (query) => ({ ...answer(query), groups: [] });
    const screen = await openApp('/projects');
    await expect.element(screen.getByRole('heading', { name: 'No projects yet' })).toBeVisible();
  });
});
