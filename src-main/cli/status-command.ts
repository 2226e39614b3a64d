import type { Command } from 'commander';
import type { StatusView } from '../../src-shared/contract/status.ts';
import { formatClockTime } from '../../src-shared/format/clock-time.ts';
import { formatDuration } from '../../src-shared/format/duration.ts';
import { requireRunning } from './open-relay.ts';
import type { Terminal } from './terminal.ts';

export function statusCommand(program: Command, terminal: Terminal): void {
  program
    .command('status')
    .description('show how the running Relay is')
    .option('--json', 'print it as JSON')
    .action(async ({ json }: { json?: true }) => {
      const status = await (await requireRunning(terminal)).status();
      if (json) return terminal.print(JSON.stringify(status));
      for (const line of statusLines(status, terminal.now())) terminal.print(line);
    });
}

const keptLine = (kept: StatusView['ledger']['kept']): string[] =>
  kept === null
    ? []
    : [
        `Kept         ${kept.calls} calls in ${megabytes(kept.bytes)}, bodies of ${kept.bodies.calls} in ${megabytes(kept.bodies.bytes)}`,
      ];

const megabytes = (bytes: number): string => `${(bytes / 1_048_576).toFixed(1)} MiB`;

function statusLines(status: StatusView, now: number): string[] {
  const { accounts, ledger, pause, tunnel } = status;
  return [
    `Relay ${status.version} is running at ${status.url} for ${formatDuration(now - status.startedAt)}.`,
    `Accounts     ${accounts.ready} of ${accounts.total} ready`,
    ...(pause === null
      ? []
      : [
          `Paused       ${pause.until === null ? 'until it is resumed (relay resume)' : `until ${formatClockTime(pause.until, now)}`}`,
        ]),
    ...(tunnel === null
      ? []
      : [`Tunnel       open at ${tunnel.baseUrl} until ${formatClockTime(tunnel.expiresAt, now)} (relay tunnel stop)`]),
    `Calls        ${status.callsInFlight} in flight`,
    `Call log     ${ledger.state}${ledger.reason === null ? '' : `: ${ledger.reason}`}`,
    ...keptLine(ledger.kept),
    `Secrets      ${status.secrets}`,
    `Data folder  ${status.dataDir}`,
  ];
}
