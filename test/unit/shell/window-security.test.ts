import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { createExternalLinks } from '../../../src-main/shell/external-links.ts';
import type { WindowState } from '../../../src-main/shell/window-placement.ts';
import { createFakeElectron, FakeWindow } from '../../support/fake-electron.ts';
import { createManualClock } from '../../support/manual-clock.ts';

const electron = createFakeElectron();
vi.doMock('electron', () => electron.module);
const { createMainWindow } = await import('../../../src-main/shell/main-window.ts');

const origin = 'http://127.0.0.1:4141';

/** A window that is open, with what was asked of the ports. */
async function openWindow(path: string | null = null) {
  const clock = createManualClock(0);
  const kept: { place: WindowState | null } = { place: null };
  const said: string[] = [];
  const opened: string[] = [];
  const choice = { tray: true };
  const main = createMainWindow({
    origin,
    dashboardUrl: async () => `${origin}/#/enter/token`,
    preload: '/app/dist/preload/preload.cjs',
    memory: {
      read: () => kept.place,
      write: (place) => {
        kept.place = place;
      },
    },
    isExternalLink: createExternalLinks('https://auth.openai.com'),
    openExternal: (url) => void opened.push(url),
    closesToTray: () => choice.tray,
    hidden: () => void said.push('hidden'),
    closed: () => void said.push('closed'),
    clock,
    log: { warn: (_fields, sentence) => void said.push(sentence) },
  });
  const before = electron.windows.length;
  await main.show(path);
  const window = electron.windows[before]!;
  return { main, window, contents: window.webContents, kept, said, opened, choice, clock };
}

describe("Electron's checklist", () => {
  test('the page runs in a sandbox, apart from the preload script, without Node', async () => {
    const { window } = await openWindow();
    expect(window.options.webPreferences).toEqual({
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      nodeIntegrationInSubFrames: false,
      nodeIntegrationInWorker: false,
      webSecurity: true,
      allowRunningInsecureContent: false,
      experimentalFeatures: false,
      webviewTag: false,
      spellcheck: false,
      preload: '/app/dist/preload/preload.cjs',
    });
  });

  test('every permission is refused, whoever asks for whatever', async () => {
    const { handlers } = (await openWindow()).contents.session;
    const answers: unknown[] = [];
    const call = (name: string, ...args: unknown[]): unknown =>
      (handlers[name] as (...given: unknown[]) => unknown)(...args);
    for (const permission of ['media', 'geolocation', 'notifications', 'clipboard-read', 'openExternal', 'unknown']) {
      call('permissionRequest', null, permission, (granted: boolean) => answers.push(granted));
      answers.push(call('permissionCheck', null, permission, origin));
    }
    answers.push(call('devicePermission', { deviceType: 'usb' }));
    expect(new Set(answers)).toEqual(new Set([false]));
    const streams: unknown[] = [];
    call('displayMedia', {}, (given: unknown) => streams.push(given));
    expect(streams).toEqual([{}]);
  });

  test.each(['will-navigate', 'will-redirect', 'will-frame-navigate'])(
    '%s stays at exactly its own origin',
    async (name) => {
      const { contents } = await openWindow();
      const leaves = (url: string): boolean => {
        const preventDefault = vi.fn<() => void>();
        contents.emit(name, { url, preventDefault });
        return preventDefault.mock.calls.length === 0;
      };
      expect(['/calls', '/', '/api/status'].map((path) => leaves(origin + path))).toEqual([true, true, true]);
      const foreign = [
        'https://evil.example/',
        'https://127.0.0.1:4141/',
        'http://127.0.0.1:4142/',
        'http://127.0.0.1/',
        'http://localhost:4141/',
        'http://127.0.0.1:4141@evil.example/',
        'http://127.0.0.1:4141.evil.example/',
        'http://name@127.0.0.1:4141/',
        'file:///etc/passwd',
        'javascript:alert(1)',
        'data:text/html,hello',
        'about:blank',
        'relay://accounts',
        'nonsense',
      ];
      expect(foreign.filter(leaves)).toEqual([]);
    },
  );

  test('no window opens from it; a known page opens in the browser instead', async () => {
    const { contents, opened } = await openWindow();
    const asked = [
      'https://auth.openai.com/oauth/authorize?client_id=1',
      'https://evil.example/',
      'https://auth.openai.com.evil.example/',
      'https://auth.openai.com@evil.example/',
      'https://name:word@auth.openai.com/',
      'http://auth.openai.com/',
      'file:///etc/passwd',
      'javascript:alert(1)',
      'smb://evil.example/share',
      `${origin}/calls`,
      '',
    ];
    expect(asked.map((url) => contents.open(url))).toEqual(asked.map(() => ({ action: 'deny' })));
    expect(opened).toEqual(['https://auth.openai.com/oauth/authorize?client_id=1']);
  });

  test('nothing is embedded', async () => {
    const { contents } = await openWindow();
    const preventDefault = vi.fn<() => void>();
    contents.emit('will-attach-webview', { preventDefault });
    expect(preventDefault).toHaveBeenCalledOnce();
  });
});

