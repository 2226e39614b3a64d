import type { UpdateView } from '../../src-shared/contract/desktop.ts';

/** What electron-updater has for this; in tests something simpler. */
export interface Updater {
  autoDownload: boolean;
  autoInstallOnAppQuit: boolean;
  checkForUpdates(): Promise<unknown>;
  quitAndInstall(isSilent?: boolean, isForceRunAfter?: boolean): void;
  on(event: 'update-available' | 'update-downloaded', listener: (info: { version: string }) => void): unknown;
  on(event: 'update-not-available', listener: () => void): unknown;
  on(event: 'error', listener: (error: Error) => void): unknown;
}

export interface UpdatePorts {
  /** `null` where this build has no feed: then nothing is ever asked for. */
  readonly load: (() => Promise<Updater>) | null;
  /** Lets running calls end and closes Relay (FAULTS P-12). */
  readonly drain: () => Promise<void>;
  readonly changed: () => void;
  readonly log: { warn(fields: object, sentence: string): void };
}

export interface Updates {
  view(): UpdateView;
  check(): Promise<UpdateView>;
  /** Ends Relay when its calls have ended, and starts the new version. Without one that is ready, does nothing. */
  install(): Promise<void>;
}

const off: UpdateView = { state: 'off', version: null, sentence: 'This build of Relay does not update itself.' };

export function createUpdates({ load, drain, changed, log }: UpdatePorts): Updates {
  let view: UpdateView = load === null ? off : { state: 'idle', version: null, sentence: 'Not looked for yet.' };
  let updater: Promise<Updater> | null = null;
  const become = (state: UpdateView['state'], sentence: string, version: string | null = null): void => {
    view = { state, version, sentence };
    changed();
  };
  const failed = (error: unknown): void => {
    log.warn({ err: error }, 'Updates could not be looked for');
    become('failed', 'Updates could not be looked for. Try again later.');
  };

  const open = async (from: () => Promise<Updater>): Promise<Updater> => {
    const loaded = await from();
    loaded.autoDownload = true;
    // Only a person decides when calls are ended.
    loaded.autoInstallOnAppQuit = false;
    loaded.on('update-available', ({ version }) => become('downloading', `Relay ${version} is coming.`, version));
    loaded.on('update-not-available', () => become('idle', 'This is the newest version.'));
    loaded.on('update-downloaded', ({ version }) => become('ready', `Relay ${version} is ready.`, version));
    loaded.on('error', failed);
    return loaded;
  };

  return {
    view: () => view,
    async check() {
      if (load === null || view.state === 'checking' || view.state === 'downloading' || view.state === 'ready')
        return view;
      become('checking', 'Looking for updates.');
      try {
        updater ??= open(load);
        await (await updater).checkForUpdates();
      } catch (error) {
        failed(error);
      }
      return view;
    },
    async install() {
      if (view.state !== 'ready' || updater === null) return;
      const ready = await updater;
      await drain();
      ready.quitAndInstall(false, true);
    },
  };
}
