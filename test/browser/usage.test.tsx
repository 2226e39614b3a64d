import { describe, expect, it } from 'vitest';
import { page, userEvent } from 'vitest/browser';
import type { UsageFigures, UsageView } from '../../src-shared/contract/usage.ts';
import { usage, usageFigures } from '../unit/dashboard/usage-samples.ts';
import { atNextClick } from './at-next-click.ts';
import { chooseOption } from './choose-option.ts';
import { expectNoAxeViolations } from './expect-no-axe-violations.ts';
import { fakeRelay } from './fake-relay.ts';
import { openApp } from './open-app.tsx';

const hour = 3_600_000;
const from = Date.UTC(2026, 10, 23);
const figures = (calls: number, more: Partial<UsageFigures> = {}): UsageFigures => ({
  ...usageFigures,
  calls,
  ...more,
});
const payload = '<img src=x onerror=\'document.title="owned"\'>';

/** Four hours of two models, one of them with a name that is an attack. */
const view: UsageView = {
  ...usage,
  from,
  to: from + 4 * hour,
  grain: 'hour',
  totals: figures(10),
  series: [1, 2, 3, 4].map((calls, index) => ({ at: from + index * hour, figures: figures(calls) })),
  groups: [
    ['gpt-5.5', 7],
    [payload, 3],
  ].map(([model, calls]) => ({
    key: { model: String(model) },
    figures: figures(Number(calls), { inputTokens: Number(calls) * 1_000, unknownUsage: Number(calls) }),
    previous: null,
    series: [1, 2, 3, 4].map((_, index) => ({ at: from + index * hour, figures: figures(1) })),
  })),
};

async function openUsage(query = '', answer: (query: URLSearchParams) => UsageView = () => view) {
  const relay = fakeRelay();
  relay.state.usage = answer;
  const screen = await openApp(`/usage${query}`);
  const asked = () => relay.asked.filter(({ path }) => path.startsWith('/api/usage')).map(({ path }) => queryOf(path));
  return { relay, screen, asked };
}

const queryOf = (path: string) => Object.fromEntries(new URL(path, location.href).searchParams);
const headsOf = (screen: { container: Element }) =>
  [...screen.container.querySelectorAll('tbody th[scope=row] button')].map((head) => head.textContent);

