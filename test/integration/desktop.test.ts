import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { findRunning } from '../../src-main/cli/open-relay.ts';
import type { RunningRelay } from '../../src-main/cli/relay-access.ts';
import type { ScriptEntry } from '../../src-main/simulator/fault.ts';
import { createSimulator, type Simulator } from '../../src-main/simulator/simulator.ts';
import { systemClock } from '../../src-shared/domain/clock.ts';
import { click, createFakeElectron, itemOf, senderOf } from '../support/fake-electron.ts';
import { createManualTime, type ManualTime } from '../support/manual-timers.ts';
import { makeRelayHome, type RelayHome, startRelayProcess } from '../support/relay-process.ts';

const electron = createFakeElectron();
vi.doMock('electron', () => electron.module);
const { runDesktop } = await import('../../src-main/shell/run-desktop.ts');

let home: RelayHome;
let simulator: Simulator;
let upstream: string;
let time: ManualTime;

beforeEach(async () => {
  time = createManualTime(Date.now());
  simulator = createSimulator({ clock: systemClock, accounts: [{ name: 'a', kind: 'openai' }], timers: time.timers });
  const { openaiBaseUrl, issuer } = await simulator.start();
  upstream = openaiBaseUrl;
  home = makeRelayHome({ RELAY_OPENAI_BASE_URL: openaiBaseUrl, RELAY_AUTH_ISSUER: issuer });
  vi.stubEnv('XDG_CONFIG_HOME', join(home.dir, 'config'));
});

afterEach(async () => {
  await quit();
  electron.reset();
  vi.unstubAllEnvs();
  await simulator.stop();
  home.remove();
});

/** The real app with a real Relay, in a fake Electron. */
async function start(...args: string[]): Promise<void> {
  await runDesktop({
    variables: home.variables,
    argv: ['relay', ...args],
    platform: 'linux',
    resourcesPath: home.dir,
    keepServing: () => undefined,
    loadUpdater: async () => Promise.reject(new Error('There is no feed.')),
  });
}

async function quit(): Promise<void> {
  if (electron.trays.length === 0 || electron.state.quitting) return;
  electron.module.app.quit();
  await expect.poll(() => electron.state.quitting).toBe(true);
}

/** The API of the app's Relay, as a script has it. */
async function api(): Promise<RunningRelay> {
  const running = await findRunning(home.dataDir);
  if (running === null) throw new Error('Relay does not run.');
  return running;
}

const addWork = (accounts: RunningRelay['accounts']) =>
  accounts.addApiKey({ type: 'api-key', apiKey: simulator.account('a').apiKey, wire: 'responses', label: 'work' });

const theWindow = () => electron.windows.at(-1)!;
const theTray = () => electron.trays.at(-1)!;
const said = () => electron.notifications.map(({ options }) => options.title);
const ask = (url: string, key: string, input = 'Hello'): Promise<Response> =>
  fetch(`${url}/v1/responses`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'gpt-5.5', input, stream: true }),
  });

