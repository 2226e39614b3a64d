import { join } from 'node:path';
import { app, type BrowserWindow, dialog } from 'electron';
import { makeFirstKey } from './cli/first-key.ts';
import { keepServing } from './cli/keep-serving.ts';
import { listenError } from './cli/listen-error.ts';
import { findRunning } from './cli/open-relay.ts';
import { dataFolderPath, prepareDataFolder } from './config/data-folder.ts';
import { type Environment, readEnvironment } from './config/environment.ts';
import { createLog } from './log/log.ts';
import { createRelay, type Relay } from './relay.ts';
import { createWindow } from './shell/window.ts';

const bind = '127.0.0.1';

let relay: Relay | null = null;
let window: BrowserWindow | null = null;

// Not awaited here: Electron is not ready before this file has been read to its end.
start().catch(async (error: unknown) => {
  await app.whenReady();
  dialog.showErrorBox('Relay could not start', error instanceof Error ? error.message : String(error));
  app.exit(1);
});

async function start(): Promise<void> {
  const environment = readEnvironment(process.env);
  const dataDir = dataFolderPath(environment.home);
  prepareDataFolder(dataDir);
  // Also what the window itself keeps stays in the data folder.
  app.setPath('userData', join(dataDir, 'window'));
  if (app.requestSingleInstanceLock()) await run(dataDir, environment);
  else app.quit();
}

async function run(dataDir: string, environment: Environment): Promise<void> {
  app.on('second-instance', focusWindow);
  app.on('window-all-closed', () => app.quit());
  app.on('before-quit', stopFirst);
  const log = createLog({ dir: join(dataDir, 'logs'), level: environment.logLevel, stderr: 'warn' });
  const running = await findRunning(dataDir);
  const dashboardUrl = running === null ? await startRelay() : await running.dashboardUrl();
  await app.whenReady();
  window = createWindow(dashboardUrl);
  window.once('closed', () => {
    window = null;
  });

  async function startRelay(): Promise<string> {
    relay = await createRelay({ dataDir, environment, port: environment.port, bind, log, desktop: true });
    const address = await relay.start().catch((error: unknown) => {
      throw listenError(error, environment.port, bind);
    });
    keepServing(log);
    const firstKey = await makeFirstKey(relay.keys);
    if (firstKey !== null) showFirstKey(firstKey, `${address.url}/v1`);
    return address.dashboardUrl;
  }
}

/** Quitting waits for the running calls; a second wish to quit does not. */
function stopFirst(event: { preventDefault(): void }): void {
  if (relay === null) return;
  event.preventDefault();
  const stopping = relay;
  relay = null;
  window?.destroy();
  void stopping.stop().finally(() => app.quit());
}

function focusWindow(): void {
  if (window === null) return;
  if (window.isMinimized()) window.restore();
  window.show();
  window.focus();
}

/** Shown this once: only its digest is kept. */
function showFirstKey(key: string, baseUrl: string): void {
  void app.whenReady().then(() =>
    dialog.showMessageBox({
      type: 'info',
      title: 'Relay',
      message: 'Your first key',
      detail: `It is shown this once. Clients send it to ${baseUrl}:\n\n${key}`,
    }),
  );
}
