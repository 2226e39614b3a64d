import { spawn } from 'node:child_process';
import type { Command } from 'commander';
import { requireRunning } from './open-relay.ts';
import type { Terminal } from './terminal.ts';

export function openCommand(program: Command, terminal: Terminal): void {
  program
    .command('open')
    .description('open the dashboard in a browser, signed in')
    .option('--json', 'print {"dashboardUrl"} and open nothing')
    .action(async ({ json }: { json?: true }) => {
      const dashboardUrl = await (await requireRunning(terminal)).dashboardUrl();
      if (json) return terminal.print(JSON.stringify({ dashboardUrl }));
      if (await openInBrowser(dashboardUrl)) return terminal.note('The dashboard is open in your browser.');
      terminal.note('There is no browser to be opened here. This address signs one in, once, within a minute:');
      terminal.print(dashboardUrl);
    });
}

/** The system's own opener. Without a shell, so that no character of the address means anything to one. */
function openInBrowser(url: string): Promise<boolean> {
  if (process.platform === 'linux' && !process.env['DISPLAY'] && !process.env['WAYLAND_DISPLAY']) {
    return Promise.resolve(false);
  }
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
