import { type Command, Option } from 'commander';
import { type TunnelVia, type TunnelView, tunnelViaSchema } from '../../src-shared/contract/tunnel.ts';
import { formatClockTime } from '../../src-shared/format/clock-time.ts';
import { requireRunning } from './open-relay.ts';
import { readSpan } from './span.ts';
import type { Terminal } from './terminal.ts';

interface Json {
  readonly json?: true;
}

/** A public address for clients such as Cursor, whose calls come from their maker's servers. */
export function tunnelCommand(program: Command, terminal: Terminal): void {
  const tunnel = program
    .command('tunnel')
    .description('a public https address for clients such as Cursor, for one limited key');
  tunnel
    .command('start')
    .description('open it through cloudflared or tailscale funnel, and print its key, once')
    .addOption(
      new Option('--via <program>', 'which of the two; default: the first that is installed').choices(
        tunnelViaSchema.options,
      ),
    )
    .option('--for <time>', 'when it closes by itself, such as 30m, 8h, 2d (default: 12h)', readSpan)
    .option('--json', 'print the tunnel and its key as JSON')
    .action(async ({ json, via, for: forMs }: Json & { via?: TunnelVia; for?: number }) => {
      const { tunnel: port } = await requireRunning(terminal);
      const opened = await port.start({ ...(via && { via }), ...(forMs && { forMs }) }, 'cli');
      if (json) return terminal.print(JSON.stringify(opened));
      terminal.note('Whoever has this key can use your accounts from anywhere, until: relay tunnel stop');
      terminal.print(`Base URL  ${opened.baseUrl}`);
      terminal.print(`Key       ${opened.secret}`);
      terminal.print(sentenceOf(opened, terminal.now()));
    });
  for (const name of ['stop', 'status'] as const) {
    tunnel
      .command(name)
      .description(name === 'stop' ? 'close it and revoke its key' : 'show whether it is open')
      .option('--json', 'print it as JSON')
      .action(async ({ json }: Json) => {
        const { tunnel: port } = await requireRunning(terminal);
        const view = await (name === 'stop' ? port.stop('cli') : port.view());
        terminal.print(json ? JSON.stringify(view) : sentenceOf(view, terminal.now()));
      });
  }
}

function sentenceOf({ state, via, baseUrl, expiresAt, reason, installed }: TunnelView, now: number): string {
  if (state === 'open') {
    const end = expiresAt === null ? '' : ` until ${formatClockTime(expiresAt, now)}`;
    return `The tunnel is open at ${baseUrl} through ${via}${end}. Close it: relay tunnel stop`;
  }
  if (state === 'opening') return `${via} is opening the tunnel.`;
  const last = reason === null ? '' : ` The last one ended: ${reason}`;
  const how =
    installed.length === 0 ? 'To open one, install cloudflared or Tailscale first.' : 'Open it: relay tunnel start';
  return `The tunnel is closed.${last} ${how}`;
}
