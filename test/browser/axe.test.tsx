import { describe, expect, it } from 'vitest';
import { expectNoAxeViolations } from './expect-no-axe-violations.ts';
import { fakeRelay } from './fake-relay.ts';
import { openApp } from './open-app.tsx';

describe('axe finds nothing serious in', () => {
  it.each([
    ['/', 'Overview'],
    ['/calls', 'Calls'],
    ['/accounts', 'Accounts'],
    ['/welcome', 'Welcome'],
    ['/connect/codex', 'Connect'],
    ['/keys', 'Keys'],
    ['/errors', 'Errors'],
    ['/routing', 'Routing'],
    ['/rehearsal', 'Rehearsal'],
    ['/settings', 'Settings'],
    ['/docs/listCalls', 'Docs'],
    ['/status/parts', 'Status'],
  ])('%s', async (address, title) => {
    fakeRelay();
    const screen = await openApp(address);
    await expect.element(screen.getByRole('heading', { name: title, exact: true, level: 1 })).toBeVisible();
    await expect.poll(() => screen.container.querySelector('output')?.textContent ?? '').not.toContain('Loading');
    await expectNoAxeViolations();
  });

  it('a main button under the pointer', async () => {
    fakeRelay();
    const screen = await openApp('/keys');
    await screen.getByRole('button', { name: 'Create key' }).hover();
    await expectNoAxeViolations();
  });

  it('an open menu, an open list and the dialog around it', async () => {
    fakeRelay();
    const screen = await openApp('/accounts');
    await screen.getByRole('button', { name: 'Actions for personal' }).click();
    await expect.element(screen.getByRole('menu')).toBeVisible();
    await expectNoAxeViolations();
    await screen.getByRole('menuitem', { name: 'Settings…' }).click();
    await screen.getByRole('dialog').getByRole('combobox', { name: 'When it is used' }).click();
    await expect.element(screen.getByRole('option', { name: 'Normal' })).toBeVisible();
    await expectNoAxeViolations();
  });
});

describe('a menu', () => {
  it('opens upwards where there is no room below', async () => {
    fakeRelay();
    const screen = await openApp('/calls', [360, 640]);
    const button = screen.getByRole('button', { name: 'More' });
    await button.click();
    const menu = screen.getByRole('menu', { name: 'More pages' });
    await expect.element(menu).toBeVisible();
    await expect
      .poll(() => menu.element().getBoundingClientRect().bottom <= button.element().getBoundingClientRect().top)
      .toBe(true);
    await screen.getByRole('menuitem', { name: 'Rehearsal' }).click();
    await expect.element(screen.getByRole('heading', { name: 'Rehearsal', level: 1 })).toBeVisible();
    await expect.element(screen.getByRole('button', { name: 'Rehearsal' })).toHaveAttribute('aria-current', 'page');
  });
});
