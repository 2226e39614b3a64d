import { spawn } from 'node:child_process';

/** Whether a browser that is opened here would be seen by the person who asked. */
export function hasDisplay(platform = process.platform, variables: NodeJS.ProcessEnv = process.env): boolean {
  if (variables['DISPLAY'] || variables['WAYLAND_DISPLAY']) return true;
  return platform !== 'linux' && !variables['SSH_CONNECTION'];
}

/** The system's own opener. Without a shell, so that no character of the address means anything to one. */
export function openInBrowser(url: string): Promise<boolean> {
  if (!hasDisplay()) return Promise.resolve(false);
  const openers: Partial<Record<NodeJS.Platform, readonly [string, ...string[]]>> = {
    darwin: ['open', url],
    win32: ['rundll32', 'url.dll,FileProtocolHandler', url],
  };
  const [command, ...args] = openers[process.platform] ?? ['xdg-open', url];
  return new Promise((resolve) => {
    const child = spawn(command, args, { stdio: 'ignore', detached: true });
    child.once('error', () => resolve(false));
    child.once('exit', (code) => resolve(code === 0));
    child.unref();
  });
}
