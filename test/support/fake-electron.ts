import { EventEmitter } from 'node:events';
import type * as Electron from 'electron';

/** Arguments of every kind go through the emitter, as in Electron. */
type Handler = (...args: never[]) => unknown;

class FakeSession extends EventEmitter {
  readonly handlers: Record<string, Handler | null> = {};
  setPermissionRequestHandler: Electron.Session['setPermissionRequestHandler'] = (handler) => {
    this.handlers['permissionRequest'] = handler;
  };
  setPermissionCheckHandler: Electron.Session['setPermissionCheckHandler'] = (handler) => {
    this.handlers['permissionCheck'] = handler;
  };
  setDevicePermissionHandler: Electron.Session['setDevicePermissionHandler'] = (handler) => {
    this.handlers['devicePermission'] = handler;
  };
  setDisplayMediaRequestHandler: Electron.Session['setDisplayMediaRequestHandler'] = (handler) => {
    this.handlers['displayMedia'] = handler;
  };
}

export class FakeContents extends EventEmitter {
  readonly session = new FakeSession();
  openHandler: Parameters<Electron.WebContents['setWindowOpenHandler']>[0] | null = null;
  url = '';
  getURL = (): string => this.url;
  setWindowOpenHandler: Electron.WebContents['setWindowOpenHandler'] = (handler) => {
    this.openHandler = handler;
  };
  /** Asks to open a window, as a page does. */
  open(url: string): Electron.WindowOpenHandlerResponse | undefined {
    return this.openHandler?.({ url } as Electron.HandlerDetails);
  }
}

type WindowPart = Pick<
  Electron.BrowserWindow,
  | 'loadURL'
  | 'show'
  | 'hide'
  | 'focus'
  | 'restore'
  | 'reload'
  | 'maximize'
  | 'destroy'
  | 'isDestroyed'
  | 'isMinimized'
  | 'isMaximized'
  | 'getNormalBounds'
>;

export class FakeWindow extends EventEmitter implements WindowPart {
  readonly webContents = new FakeContents();
  readonly options: Electron.BrowserWindowConstructorOptions;
  /** What was done to it, in order. */
  readonly done: string[] = [];
  visible = false;
  minimized = false;
  maximized = false;
  destroyed = false;
  bounds: Electron.Rectangle;
  /** Set to let a load fail. */
  static unreachable = false;
  constructor(options: Electron.BrowserWindowConstructorOptions) {
    super();
    this.options = options;
    const { x = 0, y = 0, width = 0, height = 0 } = options;
    this.bounds = { x, y, width, height };
  }
  loadURL = async (url: string): Promise<void> => {
    this.done.push(`load ${url.replace(/\/enter\/.*/, '/enter/…')}`);
    this.webContents.url = url;
    if (FakeWindow.unreachable) throw new Error('ERR_CONNECTION_REFUSED');
    this.emit('ready-to-show');
  };
  show = (): void => {
    this.visible = true;
    this.done.push('show');
  };
  hide = (): void => {
    this.visible = false;
    this.done.push('hide');
  };
  focus = (): void => void this.done.push('focus');
  restore = (): void => {
    this.minimized = false;
    this.done.push('restore');
  };
  reload = (): void => void this.done.push('reload');
  maximize = (): void => {
    this.maximized = true;
  };
  isMinimized = (): boolean => this.minimized;
  isMaximized = (): boolean => this.maximized;
  isDestroyed = (): boolean => this.destroyed;
  getNormalBounds = (): Electron.Rectangle => this.bounds;
  destroy = (): void => {
    if (this.destroyed) return;
    this.destroyed = true;
    this.visible = false;
    this.emit('closed');
  };
  /** The person closes it. */
  close(): void {
    let prevented = false;
    this.emit('close', {
      preventDefault: () => {
        prevented = true;
      },
    });
    if (!prevented) this.destroy();
  }
}

