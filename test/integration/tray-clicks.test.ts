import { EventEmitter } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, onTestFinished, test, vi } from 'vitest';
import { findRunning } from '../../src-main/cli/open-relay.ts';
import type { RunningRelay } from '../../src-main/cli/relay-access.ts';
import { systemProcesses } from '../../src-main/config/process-identity.ts';
import type { Updater } from '../../src-main/shell/updates.ts';
import { createSimulator, type Simulator } from '../../src-main/simulator/simulator.ts';
import { systemClock } from '../../src-shared/domain/clock.ts';
import { click, createFakeElectron, itemOf } from '../support/fake-electron.ts';
import { makeFakeTunnel, publicHost } from '../support/fake-tunnel.ts';
import { makeRelayHome, type RelayHome } from '../support/relay-process.ts';

const electron = createFakeElectron();
vi.doMock('electron', () => electron.module);
const { runDesktop } = await import('../../src-main/shell/run-desktop.ts');

let home: RelayHome;
let simulator: Simulator;
let running: RunningRelay;
let key: string;

beforeEach(async () => {
  const used = { fiveHour: { usedPercent: 10, resetsInMs: 3_600_000 } };
  simulator = createSimulator({
    clock: systemClock,
    accounts: [
      { name: 'ann', kind: 'chatgpt', ...used },
      { name: 'bob', kind: 'chatgpt', ...used },
    ],
    signIn: { redirectPorts: 'any' },
  });
  const { chatgptBaseUrl, issuer } = await simulator.start();
  home = makeRelayHome({ RELAY_CHATGPT_BASE_URL: chatgptBaseUrl, RELAY_AUTH_ISSUER: issuer });
  // A build with a feed.
  writeFileSync(join(home.dir, 'app-update.yml'), '');
  await start();
});

afterEach(async () => {
  if (!electron.state.quitting) electron.module.app.quit();
  await expect.poll(() => electron.state.quitting).toBe(true);
  electron.reset();
  await simulator.stop();
  home.remove();
});

class FakeUpdater extends EventEmitter implements Updater {
  autoDownload = false;
  autoInstallOnAppQuit = true;
  readonly installs: (boolean | undefined)[][] = [];
  checkForUpdates = async (): Promise<void> => void this.emit('update-downloaded', { version: '9.9.9' });
  quitAndInstall = (...how: (boolean | undefined)[]): void => void this.installs.push(how);
}
let updater: FakeUpdater;

/** The real app with a real Relay and two logins, in a fake Electron. */
async function start(): Promise<void> {
  updater = new FakeUpdater();
  await runDesktop({
    variables: home.variables,
    argv: ['relay', '--hidden'],
    platform: 'linux',
    resourcesPath: home.dir,
    keepServing: () => undefined,
    loadUpdater: async () => updater,
    callbackPorts: [0],
  });
  const found = await findRunning(home.dataDir);
  if (found === null) throw new Error('Relay does not run.');
  running = found;
  for (const name of ['ann', 'bob']) {
    const content = simulator.account(name).authJson();
    const added = await running.accounts.importAuthJson({
      ...{ type: 'auth-json', content, label: name, acceptShared: true },
    });
    await running.accounts.refreshModels(added.id);
    await running.accounts.refreshUsage(added.id);
  }
  // The first key is copied as it is shown.
  await expect.poll(() => electron.state.clipboard).toMatch(/^sk-relay-/);
  key = electron.state.clipboard;
}

const template = () => electron.trays.at(-1)!.template;
/** The menu of one account. */
const menuOf = (label: string) => {
  const { submenu } = itemOf(template(), label);
  if (!Array.isArray(submenu)) throw new Error(`${label} has no menu.`);
  return submenu;
};
const labelsOf = (label: string) => menuOf(label).map((item) => item.label);
const viewOf = async (label: string) => (await running.accounts.views()).find((each) => each.label === label)!;
/** Who did what, newest first. */
const noted = async (limit: number) =>
  (await running.accounts.audit.list({ limit })).entries.map(({ actor, what, accountLabel }) => [
    actor,
    what,
    accountLabel,
  ]);

/** Which accounts calls of their own conversations went to, each once. */
async function served(): Promise<string[]> {
  simulator.clearJournal();
  for (let call = 0; call < 4; call++) {
    const answer = await fetch(`${running.url}/v1/responses`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      body: JSON.stringify({ model: 'gpt-5.5', input: `sim:say hello ${call}` }),
    });
    expect([answer.status, (await answer.text()).length > 0]).toEqual([200, true]);
  }
  return [...new Set(simulator.modelRequests().map(({ account }) => account ?? ''))].toSorted();
}