describe('the start', () => {
  test('brings up window, tray and menu, signs the window in, and shows the first key once', async () => {
    await start();
    const { url } = await api();
    expect(theWindow().done).toEqual([`load ${url}/#/enter/…`, 'show', 'focus']);
    expect(electron.boxes).toMatchObject([{ message: 'Your first key', buttons: ['Copy it', 'Close'] }]);
    expect(electron.state.applicationMenu.map(({ label, role }) => label ?? role)).toEqual([
      '&File',
      'editMenu',
      '&View',
      'windowMenu',
    ]);
    await expect.poll(() => electron.state.clipboard).toMatch(/^sk-relay-/);
    const models = await fetch(`${url}/v1/models`, {
      headers: { authorization: `Bearer ${electron.state.clipboard}` },
    });
    expect(models.status).toBe(200);
    const token = theWindow().webContents.url.split('/enter/')[1];
    const entered = await fetch(`${url}/api/session`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin: url, 'sec-fetch-site': 'same-origin' },
      body: JSON.stringify({ token }),
    });
    expect([entered.status < 300, entered.headers.get('content-security-policy')]).toEqual([
      true,
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    ]);
    expect({ sandboxed: electron.state.sandboxed, paths: electron.state.paths }).toEqual({
      sandboxed: true,
      paths: { userData: join(home.dataDir, 'window') },
    });
  });

  test('with a damaged database asks first, leaves it as it is or begins a new one beside it (S-03)', async () => {
    const path = join(home.dataDir, 'relay.db');
    mkdirSync(home.dataDir, { recursive: true });
    writeFileSync(path, 'this is no database');
    electron.state.answer = 1;
    await start();
    expect([electron.boxes, electron.windows.length, readFileSync(path, 'utf8'), electron.state.quitting]).toEqual([
      [
        expect.objectContaining({
          message: 'The database cannot be used',
          detail: expect.stringMatching(/^The database .* is damaged: .*\. It was not changed\.\n\nRelay can keep/),
          buttons: ['Keep it aside and begin a new one', 'Quit'],
        }),
      ],
      ...[0, 'this is no database', true],
    ]);

    electron.reset();
    electron.state.answer = 0;
    await start();
    const kept = readdirSync(home.dataDir).filter((name) => name.startsWith('relay.db.corrupt-'));
    expect([kept.length, theWindow().done.at(0)]).toEqual([1, expect.stringMatching(/^load /)]);
    const { ledger } = await (await api()).status();
    expect(ledger.notices).toEqual([expect.stringContaining('a new one was started')]);
  });

  test('a second instance ends at once and touches nothing (P-02)', async () => {
    electron.state.first = false;
    await start();
    expect([
      electron.state.quits,
      electron.windows,
      electron.trays,
      existsSync(join(home.dataDir, 'relay.db')),
    ]).toEqual([1, [], [], false]);
  });

  test('a second launch shows the window of the first, also at the page of a link', async () => {
    await start('--hidden');
    expect(electron.windows).toEqual([]);
    electron.module.app.emit('second-instance', {}, ['relay', '--hidden']);
    expect(electron.windows).toEqual([]);
    electron.module.app.emit('second-instance', {}, ['relay']);
    await expect.poll(() => electron.windows[0]?.visible).toBe(true);
    electron.module.app.emit('second-instance', {}, ['relay', 'relay://keys']);
    electron.module.app.emit('open-url', { preventDefault: () => undefined }, 'relay://calls/call_1');
    electron.module.app.emit('open-url', { preventDefault: () => undefined }, 'relay://evil.example/');
    const { url } = await api();
    expect(theWindow().done.filter((step) => step.startsWith('load'))).toEqual([
      `load ${url}/#/enter/…`,
      `load ${url}/keys`,
      `load ${url}/calls/call_1`,
    ]);
  });

  test('a link that starts the app opens its page, even hidden', async () => {
    await start('--hidden', 'relay://accounts');
    const { url } = await api();
    await expect.poll(() => electron.windows[0]?.done[0]).toBe(`load ${url}/accounts#/enter/…`);
  });

  test('a port that is taken is said in one sentence, and the data folder is free again (P-01)', async () => {
    const { port } = new URL(upstream);
    Object.assign(home.variables, { RELAY_PORT: port });
    await expect(start()).rejects.toThrow(`Port ${port} is taken by another program.`);
    Object.assign(home.variables, { RELAY_PORT: '0' });
    await start('--hidden');
    expect((await api()).url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
  });
});

