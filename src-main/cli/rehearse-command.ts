import type { Command } from 'commander';
import type { RehearsalView } from '../../src-shared/contract/rehearsal.ts';
import { formatDuration } from '../../src-shared/format/duration.ts';
import { withRelay } from './open-relay.ts';
import { Refused } from './refused.ts';
import type { RelayAccess } from './relay-access.ts';
import type { Terminal } from './terminal.ts';
import { textTable } from './text-table.ts';

const POLL_MS = 250;

export function rehearseCommand(program: Command, terminal: Terminal): void {
  program
    .command('rehearse')
    .description(
      'play limits, failures and cuts on simulated accounts, with your own settings, and show what clients see',
    )
    .option('--json', 'print the results as JSON')
    .action(async ({ json }: { json?: true }) => {
      const view = await withRelay(terminal, (relay) => rehearse(relay, terminal));
      if (json) terminal.print(JSON.stringify(view));
      else for (const line of resultLines(view)) terminal.print(line);
      if (view.state === 'failed') throw new Refused(`The rehearsal could not be played: ${view.reason}`);
      const failed = view.results.filter(({ passed }) => !passed).length;
      if (failed > 0) throw new Refused(`${failed} of ${view.results.length} did not go as they should.`);
    });
}

async function rehearse({ rehearsal }: RelayAccess, terminal: Terminal): Promise<RehearsalView> {
  let view = await rehearsal.start();
  while (view.state === 'running') {
    await terminal.wait(POLL_MS);
    view = await rehearsal.view();
  }
  return view;
}

function resultLines({ results, note }: RehearsalView): string[] {
  const rows = results.map((result) => [
    result.passed ? 'pass' : 'FAIL',
    result.scene,
    result.client,
    result.saw,
    String(result.attempts),
    formatDuration(result.durationMs),
  ]);
  return [...textTable(['', 'SCENE', 'CLIENT', 'SAW', 'ATTEMPTS', 'TOOK'], rows), '', note];
}
