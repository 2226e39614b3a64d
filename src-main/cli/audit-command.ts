import type { Command } from 'commander';
import type { AuditList } from '../../src-shared/contract/audit.ts';
import { accountIdOf } from './account-id.ts';
import { readLimit } from './limit.ts';
import { withRelay } from './open-relay.ts';
import type { Terminal } from './terminal.ts';
import { textTable } from './text-table.ts';

interface AuditOptions {
  readonly limit: number;
  readonly json?: true;
}

const PAGE = 500;

export function auditCommand(accounts: Command, terminal: Terminal): void {
  accounts
    .command('audit [id]')
    .description('show who changed what, newest first, of all accounts or of one')
    .option('--limit <n>', 'how many entries', readLimit, 20)
    .option('--json', 'print them as JSON')
    .action(async (given: string | undefined, { limit, json }: AuditOptions) => {
      const entries: AuditList['entries'] = [];
      await withRelay(terminal, async (relay) => {
        const account = given === undefined ? {} : { accountId: await accountIdOf(relay, given) };
        let cursor: string | null = null;
        do {
          const page: AuditList = await relay.accounts.audit.list({
            ...account,
            limit: Math.min(limit - entries.length, PAGE),
            ...(cursor === null ? {} : { cursor }),
          });
          entries.push(...page.entries);
          cursor = page.nextCursor;
        } while (cursor !== null && entries.length < limit);
      });
      if (json) return terminal.print(JSON.stringify({ entries }));
      if (entries.length === 0) return terminal.note('There is nothing in the audit yet.');
      const rows = entries.map(({ at, actor, accountLabel, detail }) => [
        new Date(at).toISOString().slice(0, 19).replace('T', ' '),
        actor,
        accountLabel ?? '-',
        detail,
      ]);
      for (const line of textTable(['TIME (UTC)', 'WHO', 'ACCOUNT', 'WHAT'], rows)) terminal.print(line);
    });
}
