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
      if (await terminal.openInBrowser(dashboardUrl)) return terminal.note('The dashboard is open in your browser.');
      terminal.note('There is no browser to be opened here. This address signs one in, once, within a minute:');
      terminal.print(dashboardUrl);
    });
}
