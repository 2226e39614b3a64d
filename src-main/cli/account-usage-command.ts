import type { Command } from 'commander';
import type { AccountView } from '../../src-shared/contract/account.ts';
import { formatRelativeTime } from '../../src-shared/format/relative-time.ts';
import { accountIdOf } from './account-id.ts';
import { windowCells } from './account-table.ts';
import { withRelay } from './open-relay.ts';
import type { Terminal } from './terminal.ts';
import { textTable } from './text-table.ts';

export function accountUsageCommand(accounts: Command, terminal: Terminal): void {
  accounts
    .command('usage [id]')
    .description('show what is left; with an account it is read from the upstream now, at most once in 30 s')
    .option('--json', 'print the account, or all accounts, as JSON')
    .action(async (given: string | undefined, { json }: { json?: true }) => {
      const views = await withRelay(terminal, async (relay) =>
        given === undefined
          ? relay.accounts.views()
          : [await relay.accounts.refreshUsage(await accountIdOf(relay, given))],
      );
      if (json) return terminal.print(JSON.stringify(given === undefined ? { accounts: views } : views[0]));
      for (const line of views.flatMap((view) => usageLines(view, terminal.now()))) terminal.print(line);
    });
}

function usageLines(view: AccountView, now: number): string[] {
  const title = `${view.label} (${view.id})${view.plan === null ? '' : `, ${view.plan}`}: ${view.health.reason}`;
  if (view.kind === 'openai') return [title, '  An API key is billed by use: it has no quota windows.'];
  const rows = view.windows.map((window) => [
    ...windowCells(window, now),
    `${formatRelativeTime(window.readAt, now)}, ${window.source}`,
    [window.contradicts, window.staleReason].filter((doubt) => doubt !== null).join(' '),
  ]);
  const table = rows.length === 0 ? ['Nothing is known yet.'] : textTable(windowHead, rows);
  return [title, ...[...table, ...facts(view, now)].map((line) => `  ${line}`)];
}

const windowHead = ['WINDOW', 'LEFT', 'RESETS IN', 'PACE', 'READ', 'IN DOUBT'];

function facts({ credits, usage, usageError }: AccountView, now: number): string[] {
  const lines: string[] = [];
  if (credits?.has) {
    const amount = credits.unlimited ? 'unlimited' : (credits.balance ?? 'an unknown balance');
    lines.push(`Credits: ${amount}, read ${formatRelativeTime(credits.readAt, now)}.`);
  }
  if (usage?.limitReached != null) lines.push(`The upstream says that a limit is reached: ${usage.limitReached}.`);
  if (usage?.spendLimitReached) lines.push('The ceiling on spending is reached.');
  if (usage !== null && (usage.resetCredits ?? 0) > 0) {
    lines.push(`Reset credits: ${usage.resetCredits}. Relay never spends one.`);
  }
  if (usageError !== null) lines.push(`The usage could not be read last: ${usageError}`);
  return lines;
}