describe('the one window', () => {
  test('is shown once there is something to see, in the colour of its page', async () => {
    const { window } = await openWindow('/accounts');
    const { show, backgroundColor } = window.options;
    expect({ show, backgroundColor, done: window.done }).toEqual({
      show: false,
      backgroundColor: '#f6f7f9',
      done: [`load ${origin}/accounts#/enter/…`, 'show', 'focus'],
    });
    electron.state.dark = true;
    onTestFinished(() => {
      electron.state.dark = false;
    });
    expect((await openWindow()).window.options.backgroundColor).toBe('#0d0e12');
  });

  test('is shown also where its page cannot be loaded', async () => {
    FakeWindow.unreachable = true;
    onTestFinished(() => {
      FakeWindow.unreachable = false;
    });
    const { window } = await openWindow();
    await vi.waitFor(() => expect(window.done).toEqual([`load ${origin}/#/enter/…`, 'show', 'focus']));
  });

  test('comes to the front when it is asked for again, and goes to the page only if that is another one', async () => {
    const { main, window } = await openWindow('/calls');
    window.minimized = true;
    window.done.length = 0;
    await main.show();
    await main.show('/calls');
    await main.show('/keys');
    expect(window.done).toEqual(['restore', 'show', 'focus', 'show', 'focus', `load ${origin}/keys`, 'show', 'focus']);
  });

  test('is opened once, however often it is asked for meanwhile', async () => {
    const { main, window } = await openWindow();
    window.destroy();
    const before = electron.windows.length;
    await Promise.all([main.show(), main.show('/keys'), main.show()]);
    expect(electron.windows.length - before).toBe(1);
  });

  test('is hidden by closing, keeps its place, and comes back as it was', async () => {
    const { main, window, kept, said } = await openWindow();
    window.bounds = { x: 10, y: 20, width: 900, height: 700 };
    window.close();
    expect({ destroyed: window.destroyed, visible: window.visible, said, place: kept.place }).toEqual({
      destroyed: false,
      visible: false,
      said: ['hidden'],
      place: { bounds: { x: 10, y: 20, width: 900, height: 700 }, maximized: false },
    });
    await main.show();
    expect(window.visible).toBe(true);
    main.destroy();
    const before = electron.windows.length;
    await main.show();
    const { x, y, width, height } = electron.windows[before]!.options;
    expect({ x, y, width, height }).toEqual({ x: 10, y: 20, width: 900, height: 700 });
  });

  test('ends with Relay where the person wants no tray', async () => {
    const { window, choice, said } = await openWindow();
    choice.tray = false;
    window.close();
    expect([window.destroyed, said]).toEqual([true, ['closed']]);
  });

  test('is reloaded after a crash, and a second one within a minute is told', async () => {
    const { window, contents, clock, said } = await openWindow();
    window.done.length = 0;
    electron.boxes.length = 0;
    contents.emit('render-process-gone', {}, { reason: 'clean-exit' });
    contents.emit('render-process-gone', {}, { reason: 'crashed' });
    expect([window.done, electron.boxes, said]).toEqual([['reload'], [], ['The window has crashed.']]);
    clock.advance(59_000);
    electron.state.answer = 1;
    onTestFinished(() => {
      electron.state.answer = 0;
    });
    contents.emit('render-process-gone', {}, { reason: 'oom' });
    await vi.waitFor(() => expect(window.destroyed).toBe(true));
    expect(electron.boxes).toMatchObject([
      { message: 'The window of Relay has crashed twice.', buttons: ['Try again', 'Close window'] },
    ]);
    expect(window.done).toEqual(['reload']);
  });

  test('is reloaded again where a crash comes long after the last one, or the person wants it', async () => {
    const { window, contents, clock } = await openWindow();
    window.done.length = 0;
    contents.emit('render-process-gone', {}, { reason: 'crashed' });
    clock.advance(61_000);
    contents.emit('render-process-gone', {}, { reason: 'crashed' });
    contents.emit('render-process-gone', {}, { reason: 'crashed' });
    await vi.waitFor(() => expect(window.done).toEqual(['reload', 'reload', 'reload']));
  });
});