class FakeTray extends EventEmitter implements Pick<Electron.Tray, 'setImage' | 'setToolTip' | 'destroy'> {
  image: string;
  tooltip = '';
  /** How often a menu was set. */
  menus = 0;
  template: Electron.MenuItemConstructorOptions[] = [];
  destroyed = false;
  constructor(image: FakeImage) {
    super();
    this.image = image.path;
  }
  setImage = (image: unknown): void => {
    this.image = (image as FakeImage).path;
  };
  setToolTip = (tooltip: string): void => {
    this.tooltip = tooltip;
  };
  setContextMenu(menu: FakeMenu): void {
    this.menus += 1;
    this.template = menu.template;
  }
  destroy = (): void => {
    this.destroyed = true;
  };
}

interface FakeMenu {
  readonly template: Electron.MenuItemConstructorOptions[];
}

interface FakeImage {
  readonly path: string;
  template: boolean;
  setTemplateImage(on: boolean): void;
}

class FakeNotification extends EventEmitter {
  readonly options: Electron.NotificationConstructorOptions;
  constructor(options: Electron.NotificationConstructorOptions) {
    super();
    this.options = options;
  }
  show = (): void => undefined;
  static isSupported = (): boolean => true;
}

/** A sender and its frame, as an IPC event has them. */
export function senderOf(
  contents: FakeContents,
  frame: { origin: string; url: string; parent?: object | null } | null,
) {
  return { sender: contents, senderFrame: frame === null ? null : { parent: null, ...frame } };
}

/** A machine with one display on which nothing has happened yet. */
const fresh = () => ({
  /** False where another instance holds the lock. */
  first: true,
  quits: 0,
  quitting: false,
  exitCode: null as number | null,
  paths: {} as Record<string, string>,
  dark: false,
  clipboard: '',
  loginItem: null as Electron.Settings | null,
  openedAtLogin: false,
  /** The button that the next message box is answered with. */
  answer: 0,
  applicationMenu: [] as Electron.MenuItemConstructorOptions[],
  displays: [{ id: 1, workArea: { x: 0, y: 0, width: 1_920, height: 1_080 } }],
  sandboxed: false,
});

/**
 * What Relay uses of Electron, kept so that a test can ask what was asked of it. Each part has the type that electron.d.ts gives
 * it, as far as Relay uses it. Give `module` to `vi.doMock('electron', …)`.
 */
