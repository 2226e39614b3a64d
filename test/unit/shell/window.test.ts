import { EventEmitter } from 'node:events';
import type { BrowserWindowConstructorOptions, WindowOpenHandlerResponse } from 'electron';
import { beforeEach, expect, test, vi } from 'vitest';

type PermissionAnswer = (granted: boolean) => void;

/** What of Electron the window touches, kept so that a test can ask what was asked of it. */
const electron: { windows: unknown[] } = { windows: [] };

class FakeSession {
  request: ((contents: unknown, permission: string, answer: PermissionAnswer) => void) | null = null;
  check: (() => boolean) | null = null;
  device: (() => boolean) | null = null;
  setPermissionRequestHandler(handler: FakeSession['request']): void {
    this.request = handler;
  }
  setPermissionCheckHandler(handler: FakeSession['check']): void {
    this.check = handler;
  }
  setDevicePermissionHandler(handler: FakeSession['device']): void {
    this.device = handler;
  }
}

class FakeContents extends EventEmitter {
  readonly session = new FakeSession();
  openHandler: (() => WindowOpenHandlerResponse) | null = null;
  setWindowOpenHandler(handler: FakeContents['openHandler']): void {
    this.openHandler = handler;
  }
}

class FakeWindow extends EventEmitter {
  readonly webContents = new FakeContents();
  readonly options: BrowserWindowConstructorOptions;
  readonly loaded: string[] = [];
  shown = 0;
  constructor(options: BrowserWindowConstructorOptions) {
    super();
    this.options = options;
    electron.windows.push(this);
  }
  async loadURL(url: string): Promise<void> {
    this.loaded.push(url);
    if (url.includes('unreachable')) throw new Error('ERR_CONNECTION_REFUSED');
  }
  show(): void {
    this.shown += 1;
  }
}

vi.doMock('electron', () => ({ BrowserWindow: FakeWindow }));
const { createWindow } = await import('../../../src-main/shell/window.ts');

const address = 'http://127.0.0.1:4141/#/enter/token';

function openWindow(url = address): FakeWindow {
  createWindow(url);
  const window = electron.windows.at(-1);
  if (window instanceof FakeWindow) return window;
  throw new Error('No window was made.');
}

beforeEach(() => {
  electron.windows.length = 0;
});

test('the page gets no more power than in a browser', () => {
  expect(openWindow().options.webPreferences).toEqual({
    sandbox: true,
    contextIsolation: true,
    nodeIntegration: false,
    webviewTag: false,
    spellcheck: false,
  });
});

test('the window is shown once its page can be seen, and also when that cannot be loaded', async () => {
  const window = openWindow();
  expect([window.loaded, window.options.show, window.shown]).toEqual([[address], false, 0]);
  window.emit('ready-to-show');
  expect(window.shown).toBe(1);
  const broken = openWindow('http://unreachable:1/');
  await vi.waitFor(() => expect(broken.shown).toBe(1));
});

test('no window is opened from it, whatever asks', () => {
  expect(openWindow().webContents.openHandler?.()).toEqual({ action: 'deny' });
});

test.each(['will-navigate', 'will-redirect', 'will-frame-navigate'])('%s stays at its own origin', (name) => {
  const { webContents } = openWindow();
  const leaves = (url: string): boolean => {
    const preventDefault = vi.fn<() => void>();
    webContents.emit(name, { url, preventDefault });
    return preventDefault.mock.calls.length === 0;
  };
  expect(leaves('http://127.0.0.1:4141/calls')).toBe(true);
  const foreign = [
    'https://example.com/',
    'http://127.0.0.1:4142/',
    'http://localhost:4141/',
    'file:///etc/passwd',
    'nonsense',
  ];
  expect(foreign.filter(leaves)).toEqual([]);
});

test('nothing is embedded and every permission is refused', () => {
  const { webContents } = openWindow();
  const preventDefault = vi.fn<() => void>();
  webContents.emit('will-attach-webview', { preventDefault });
  expect(preventDefault).toHaveBeenCalledOnce();
  const answers: boolean[] = [];
  webContents.session.request?.(null, 'media', (granted) => answers.push(granted));
  const { check, device } = webContents.session;
  expect([answers, check?.(), device?.()]).toEqual([[false], false, false]);
});
