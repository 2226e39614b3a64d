import { BrowserWindow, type Session } from 'electron';

/** The one window: Relay's own page from its loopback address, with no more power than a browser would give it. */
export function createWindow(dashboardUrl: string): BrowserWindow {
  const window = new BrowserWindow({
    width: 1280,
    height: 800,
    minWidth: 480,
    minHeight: 400,
    title: 'Relay',
    // Shown once there is something to see.
    show: false,
    autoHideMenuBar: true,
    webPreferences: {
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      webviewTag: false,
      spellcheck: false,
    },
  });
  const { webContents } = window;
  denyPermissions(webContents.session);
  webContents.setWindowOpenHandler(() => ({ action: 'deny' }));
  const { origin } = new URL(dashboardUrl);
  const stayHome = (event: { preventDefault(): void; url: string }): void => {
    if (URL.parse(event.url)?.origin !== origin) event.preventDefault();
  };
  webContents.on('will-navigate', stayHome);
  webContents.on('will-redirect', stayHome);
  webContents.on('will-frame-navigate', stayHome);
  webContents.on('will-attach-webview', (event) => event.preventDefault());
  window.once('ready-to-show', () => window.show());
  // A load that fails leaves the window as it is; the window's own reload tries again.
  window.loadURL(dashboardUrl).catch(() => window.show());
  return window;
}

/** The dashboard needs none: no camera, no location, no notifications, no device. */
function denyPermissions(session: Session): void {
  session.setPermissionRequestHandler((_contents, _permission, answer) => answer(false));
  session.setPermissionCheckHandler(() => false);
  session.setDevicePermissionHandler(() => false);
}
