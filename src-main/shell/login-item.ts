import { app } from 'electron';
import { autostartPath, autostartText, setAutostart } from './autostart-file.ts';

type ThisProcess = Pick<NodeJS.Process, 'platform' | 'env' | 'execPath'>;

const args = ['--hidden'];

/** Whether the system starts Relay, in the tray, when the person logs in. Throws where the system does not let it be written. */
export function setLaunchAtLogin(enabled: boolean, { platform, env, execPath }: ThisProcess = process): void {
  if (platform === 'linux') {
    // An AppImage runs from a folder that is gone at the next login; its own file is named beside it.
    const program = env['APPIMAGE'] || execPath;
    return setAutostart(autostartPath(env), enabled ? autostartText(program, args) : null);
  }
  app.setLoginItemSettings({ openAtLogin: enabled, ...(platform === 'win32' ? { path: execPath, args } : {}) });
}

/** True where it was the system that started this, or whoever did wanted no window. */
export function startsHidden(argv: readonly string[], platform = process.platform): boolean {
  if (argv.includes('--hidden')) return true;
  return platform === 'darwin' && app.getLoginItemSettings().wasOpenedAtLogin;
}
