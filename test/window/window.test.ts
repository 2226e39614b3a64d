import { join } from 'node:path';
import { type ElectronApplication, _electron as electron, type Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { findElectron } from '../../scripts/electron-binary.ts';
import { findRunning } from '../../src-main/cli/open-relay.ts';
import { packageRoot } from '../../src-main/config/package-info.ts';
import { makeNewHome, type RelayHome } from '../support/relay-process.ts';

/** Real Electron, real window, real Relay. Runs where Electron's binary is; `npm test` says where it is not. */
let home: RelayHome;
let app: ElectronApplication;
let page: Page;

beforeAll(async () => {
  const { path } = findElectron(packageRoot);
  if (path === null) throw new Error('There is no Electron to open a window with.');
  home = makeNewHome();
  const env = Object.entries(home.variables).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]]));
  app = await electron.launch({ executablePath: path, args: [packageRoot], env: Object.fromEntries(env) });
  page = await app.firstWindow();
  await page.getByRole('navigation').waitFor();
});

afterAll(async () => {
  await app?.close();
  home?.remove();
});

test('the window is signed in and shows the dashboard of a Relay that runs', async () => {
  const running = await findRunning(home.dataDir);
  expect([new URL(page.url()).origin, new URL(page.url()).hash]).toEqual([running?.url, '']);
});

test('the page has nothing of Node or Electron but the bridge', async () => {
  const seen = await page.evaluate(() => {
    const names = ['require', 'process', 'module', 'Buffer', 'global', 'electron', 'ipcRenderer'];
    const bridge = Reflect.get(globalThis, 'relayDesktop') as object;
    return { node: names.filter((name) => Reflect.has(globalThis, name)), bridge: Object.keys(bridge).sort() };
  });
  expect(seen).toEqual({ node: [], bridge: ['copy', 'facts', 'pathOf', 'show', 'theme', 'update'] });
});

test('the bridge answers what the contract allows and refuses the rest', async () => {
  const answers = await page.evaluate(async () => {
    const bridge = Reflect.get(globalThis, 'relayDesktop') as Record<string, (given: unknown) => Promise<unknown>>;
    const refused = await bridge['show']!({ folder: '/etc' }).then(
      () => 'done',
      (error: Error) => error.message,
    );
    return { facts: await bridge['facts']!({}), refused };
  });
  expect(answers).toMatchObject({ facts: { update: { state: 'off' } } });
  expect(answers.refused).toContain('Refused.');
});

test('the page cannot leave its origin, open a window or get a permission', async () => {
  const before = page.url();
  const tried = await page.evaluate(async () => {
    const opened = Reflect.get(globalThis, 'open')('https://evil.example/') === null;
    const permissions = Reflect.get(Reflect.get(globalThis, 'navigator'), 'permissions');
    const { state } = await permissions.query({ name: 'geolocation' });
    Reflect.get(globalThis, 'location').href = 'https://evil.example/';
    return { opened, state };
  });
  expect(tried).toEqual({ opened: true, state: 'denied' });
  await page.getByRole('navigation').waitFor();
  expect([page.url(), app.windows().length]).toEqual([before, 1]);
});

test('the main process sees the window as it was asked for', async () => {
  const asked = await app.evaluate(({ BrowserWindow, Menu }) => {
    const [window] = BrowserWindow.getAllWindows();
    return { visible: window?.isVisible(), title: window?.getTitle(), menu: Menu.getApplicationMenu()?.items.length };
  });
  expect(asked).toEqual({ visible: true, title: 'Relay', menu: process.platform === 'darwin' ? 5 : 4 });
  expect(join(home.dataDir, 'window')).toBe(
    await app.evaluate(({ app: electronApp }) => electronApp.getPath('userData')),
  );
});