test('pin for 1 hour sends every call to that account until it is unpinned', async () => {
  await expect.poll(() => labelsOf('bob')).toContain('Pin for 1 hour');
  const before = Date.now();
  click(menuOf('bob'), 'Pin for 1 hour');
  const pinned = /^Unpin \(pinned until /;
  await expect.poll(() => labelsOf('bob')[0]).toMatch(pinned);
  const [bob, ann] = await Promise.all(['bob', 'ann'].map(viewOf));
  expect([
    bob!.pinnedUntil! - before >= 3_600_000,
    bob!.pinnedUntil! <= Date.now() + 3_600_000,
    ann!.pinnedUntil,
  ]).toEqual([true, true, null]);
  expect(await served()).toEqual(['bob']);
  expect(await noted(1)).toEqual([['tray', 'pinned', 'bob']]);
  click(menuOf('ann'), 'Pin for 1 hour');
  await expect
    .poll(() => [labelsOf('ann')[0], labelsOf('bob')[0]])
    .toEqual([expect.stringMatching(pinned), 'Pin for 1 hour']);
  expect(await served()).toEqual(['ann']);
  click(menuOf('ann'), labelsOf('ann')[0]!);
  await expect.poll(() => labelsOf('ann')[0]).toBe('Pin for 1 hour');
  expect([await noted(1), (await viewOf('ann')).pinnedUntil]).toEqual([[['tray', 'unpinned', 'ann']], null]);
});

test('rest until reset sends no call there until its reset, or until it is tried again', async () => {
  await expect.poll(() => itemOf(menuOf('ann'), 'Rest until reset').enabled).toBe(true);
  click(menuOf('ann'), 'Rest until reset');
  await expect.poll(() => labelsOf('ann')).toContain('Try again now');
  const { health, windows } = await viewOf('ann');
  expect(health).toMatchObject({ state: 'resting', until: Math.min(...windows.map(({ resetsAt }) => resetsAt!)) });
  expect(await served()).toEqual(['bob']);
  expect(await noted(1)).toEqual([['tray', 'rest-begun', 'ann']]);
  click(menuOf('ann'), 'Try again now');
  await expect.poll(() => labelsOf('ann')).toContain('Rest until reset');
  click(menuOf('bob'), 'Rest until reset');
  await expect.poll(() => labelsOf('bob')).toContain('Try again now');
  expect(await served()).toEqual(['ann']);
});

test('sign in again opens the page of the sign-in service, and its end is the same account with a new login', async () => {
  simulator.account('ann').tokens.revokeAll();
  await running.accounts.test((await viewOf('ann')).id);
  await expect.poll(() => template().map(({ label }) => label)).toContain('ann: sign in again');
  await expect.poll(() => labelsOf('ann')).toContain('Sign in again…');
  simulator.signInAs('ann');
  click(menuOf('ann'), 'Sign in again…');
  await expect.poll(() => electron.opened).toEqual([expect.stringMatching(/\/oauth\/authorize\?/)]);
  const [page] = electron.opened;
  const callback = (await fetch(page!, { redirect: 'manual' })).headers.get('location')!;
  const [signIn] = await running.signIns.list();
  expect([signIn!.accountId, signIn!.state]).toEqual([(await viewOf('ann')).id, 'waiting']);
  expect(await running.signIns.paste(signIn!.id, callback)).toMatchObject({
    state: 'done',
    accountId: signIn!.accountId,
  });
  const { health } = await viewOf('ann');
  expect([(await running.accounts.views()).length, health.state, await noted(1)]).toEqual([
    2,
    'ready',
    [['tray', 'signed-in', 'ann']],
  ]);
  await running.accounts.setEnabled((await viewOf('bob')).id, false);
  expect(await served()).toEqual(['ann']);
});

test.skipIf(process.platform === 'win32')('an open tunnel stands in the menu, and stops there', async () => {
  const fake = makeFakeTunnel();
  vi.stubEnv('PATH', fake.folder);
  onTestFinished(() => void vi.unstubAllEnvs());
  const { keyId } = await running.tunnel.start({}, 'cli');
  const item = `Tunnel open: ${publicHost} - Stop`;
  await expect.poll(() => template().map(({ label }) => label)).toContain(item);
  click(template(), item);
  await expect.poll(() => template().map(({ label }) => label)).not.toContain(item);
  const key = (await running.keys.list()).find(({ id }) => id === keyId);
  expect([key?.revokedAt, systemProcesses.isRunning(fake.told()!.pid)]).toEqual([expect.any(Number), false]);
  expect(await noted(2)).toEqual([
    ['tray', 'tunnel-closed', null],
    ['cli', 'tunnel-opened', null],
  ]);
});

test('updates are looked for, and installed only after the calls have ended', async () => {
  await expect.poll(() => template().map(({ label }) => label)).toContain('Look for updates');
  click(template(), 'Look for updates');
  await expect.poll(() => template().map(({ label }) => label)).toContain('Install Relay 9.9.9 and restart');
  expect(updater.installs).toEqual([]);
  click(template(), 'Install Relay 9.9.9 and restart');
  await expect.poll(() => updater.installs).toEqual([[false, true]]);
  // What installs starts when the app has ended; by then nothing of Relay runs any more.
  expect(await findRunning(home.dataDir)).toBeNull();
});
