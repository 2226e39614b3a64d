import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { app, clipboard, dialog, powerMonitor } from 'electron';
import { systemClock } from '../../src-shared/domain/clock.ts';
import { RelayError } from '../../src-shared/domain/relay-error.ts';
import { makeFirstKey } from '../cli/first-key.ts';
import { listenError } from '../cli/listen-error.ts';
import { findRunning } from '../cli/open-relay.ts';
import { dataFolderPath, prepareDataFolder } from '../config/data-folder.ts';
import { type Environment, readEnvironment } from '../config/environment.ts';
import { packageRoot } from '../config/package-info.ts';
import { unheldTimers } from '../config/unheld-timers.ts';
import { createLog, type Log } from '../log/log.ts';
import { createRelay, type Relay } from '../relay.ts';
import { deepLinkIn, linkScheme, readDeepLink } from './deep-link.ts';
import { startsHidden } from './login-item.ts';
import { attachedLink, ownLink, type RelayLink } from './relay-link.ts';
import { openShell, type Shell } from './shell.ts';
import type { UpdatePorts } from './updates.ts';

export interface DesktopProcess {
  readonly variables: NodeJS.ProcessEnv;
  readonly argv: readonly string[];
  readonly platform: NodeJS.Platform;
  /** Where the packaged app has its resources; an update feed is described there. */
  readonly resourcesPath: string;
  readonly keepServing: (log: Log) => void;
  readonly loadUpdater: NonNullable<UpdatePorts['load']>;
  /** Where a browser comes back to after signing in; default: what the real service allows. */
  readonly callbackPorts?: readonly number[];
}

const bind = '127.0.0.1';

/**
 * The app: one instance on one data folder, a Relay of its own or the one that runs there already, and the shell around it.
 * Resolves once it is up, or has handed over to the instance that was first. Rejects with what kept it from starting.
 */
export async function runDesktop(given: DesktopProcess): Promise<void> {
  const environment = readEnvironment(given.variables);
  const dataDir = dataFolderPath(environment.home);
  prepareDataFolder(dataDir);
  // Also what the window itself keeps stays in the data folder.
  app.setPath('userData', join(dataDir, 'window'));
  if (!app.requestSingleInstanceLock()) return app.quit();
  app.enableSandbox();
  if (given.platform === 'win32') app.setAppUserModelId('dev.relay.desktop');
  if (app.isPackaged) app.setAsDefaultProtocolClient(linkScheme);

  let shell: Shell | null = null;
  /** What was asked for before there was a window to ask. */
  let asked: string | null = deepLinkIn(given.argv);
  const show = (path: string | null): void => {
    if (shell === null) asked = path ?? asked ?? '/';
    else shell.show(path);
  };
  app.on('second-instance', (_event, argv) => {
    // The system starting what runs already is no wish to see it.
    if (!argv.includes('--hidden')) show(deepLinkIn(argv));
  });
  app.on('open-url', (event, url) => {
    event.preventDefault();
    show(readDeepLink(url));
  });
  app.on('activate', () => show(null));
  // Relay lives in the tray: the window decides by itself what its closing means.
  app.on('window-all-closed', () => undefined);

  const log = createLog({ dir: join(dataDir, 'logs'), level: environment.logLevel, stderr: 'warn' });
  const opened = await openLink(dataDir, environment, log, given);
  if (opened === null) return app.quit();
  const { link, relay, firstKey } = opened;
  let drained: Promise<void> | null = null;
  const drain = (): Promise<void> => {
    shell?.ending(() => relay?.status().callsInFlight ?? 0);
    drained ??= Promise.resolve(relay?.stop()).then(() => log.close());
    return drained;
  };
  /** Quitting waits for the running calls; a second wish to quit does not. */
  app.on('before-quit', (event) => {
    if (relay === null) shell?.close();
    if (relay === null || drained !== null) return;
    event.preventDefault();
    void drain().finally(() => app.quit());
  });

  await app.whenReady();
  powerMonitor.on('shutdown', (event?: { preventDefault(): void }) => {
    event?.preventDefault();
    app.quit();
  });
  shell = await openShell({
    ...{ link, dataDir, log, drain, platform: given.platform, appDir: packageRoot },
    authIssuer: environment.authIssuer,
    clock: systemClock,
    timers: unheldTimers,
    loadUpdater: existsSync(join(given.resourcesPath, 'app-update.yml')) ? given.loadUpdater : null,
  });
  const hidden = startsHidden(given.argv, given.platform) || (await link.settings.all())['desktop.startHidden'];
  if (!hidden || asked !== null) shell.show(asked);
  else app.dock?.hide();
  if (firstKey !== null) void showFirstKey(firstKey, `${link.url}/v1`);
}

interface OpenLink {
  readonly link: RelayLink;
  /** `null` where another program runs it. */
  readonly relay: Relay | null;
  /** Made just now. */
  readonly firstKey: string | null;
}

/** `null` where the database cannot be used and the person wants it left as it is. */
async function openLink(
  dataDir: string,
  environment: Environment,
  log: Log,
  { keepServing, callbackPorts }: Pick<DesktopProcess, 'keepServing' | 'callbackPorts'>,
): Promise<OpenLink | null> {
  const running = await findRunning(dataDir, 'tray');
  if (running !== null) return { link: attachedLink(running, systemClock), relay: null, firstKey: null };
  const create = (recover: boolean): Promise<Relay> =>
    createRelay({
      ...{ dataDir, environment, port: environment.port, bind, log, recover, desktop: true },
      ...(callbackPorts === undefined ? {} : { callbackPorts }),
    });
  const relay = await create(false).catch(async (error: unknown) => {
    if (!(error instanceof RelayError) || error.param !== 'recover') throw error;
    return (await wantsNewDatabase(error.message)) ? create(true) : null;
  });
  if (relay === null) return null;
  const { url } = await relay.start().catch(async (error: unknown) => {
    await relay.stop();
    throw listenError(error, environment.port, bind);
  });
  keepServing(log);
  return { link: ownLink(relay, url, systemClock), relay, firstKey: await makeFirstKey(relay.keys) };
}

/** Only a person decides to go on without what is in their database (FAULTS S-03, S-06). */
async function wantsNewDatabase(why: string): Promise<boolean> {
  await app.whenReady();
  const { response } = await dialog.showMessageBox({
    type: 'warning',
    title: 'Relay',
    message: 'The database cannot be used',
    detail: `${why.replace(/ To keep it aside.*$/, '')}\n\nRelay can keep that file aside, begin a new one, and carry over what can still be read of keys, accounts, settings and budgets.`,
    buttons: ['Keep it aside and begin a new one', 'Quit'],
    ...{ defaultId: 1, cancelId: 1 },
  });
  return response === 0;
}

/** Shown this once: only its digest is kept. */
async function showFirstKey(key: string, baseUrl: string): Promise<void> {
  const { response } = await dialog.showMessageBox({
    type: 'info',
    title: 'Relay',
    message: 'Your first key',
    detail: `It is shown this once. Clients send it to ${baseUrl}:\n\n${key}`,
    buttons: ['Copy it', 'Close'],
    ...{ defaultId: 0, cancelId: 1 },
  });
  if (response === 0) await clipboard.writeText(key);
}
