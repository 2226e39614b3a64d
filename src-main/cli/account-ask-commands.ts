import type { Command } from 'commander';
import type { AccountModels } from '../../src-shared/contract/account-models.ts';
import { formatClockTime } from '../../src-shared/format/clock-time.ts';
import { formatDuration } from '../../src-shared/format/duration.ts';
import { formatTokens } from '../../src-shared/format/tokens.ts';
import { accountIdOf } from './account-id.ts';
import { withRelay } from './open-relay.ts';
import { Refused } from './refused.ts';
import type { Terminal } from './terminal.ts';
import { textTable } from './text-table.ts';

/** What an account's upstream is asked, or was. */
export function accountAskCommands(accounts: Command, terminal: Terminal): void {
  accounts
    .command('test <id>')
    .description('send one tiny real call to an account and say how it went')
    .option('--json', 'print the result as JSON')
    .action(async (given: string, { json }: { json?: true }) => {
      const result = await withRelay(terminal, async (relay) => relay.accounts.test(await accountIdOf(relay, given)));
      if (json) terminal.print(JSON.stringify(result));
      const { ok, model, ttftMs, durationMs, error } = result;
      if (!ok) throw new Refused(`${given} did not answer with ${model}: ${error?.message ?? 'without a reason'}`);
      const first = ttftMs === null ? '' : `, its first output after ${formatDuration(ttftMs)}`;
      if (!json) terminal.print(`${given} answered with ${model} in ${formatDuration(durationMs)}${first}.`);
    });

  accounts
    .command('models <id>')
    .description('show the models of an account')
    .option('--refresh', 'read its list at the upstream first')
    .option('--json', 'print them as JSON')
    .action(async (given: string, { refresh, json }: { refresh?: true; json?: true }) => {
      const list = await withRelay(terminal, async (relay) => {
        const id = await accountIdOf(relay, given);
        return refresh ? relay.accounts.refreshModels(id) : relay.accounts.models(id);
      });
      if (json) return terminal.print(JSON.stringify(list));
      if (list.models.length === 0) {
        return terminal.note(`The models of ${given} are not known yet: relay accounts models ${given} --refresh`);
      }
      const rows = list.models.map((model) => modelRow(model, terminal.now()));
      for (const line of textTable(['MODEL', 'CONTEXT', 'MOST', 'EFFORTS', 'PLANS', 'STATE'], rows))
        terminal.print(line);
    });
}

function modelRow(model: AccountModels['models'][number], now: number): string[] {
  const { slug, contextWindow, maxContextWindow, efforts, plans, refusedUntil, hidden } = model;
  const state =
    refusedUntil === null ? (hidden ? 'hidden' : 'offered') : `refused until ${formatClockTime(refusedUntil, now)}`;
  return [
    slug,
    formatTokens(contextWindow),
    formatTokens(maxContextWindow),
    efforts.join(',') || '-',
    plans?.join(',') ?? 'unknown',
    state,
  ];
}
