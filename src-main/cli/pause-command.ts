import type { Command } from 'commander';
import type { RelayState } from '../../src-shared/contract/pause.ts';
import { formatClockTime } from '../../src-shared/format/clock-time.ts';
import { withRelay } from './open-relay.ts';
import { readSpan } from './span.ts';
import type { Terminal } from './terminal.ts';

/** `relay pause` and `relay resume`: Relay as a whole. */
export function pauseCommand(program: Command, terminal: Terminal): void {
  program
    .command('pause')
    .description('refuse all new calls for a while; running ones end normally')
    .option('--for <time>', 'how long, such as 30m, 1h, 2d; without it until it is resumed', readSpan)
    .option('--json', 'print {"pause"}')
    .action(async ({ for: forMs, json }: { for?: number; json?: true }) => {
      const pause = await withRelay(terminal, async (relay) =>
        relay.pause.pause(forMs === undefined ? {} : { forMs }, 'cli'),
      );
      if (json) return terminal.print(JSON.stringify({ pause } satisfies RelayState));
      const end = pause.until === null ? '' : ` until ${formatClockTime(pause.until, terminal.now())}`;
      terminal.print(`Paused Relay${end}.`);
    });
  program
    .command('resume')
    .description('take calls again after relay pause')
    .option('--json', 'print {"pause"}')
    .action(async ({ json }: { json?: true }) => {
      await withRelay(terminal, async (relay) => relay.pause.resume('cli'));
      terminal.print(json ? JSON.stringify({ pause: null } satisfies RelayState) : 'Resumed Relay.');
    });
}