export function createFakeElectron() {
  const windows: FakeWindow[] = [];
  const trays: FakeTray[] = [];
  const notifications: FakeNotification[] = [];
  const opened: string[] = [];
  const boxes: (Electron.MessageBoxOptions | { readonly error: string })[] = [];
  const ipc = new Map<string, (event: unknown, given: unknown) => unknown>();
  const exposed: Record<string, unknown> = {};
  const invoked: unknown[][] = [];
  const state = fresh();

  const appEvents = new EventEmitter();
  const app = Object.assign(appEvents, {
    isPackaged: false,
    whenReady: async () => undefined,
    requestSingleInstanceLock: () => state.first,
    setPath: (name: string, path: string) => {
      state.paths[name] = path;
    },
    enableSandbox: () => {
      state.sandboxed = true;
    },
    setAppUserModelId: () => undefined,
    setAsDefaultProtocolClient: () => true,
    /** As Electron: whoever listens may prevent it. */
    quit() {
      state.quits += 1;
      let prevented = false;
      appEvents.emit('before-quit', {
        preventDefault: () => {
          prevented = true;
        },
      });
      if (!prevented) state.quitting = true;
    },
    exit: (code?: number) => {
      state.exitCode = code ?? 0;
    },
    setLoginItemSettings: (settings: Electron.Settings) => {
      state.loginItem = settings;
    },
    getLoginItemSettings: () => ({ wasOpenedAtLogin: state.openedAtLogin }) as Electron.LoginItemSettings,
  }) satisfies Pick<
    Electron.App,
    | 'isPackaged'
    | 'requestSingleInstanceLock'
    | 'enableSandbox'
    | 'quit'
    | 'exit'
    | 'setLoginItemSettings'
    | 'getLoginItemSettings'
  >;

  const module = {
    app,
    BrowserWindow: class extends FakeWindow {
      constructor(options: Electron.BrowserWindowConstructorOptions) {
        super(options);
        windows.push(this);
      }
    },
    Tray: class extends FakeTray {
      constructor(image: FakeImage) {
        super(image);
        trays.push(this);
      }
    },
    Notification: class extends FakeNotification {
      constructor(options: Electron.NotificationConstructorOptions) {
        super(options);
        notifications.push(this);
      }
    },
    Menu: {
      buildFromTemplate: (template: Electron.MenuItemConstructorOptions[]): FakeMenu => ({ template }),
      setApplicationMenu: (menu: FakeMenu) => {
        state.applicationMenu = menu.template;
      },
    },
    dialog: {
      async showMessageBox(options: Electron.MessageBoxOptions) {
        boxes.push(options);
        return { response: state.answer, checkboxChecked: false };
      },
      showErrorBox: (_title: string, content: string) => void boxes.push({ error: content }),
    } satisfies Pick<Electron.Dialog, 'showErrorBox'> & {
      showMessageBox(options: Electron.MessageBoxOptions): Promise<Electron.MessageBoxReturnValue>;
    },
    shell: {
      openExternal: async (url: string) => void opened.push(url),
      async openPath(path: string) {
        opened.push(path);
        return '';
      },
    } satisfies Pick<Electron.Shell, 'openExternal' | 'openPath'>,
    clipboard: {
      async writeText(text: string) {
        state.clipboard = text;
      },
    } satisfies Pick<Electron.Clipboard, 'writeText'>,
    nativeTheme: {
      themeSource: 'system' as Electron.NativeTheme['themeSource'],
      get shouldUseDarkColors() {
        return this.themeSource === 'system' ? state.dark : this.themeSource === 'dark';
      },
    } satisfies Pick<Electron.NativeTheme, 'themeSource' | 'shouldUseDarkColors'>,
    nativeImage: {
      createFromPath: (path: string): FakeImage => ({
        path,
        template: false,
        setTemplateImage(on) {
          this.template = on;
        },
      }),
    },
    powerMonitor: new EventEmitter(),
    screen: {
      getPrimaryDisplay: () => state.displays[0],
      getAllDisplays: () => state.displays,
    },
    ipcMain: {
      handle: (channel: string, handler: (event: unknown, given: unknown) => unknown) => void ipc.set(channel, handler),
    },
    contextBridge: {
      exposeInMainWorld: (name: string, api: unknown) => {
        exposed[name] = api;
      },
    } satisfies Pick<Electron.ContextBridge, 'exposeInMainWorld'>,
    ipcRenderer: {
      async invoke(channel: string, ...args: unknown[]) {
        invoked.push([channel, ...args]);
        return {};
      },
    } satisfies Pick<Electron.IpcRenderer, 'invoke'>,
    webUtils: { getPathForFile: (file: File) => `/home/me/${file.name}` } satisfies Pick<
      Electron.WebUtils,
      'getPathForFile'
    >,
  };
  /** As after the program has ended. */
  function reset(): void {
    for (const emitter of [app, module.powerMonitor]) emitter.removeAllListeners();
    for (const list of [windows, trays, notifications, opened, boxes, invoked]) list.length = 0;
    ipc.clear();
    Object.assign(state, fresh());
    module.nativeTheme.themeSource = 'system';
  }
  return { module, state, windows, trays, notifications, opened, boxes, ipc, exposed, invoked, reset };
}
export type FakeElectron = ReturnType<typeof createFakeElectron>;

/** The item of a menu with this label, at any depth. */
export function itemOf(
  template: readonly Electron.MenuItemConstructorOptions[],
  label: string,
): Electron.MenuItemConstructorOptions {
  const all = (items: readonly Electron.MenuItemConstructorOptions[]): Electron.MenuItemConstructorOptions[] =>
    items.flatMap((item) => [item, ...(Array.isArray(item.submenu) ? all(item.submenu) : [])]);
  const found = all(template).find((item) => item.label === label);
  if (found === undefined) throw new Error(`There is no item ${label} in the menu.`);
  return found;
}

/** Clicks it as a person does. */
export function click(template: readonly Electron.MenuItemConstructorOptions[], label: string): void {
  const item = itemOf(template, label);
  if (item.click === undefined || item.enabled === false) throw new Error(`The item ${label} cannot be clicked.`);
  (item.click as () => void)();
}
