import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { app, clipboard, Menu, nativeTheme, powerMonitor, shell } from 'electron';
import { z } from 'zod';
import { type DesktopFacts, desktopCalls } from '../../src-shared/contract/desktop.ts';
import type { Settings } from '../../src-shared/contract/settings.ts';
import type { Clock } from '../../src-shared/domain/clock.ts';
import type { Timers } from '../../src-shared/domain/timers.ts';
import type { Log } from '../log/log.ts';
import { appMenu } from './app-menu.ts';
import { createExternalLinks } from './external-links.ts';
import { createKeptFile } from './kept-file.ts';
import { setLaunchAtLogin } from './login-item.ts';
import { createMainWindow } from './main-window.ts';
import { nextNotices, nothingTold, noticeMemorySchema } from './notices.ts';
import { createNotifier } from './notifier.ts';
import type { Glance, RelayLink } from './relay-link.ts';
import { showTray } from './tray.ts';
import { performTrayAction } from './tray-actions.ts';
import { endingMenu, type TrayAction, trayMenu, trayMoodInWords } from './tray-menu.ts';
import { trayState } from './tray-state.ts';
import { createUpdates, type UpdatePorts } from './updates.ts';
import { answerWindowCalls } from './window-calls.ts';
import { windowStateSchema } from './window-placement.ts';

export interface ShellPorts {
  readonly link: RelayLink;
  readonly dataDir: string;
  /** Where the app itself is: its icons and its preload script. */
  readonly appDir: string;
  /** Where logins are signed in. */
  readonly authIssuer: string;
  readonly platform: NodeJS.Platform;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly log: Log;
  readonly loadUpdater: UpdatePorts['load'];
  /** Lets running calls end and closes Relay. */
  readonly drain: () => Promise<void>;
}

export interface Shell {
  /** Brings the window up; with a path at that page. */
  show(path: string | null): void;
  /** No window any more, and a tray that says what is waited for. */
  ending(callsLeft: () => number): void;
  close(): void;
}

/** Changes come in bursts; the tray shows them together, and not more often than once in a second. */
const BURST_MS = 100;
const SPACING_MS = 1_000;
/** Times of day and what is left change by themselves. */
const LOOK_MS = 30_000;
const COUNT_MS = 500;

const platformNames: Readonly<Partial<Record<NodeJS.Platform, DesktopFacts['platform']>>> = {
  darwin: 'mac',
  win32: 'windows',
};