describe('the tray', () => {
  test('pauses and resumes all: calls are refused in words, and the audit knows who it was', async () => {
    await start('--hidden');
    await expect.poll(() => electron.state.clipboard).toMatch(/^sk-relay-/);
    const key = electron.state.clipboard;
    const { url, accounts, pause } = await api();
    click(theTray().template, 'Pause all');
    await expect.poll(() => itemOf(theTray().template, 'Pause all').checked).toBe(true);
    const refused = await ask(url, key);
    expect([refused.status, refused.headers.get('x-should-retry'), await refused.json()]).toEqual([
      503,
      'false',
      {
        error: {
          message: 'Relay is paused. Resume it in its tray or dashboard, or with: relay resume',
          type: 'server_error',
          param: null,
          code: 'relay_paused',
        },
      },
    ]);
    expect(theTray().image).toMatch(/paused\.png$/);
    click(theTray().template, 'Pause all');
    await expect.poll(() => pause.view()).toBeNull();
    const { entries } = await accounts.audit.list({ limit: 10 });
    expect(entries.map(({ actor, what, detail }) => ({ actor, what, detail }))).toEqual([
      { actor: 'tray', what: 'resumed', detail: 'Relay was resumed.' },
      { actor: 'tray', what: 'paused', detail: 'Relay was paused until it is resumed.' },
    ]);
  });

  test('shows an account as soon as there is one and switches it; makes a key and copies it', async () => {
    await start('--hidden');
    const { url, accounts, keys } = await api();
    await addWork(accounts);
    await expect.poll(() => itemOf(theTray().template, 'work: billed by use').checked).toBe(true);
    click(theTray().template, 'work: billed by use');
    await expect.poll(() => itemOf(theTray().template, 'work: switched off').checked).toBe(false);
    const [entry] = (await accounts.audit.list({ limit: 1 })).entries;
    expect(entry).toMatchObject({ actor: 'tray', what: 'disabled', accountLabel: 'work' });
    await expect.poll(() => electron.state.clipboard).toMatch(/^sk-relay-/);
    click(theTray().template, 'Copy base URL');
    await expect.poll(() => electron.state.clipboard).toBe(`${url}/v1`);
    click(theTray().template, 'Copy a new key');
    await expect.poll(() => electron.state.clipboard).toMatch(/^sk-relay-/);
    const names = (await keys.list()).map(({ name }) => name);
    expect([names.toSorted(), said()]).toEqual([['First key', 'From the tray'], ['A new key is on the clipboard']]);
  });

  test('launches Relay at login, undoes it to the last byte, and sets its menu anew when it changes', async () => {
    await start('--hidden');
    const file = join(home.dir, 'config', 'autostart', 'relay.desktop');
    const { menus } = theTray();
    electron.module.powerMonitor.emit('resume');
    click(theTray().template, 'Launch at login');
    await expect.poll(() => existsSync(file)).toBe(true);
    expect(readFileSync(file, 'utf8')).toContain(`Exec="${process.execPath}" "--hidden"\n`);
    await expect.poll(() => itemOf(theTray().template, 'Launch at login').checked).toBe(true);
    expect(theTray().menus - menus).toBe(1);
    click(theTray().template, 'Launch at login');
    await expect.poll(() => existsSync(file)).toBe(false);
  });
});

