import { app, BrowserWindow, dialog, nativeTheme, screen, type WebContents } from 'electron';
import type { Clock } from '../../src-shared/domain/clock.ts';
import type { ExternalLinks } from './external-links.ts';
import type { KeptFile } from './kept-file.ts';
import { windowColors } from './window-colors.ts';
import { placeWindow, type Rectangle, smallestWindow, type WindowState } from './window-placement.ts';
import { secureContents, webPreferences } from './window-security.ts';

export interface MainWindowPorts {
  /** Relay's own address, without a path. */
  readonly origin: string;
  /** Signs the window in, once, within a minute. */
  readonly dashboardUrl: () => Promise<string>;
  readonly preload: string;
  readonly memory: KeptFile<WindowState>;
  readonly isExternalLink: ExternalLinks;
  readonly openExternal: (url: string) => void;
  /** Whether closing only hides it. */
  readonly closesToTray: () => boolean;
  /** It is hidden now, and Relay runs on. */
  readonly hidden: () => void;
  /** The person has closed it, and with it Relay. */
  readonly closed: () => void;
  readonly clock: Clock;
  readonly log: { warn(fields: object, sentence: string): void };
}

/** The one window: the dashboard of a Relay from its loopback address. */
export interface MainWindow {
  /** Opens it or brings it to the front; with a path at that page. */
  show(path?: string | null): Promise<void>;
  isOurs(contents: WebContents): boolean;
  /** For good: nothing hides it any more. */
  destroy(): void;
}

/** A page that crashes again within this time is not reloaded a second time. */
const CALM_MS = 60_000;

export function createMainWindow(ports: MainWindowPorts): MainWindow {
  const { origin, memory, clock, log } = ports;
  let window: BrowserWindow | null = null;
  let opening: Promise<void> | null = null;
  let crashedAt = Number.NEGATIVE_INFINITY;

  const open = async (path: string): Promise<void> => {
    const address = new URL(await ports.dashboardUrl());
    address.pathname = path;
    const { bounds, maximized } = placeWindow(memory.read(), areas());
    const opened = new BrowserWindow({
      ...bounds,
      ...{ minWidth: smallestWindow.width, minHeight: smallestWindow.height },
      title: 'Relay',
      backgroundColor: nativeTheme.shouldUseDarkColors ? windowColors.dark : windowColors.light,
      // Shown once there is something to see.
      show: false,
      autoHideMenuBar: true,
      webPreferences: { ...webPreferences, preload: ports.preload },
    });
    window = opened;
    secureContents(opened.webContents, ports);
    if (maximized) opened.maximize();
    opened.once('ready-to-show', () => bringUp(opened));
    opened.on('close', (event) => {
      keep(opened);
      if (!ports.closesToTray()) return ports.closed();
      event.preventDefault();
      opened.hide();
      app.dock?.hide();
      ports.hidden();
    });
    opened.once('closed', () => {
      if (window === opened) window = null;
    });
    opened.webContents.on('render-process-gone', (_event, { reason }) => {
      if (reason !== 'clean-exit') void crashed(opened, reason);
    });
    // A load that fails leaves the window as it is; the window's own reload tries again.
    opened.loadURL(address.href).catch(() => bringUp(opened));
  };

  /** Calls go on: they are not the window's. The first crash heals itself, the next one is told. */
  const crashed = async (broken: BrowserWindow, reason: string): Promise<void> => {
    const now = clock.monotonic();
    const isFirst = now - crashedAt > CALM_MS;
    crashedAt = now;
    log.warn({ reason }, 'The window has crashed.');
    if (isFirst) return broken.reload();
    const { response } = await dialog.showMessageBox({
      type: 'error',
      title: 'Relay',
      message: 'The window of Relay has crashed twice.',
      detail: 'Calls are served all the same. Try again, or close the window and open it later from the tray.',
      buttons: ['Try again', 'Close window'],
      ...{ defaultId: 0, cancelId: 1 },
    });
    if (broken.isDestroyed()) return;
    if (response === 0) broken.reload();
    else broken.destroy();
  };

  const keep = (of: BrowserWindow): void => memory.write({ bounds: of.getNormalBounds(), maximized: of.isMaximized() });

  return {
    async show(path = null) {
      if (window === null) {
        opening ??= open(path ?? '/').finally(() => {
          opening = null;
        });
        return opening;
      }
      if (path !== null && URL.parse(window.webContents.getURL())?.pathname !== path) {
        window.loadURL(`${origin}${path}`).catch(() => undefined);
      }
      bringUp(window);
    },
    isOurs: (contents) => window !== null && contents === window.webContents,
    destroy() {
      if (window === null) return;
      keep(window);
      window.destroy();
    },
  };
}

function bringUp(window: BrowserWindow): void {
  void app.dock?.show();
  if (window.isMinimized()) window.restore();
  window.show();
  window.focus();
}

/** The display with the menu bar first: a new window opens there. */
function areas(): Rectangle[] {
  const primary = screen.getPrimaryDisplay();
  const others = screen.getAllDisplays().filter(({ id }) => id !== primary.id);
  return [primary, ...others].map(({ workArea }) => workArea);
}