describe('the usage page', () => {
  it('shows sums, a picture and a table of the groups, names as text', async () => {
    const { screen } = await openUsage(`?from=${from}&to=${from + 4 * hour}`);
    await expect.element(screen.getByRole('button', { name: /^Calls\s*10/ })).toBeVisible();
    await expect.element(screen.getByRole('img', { name: /^Tokens over time/ })).toBeVisible();
    expect(headsOf(screen)).toEqual(['gpt-5.5', payload]);
    expect(document.title).not.toBe('owned');
    const row = screen.getByRole('row', { name: /^gpt-5\.5/ });
    const cells = row
      .getByRole('cell')
      .elements()
      .map((cell) => cell.textContent);
    expect(cells).toEqual([
      ...['7', '33 %', '7,000', '50 %', '80', '20', '$0.0015', '$0.00', '$0.0015'],
      ...['420 ms', '900 ms', '2.30 s', '4.00 s', '43', '7'],
    ]);
    await expectNoAxeViolations();
  });

  it('keeps all that it shows by in its address, and asks for exactly that', async () => {
    const { screen, asked } = await openUsage();
    await expect.poll(() => asked()[0]).toMatchObject({ by: 'model' });
    await chooseOption(screen.getByRole('combobox', { name: 'Window' }), 'Last 30 days');
    await chooseOption(screen.getByRole('combobox', { name: 'Steps' }), 'Weeks');
    await chooseOption(screen.getByRole('combobox', { name: 'Group by' }), 'By account');
    await chooseOption(screen.getByRole('combobox', { name: 'Then by' }), 'then by client');
    await chooseOption(screen.getByRole('combobox', { name: 'Measure' }), 'First output, p90');
    await screen.getByRole('checkbox', { name: /Compare/ }).click();
    expect(location.search).toBe('?window=30d&grain=week&measure=ttftP90&by=account%2Cclient&compare=previous');
    await expect
      .poll(() => asked().find((query) => query['compare'] === 'previous'))
      .toMatchObject({ grain: 'week', by: 'account,client' });
  });

  it('is zoomed into by dragging over whole steps, and the way back undoes it', async () => {
    const { screen } = await openUsage(`?from=${from}&to=${from + 4 * hour}`);
    const picture = screen.getByRole('img', { name: /^Tokens over time/ });
    await expect.element(picture).toBeVisible();
    await expect.poll(() => picture.element().querySelector('.u-over')).not.toBeNull();
    const over = picture.element().querySelector<HTMLElement>('.u-over');
    if (over === null) throw new Error('There is no picture.');
    const width = over.clientWidth;
    await userEvent.dragAndDrop(page.elementLocator(over), page.elementLocator(over), {
      sourcePosition: { x: width * 0.3, y: 40 },
      targetPosition: { x: width * 0.7, y: 60 },
    });
    await expect.poll(() => location.search).toBe(`?from=${from + hour}&to=${from + 3 * hour}`);
    history.back();
    await expect.poll(() => location.search).toBe(`?from=${from}&to=${from + 4 * hour}`);
  });

  it('takes a window of one’s own, and refuses one that ends before it begins', async () => {
    const { screen } = await openUsage();
    await screen.getByRole('button', { name: 'From and to' }).click();
    const form = screen.getByRole('dialog', { name: 'From and to' });
    await form.getByLabelText('From').fill('2026-11-20T10:00');
    await form.getByLabelText('To').fill('2026-11-20T09:00');
    await expect.element(form.getByText('The end has to be after the begin.')).toBeVisible();
    await form.getByLabelText('To').fill('2026-11-20T12:00');
    await form.getByRole('button', { name: 'Show' }).click();
    const at = new Date('2026-11-20T10:00').getTime();
    await expect.poll(() => location.search).toBe(`?from=${at}&to=${at + 2 * hour}`);
  });

  it('sorts by any column, and keeps the page to a group by its name', async () => {
    const { screen, asked } = await openUsage();
    await screen.getByRole('button', { name: 'Input', exact: true }).click();
    await expect
      .element(screen.getByRole('columnheader', { name: 'Input' }))
      .toHaveAttribute('aria-sort', 'descending');
    expect(headsOf(screen)).toEqual(['gpt-5.5', payload]);
    await screen.getByRole('button', { name: 'Input', exact: true }).click();
    expect(headsOf(screen)).toEqual([payload, 'gpt-5.5']);
    await screen.getByRole('button', { name: 'gpt-5.5', exact: true }).click();
    await expect.poll(() => asked().at(-1)).toMatchObject({ model: 'gpt-5.5' });
    await screen.getByRole('button', { name: 'Take away: Model: gpt-5.5' }).click();
    await expect.poll(() => location.search).toBe('');
  });

  it('leads from a group to its calls, which are kept to it', async () => {
    const { relay, screen } = await openUsage();
    await screen.getByRole('link', { name: 'Calls of gpt-5.5' }).click();
    await expect.element(screen.getByRole('button', { name: 'Take away: Model: gpt-5.5' })).toBeVisible();
    await expect
      .poll(() => relay.asked.filter(({ path }) => path.startsWith('/api/calls')).map(({ path }) => path))
      .toEqual(['/api/calls?limit=200&model=gpt-5.5']);
    await screen.getByRole('button', { name: 'Take away: Model: gpt-5.5' }).click();
    await expect.poll(() => location.href.endsWith('/calls')).toBe(true);
  });

  it('shows the hours of the week of a window of a day or more', async () => {
    const { screen, relay } = await openUsage('?project=site');
    const map = screen.getByRole('table', { name: 'Tokens in each hour of a week, on average' });
    await expect.element(map.getByTitle('Mon 00–01: 640 on average')).toBeVisible();
    await expect.element(map.getByTitle('Tue 00–01: not in the window')).toBeVisible();
    const asked = relay.asked
      .filter(({ path }) => path.startsWith('/api/usage/hours'))
      .map(({ path }) => queryOf(path));
    expect(asked).toEqual([{ from: expect.any(String), to: expect.any(String), project: 'site' }]);
  });

  it('exports exactly what is asked for', async () => {
    const { screen } = await openUsage(`?from=${from}&to=${from + 4 * hour}&by=key&model=gpt-5.5`);
    const links: string[] = [];
    const noted = (event: Event) => {
      const link = event.target instanceof HTMLAnchorElement ? event.target : null;
      if (link?.pathname.startsWith('/api/') !== true) return;
      event.preventDefault();
      links.push(link.pathname + link.search);
    };
    HTMLAnchorElement.prototype.click = function click() {
      const event = new MouseEvent('click', { cancelable: true });
      Object.defineProperty(event, 'target', { value: this });
      noted(event);
    };
    await screen.getByRole('button', { name: 'Export' }).click();
    await screen.getByRole('menuitem', { name: 'CSV, for a spreadsheet' }).click();
    expect(links).toEqual([
      `/api/usage/export.csv?from=${from}&to=${from + 4 * hour}&by=key&order=tokens&model=gpt-5.5`,
    ]);
  });

  it('says what to do where nothing was used, and what went wrong where it cannot be read', async () => {
    const { relay, screen } = await openUsage('', () => ({ ...view, totals: figures(0), groups: [] }));
    await expect.element(screen.getByRole('heading', { name: 'No calls in this window' })).toBeVisible();
    await screen.getByRole('button', { name: 'Show the last 12 months' }).click();
    await expect.element(screen.getByRole('link', { name: 'Create a key' })).toBeVisible();
    atNextClick(() => {
      relay.state.refuseNext = 'The log cannot be read now.';
    });
    await chooseOption(screen.getByRole('combobox', { name: 'Window' }), 'Today');
    await expect.element(screen.getByRole('heading', { name: 'No calls in this window' })).toBeVisible();
  });

  it('asks again for what could not be read', async () => {
    const relay = fakeRelay();
    relay.state.usage = () => view;
    const screen = await openApp('/keys');
    await expect.element(screen.getByRole('heading', { name: 'Keys', level: 1 })).toBeVisible();
    relay.state.refuseNext = 'The log cannot be read now.';
    await screen.getByRole('link', { name: 'Usage' }).click();
    await expect.element(screen.getByRole('alert')).toHaveTextContent('The log cannot be read now.');
    await screen.getByRole('button', { name: 'Try again' }).click();
    await expect.element(screen.getByRole('img', { name: /^Tokens over time/ })).toBeVisible();
  });
});