describe('the window', () => {
  test('ends Relay where closing is to mean that, and stays away at the start where that is set', async () => {
    await start();
    const { settings } = await api();
    await settings.patch({ 'desktop.closeToTray': false, 'desktop.launchAtLogin': true, 'desktop.startHidden': true });
    await expect.poll(() => itemOf(theTray().template, 'Launch at login').checked).toBe(true);
    theWindow().close();
    await expect.poll(() => electron.state.quitting).toBe(true);
    expect(await findRunning(home.dataDir)).toBeNull();
    electron.reset();
    await start();
    expect(electron.windows).toEqual([]);
    electron.module.app.emit('second-instance', {}, ['relay']);
    await expect.poll(() => electron.windows[0]?.visible).toBe(true);
  });

  test('is answered by the app, closes into the tray, which is said once, and keeps its theme', async () => {
    await start();
    const { url } = await api();
    const event = senderOf(theWindow().webContents, { origin: url, url: `${url}/keys` });
    const call = async (name: string, given: unknown) => electron.ipc.get(`relay:${name}`)?.(event, given);
    expect(await call('facts', {})).toEqual({
      platform: 'linux',
      update: { state: 'off', version: null, sentence: 'This build of Relay does not update itself.' },
    });
    expect(await call('copy', { text: 'copied' })).toEqual({});
    expect(await call('theme', { theme: 'dark' })).toEqual({});
    expect(await call('show', { folder: 'logs' })).toEqual({});
    expect(await call('update', { do: 'check' })).toMatchObject({ state: 'off' });
    expect([electron.state.clipboard, electron.module.nativeTheme.themeSource, electron.opened]).toEqual([
      'copied',
      'dark',
      [join(home.dataDir, 'logs')],
    ]);
    theWindow().close();
    electron.module.app.emit('activate');
    theWindow().close();
    expect([theWindow().destroyed, said(), electron.state.quits]).toEqual([false, ['Relay keeps running'], 0]);
    await quit();
    electron.reset();
    await start();
    expect(theWindow().options.backgroundColor).toBe('#0d0e12');
    theWindow().close();
    expect(said()).toEqual([]);
  });

  test('may crash for all the calls care (P-09)', async () => {
    await start();
    const { url, accounts } = await api();
    await addWork(accounts);
    await expect.poll(() => electron.state.clipboard).toMatch(/^sk-relay-/);
    const answer = await ask(url, electron.state.clipboard, 'sim:say still here');
    theWindow().webContents.emit('render-process-gone', {}, { reason: 'crashed' });
    expect(await answer.text()).toContain('still here');
  });
});

const HOLD_MS = 3_600_000;

/** An answer that stops after its first words until the test lets it go on. */
const held: ScriptEntry = { kind: 'silence', at: 'deltas', afterDeltas: 2, ms: HOLD_MS };

async function goOn(): Promise<void> {
  await time.untilSet(HOLD_MS);
  time.advance(HOLD_MS);
}

describe('the end', () => {
  async function withRunningCall(): Promise<Response> {
    await start();
    const { url, accounts } = await api();
    await addWork(accounts);
    await expect.poll(() => electron.state.clipboard).toMatch(/^sk-relay-/);
    simulator.account('a').script(held);
    return ask(url, electron.state.clipboard, 'sim:say one two three four');
  }

  test('waits for the calls that run, says so in the tray, and shows no window', async () => {
    const answer = await withRunningCall();
    electron.module.app.quit();
    expect([electron.state.quitting, theWindow().destroyed]).toEqual([false, true]);
    await expect
      .poll(() => theTray().template.map(({ label }) => label))
      .toEqual(['Relay is ending: 1 call may finish', 'Quit now']);
    await goOn();
    expect(await answer.text()).toContain('response.completed');
    await expect.poll(() => electron.state.quitting).toBe(true);
  });

  test('a second wish to quit waits for nothing', async () => {
    const answer = await withRunningCall();
    electron.module.app.quit();
    click(theTray().template, 'Quit now');
    expect(electron.state.quitting).toBe(true);
    await goOn();
    await answer.text();
    await expect.poll(() => findRunning(home.dataDir)).toBeNull();
  });
});

describe('beside a Relay that runs already', () => {
  test('the app is its window and tray, and leaves it running', async () => {
    const served = await startRelayProcess(home);
    // Also where the test fails.
    onTestFinished(() => served.kill('SIGKILL'));
    await start();
    const { url } = served.announcement;
    await expect.poll(() => electron.windows[0]?.done[0]).toBe(`load ${url}/#/enter/…`);
    click(theTray().template, 'Pause all');
    const { pause, accounts } = await api();
    await expect.poll(() => pause.view()).toMatchObject({ until: null });
    expect((await accounts.audit.list({ limit: 1 })).entries).toMatchObject([{ actor: 'tray', what: 'paused' }]);
    electron.module.app.quit();
    expect(electron.state.quitting).toBe(true);
    expect((await fetch(`${url}/health/live`)).status).toBe(200);
    served.kill('SIGTERM');
    expect(await served.ended).toBe(0);
  });
});