/** All that Electron adds to a Relay: window, tray, menu, notifications. Electron must be ready. */
export async function openShell(ports: ShellPorts): Promise<Shell> {
  const { link, dataDir, appDir, platform, clock, timers, log } = ports;
  mkdirSync(join(dataDir, 'window'), { recursive: true, mode: 0o700 });
  const file = <T>(name: string, schema: z.ZodType<T>) => createKeptFile(join(dataDir, 'window', name), schema);
  const isExternalLink = createExternalLinks(ports.authIssuer);
  const openExternal = (url: string): void => {
    shell.openExternal(url).catch((error: unknown) => log.warn({ err: error }, 'The browser could not be opened'));
  };
  const say = createNotifier();
  const told = file('notices.json', noticeMemorySchema);
  const saidHidden = file('hidden.json', z.literal(true));
  const theme = file('theme.json', desktopCalls.theme.input.shape.theme);
  nativeTheme.themeSource = theme.read() ?? 'system';

  let glance: Glance | null = null;
  let cancel: (() => void) | null = null;
  let over = false;
  const settings = (): Settings | undefined => glance?.settings;
  const quit = (): void => app.quit();

  const window = createMainWindow({
    origin: new URL(link.url).origin,
    dashboardUrl: link.dashboardUrl,
    preload: join(appDir, 'dist', 'preload', 'preload.cjs'),
    memory: file('place.json', windowStateSchema),
    isExternalLink,
    openExternal,
    closesToTray: () => !over && (settings()?.['desktop.closeToTray'] ?? true),
    hidden() {
      // Where a desktop shows no tray, this is how a person learns where Relay has gone.
      if (saidHidden.read() !== null) return;
      saidHidden.write(true);
      say({
        title: 'Relay keeps running',
        body: 'Start it again to see its window. Quit it from its tray or its menu.',
      });
    },
    closed: quit,
    clock,
    log,
  });
  const show = (path: string | null): void => {
    if (over) return;
    window.show(path).catch((error: unknown) => log.error({ err: error }, 'The window could not be opened'));
  };
  const updates = createUpdates({ load: ports.loadUpdater, drain: ports.drain, changed: () => look(BURST_MS), log });
  const perform = (action: TrayAction): void => {
    const tell = (title: string, body: string): void => say({ title, body });
    void performTrayAction(action, { link, open: show, updates, quit, isExternalLink, tell }).then(() => look(0));
  };
  const tray = showTray({ folder: join(appDir, 'assets', 'tray'), perform, clicked: () => show(null), platform });
  Menu.setApplicationMenu(Menu.buildFromTemplate(appMenu(platform, { open: show, quit })));
  answerWindowCalls({
    origin: () => new URL(link.url).origin,
    isOurs: window.isOurs,
    refused: (call, why) => log.warn({ call, why }, 'A call of the window was refused'),
    answers: {
      facts: async () => ({ platform: platformNames[platform] ?? 'linux', update: updates.view() }),
      async copy({ text }) {
        await clipboard.writeText(text);
        return {};
      },
      async theme({ theme: chosen }) {
        nativeTheme.themeSource = chosen;
        theme.write(chosen);
        return {};
      },
      async show({ folder }) {
        const problem = await shell.openPath(folder === 'logs' ? join(dataDir, 'logs') : dataDir);
        if (problem !== '') log.warn({ problem }, 'A folder could not be shown');
        return {};
      },
      async update({ do: wish }) {
        if (wish === 'install') await updates.install();
        else await updates.check();
        return updates.view();
      },
    },
  });

  /** Reads what there is to show, and shows it; what cannot be read leaves the tray as it is. */
  const refresh = async (): Promise<void> => {
    const before = glance;
    glance = await link.glance();
    if (over) return;
    const now = clock.now();
    const launch = glance.settings['desktop.launchAtLogin'];
    // A program that has moved is written down anew at each start; what was never asked for is not touched.
    if (before === null ? launch : launch !== before.settings['desktop.launchAtLogin']) applyLaunchAtLogin(launch);
    const state = trayState(glance, link.url, updates.view(), now);
    tray.show({ mood: state.mood, tooltip: `Relay: ${trayMoodInWords(state)}`, items: trayMenu(state) });
    const facts = { accounts: glance.accounts, budgets: glance.budgets, paused: glance.pause !== null, now };
    const known = told.read() ?? nothingTold;
    const { memory, notices } = nextNotices(known, facts, glance.settings);
    if (JSON.stringify(memory) !== JSON.stringify(known)) told.write(memory);
    for (const notice of notices) say(notice, () => show(notice.path));
  };

  const applyLaunchAtLogin = (enabled: boolean): void => {
    try {
      setLaunchAtLogin(enabled);
    } catch (error) {
      log.warn({ err: error }, 'Launching at login could not be changed');
    }
  };

  let reading = false;
  let dueAt = Number.POSITIVE_INFINITY;
  let freeAt = clock.monotonic() + SPACING_MS;
  function look(afterMs: number): void {
    const now = clock.monotonic();
    // What a person did is shown at once.
    const at = afterMs === 0 ? now : Math.max(now + afterMs, freeAt);
    if (over || at >= dueAt) return;
    cancel?.();
    dueAt = at;
    cancel = timers.set(at - now, () => {
      dueAt = Number.POSITIVE_INFINITY;
      cancel = null;
      if (reading) return look(BURST_MS);
      reading = true;
      freeAt = clock.monotonic() + SPACING_MS;
      refresh()
        .catch((error: unknown) => log.warn({ err: error }, 'The tray could not read the state of Relay'))
        .finally(() => {
          reading = false;
          look(LOOK_MS);
        });
    });
  }

  const unsubscribe = link.onChange(() => look(BURST_MS));
  const woke = (): void => {
    link.woke();
    look(BURST_MS);
  };
  powerMonitor.on('resume', woke);
  await refresh();
  look(LOOK_MS);

  const stop = (): void => {
    over = true;
    cancel?.();
    unsubscribe();
    powerMonitor.off('resume', woke);
    window.destroy();
  };
  return {
    show,
    ending(callsLeft) {
      stop();
      const count = (): void => {
        tray.show({ mood: 'paused', tooltip: 'Relay is ending', items: endingMenu(callsLeft()) });
        cancel = timers.set(COUNT_MS, count);
      };
      count();
    },
    close() {
      stop();
      tray.destroy();
    },
  };
}
