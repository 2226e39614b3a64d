import { type Command, Option } from 'commander';
import type { AccountView } from '../../src-shared/contract/account.ts';
import { accountAskCommands } from './account-ask-commands.ts';
import { accountControlCommands } from './account-control-commands.ts';
import { accountTable } from './account-table.ts';
import { accountUsageCommand } from './account-usage-command.ts';
import { auditCommand } from './audit-command.ts';
import { importCommand } from './import-command.ts';
import { loginCommand } from './login-command.ts';
import { withRelay } from './open-relay.ts';
import { Refused } from './refused.ts';
import type { Terminal } from './terminal.ts';

interface AddOptions {
  readonly apiKey: string;
  readonly baseUrl?: string;
  readonly wire: 'responses' | 'chat';
  readonly unchecked?: true;
  readonly label?: string;
  readonly json?: true;
}

export function accountsCommand(program: Command, terminal: Terminal): void {
  const accounts = program.command('accounts').description('the logins and API keys that Relay sends calls to');

  accounts
    .command('add')
    .description('add an API key, read from standard input')
    .requiredOption('--api-key <->', 'a dash: the key is read from standard input')
    .option('--base-url <url>', 'another service that speaks the same protocol')
    .addOption(
      new Option('--wire <wire>', 'the protocol it speaks').choices(['responses', 'chat']).default('responses'),
    )
    .option('--unchecked', 'keep the key although it cannot be checked now')
    .option('--label <label>', 'your own name for it')
    .option('--json', 'print the account as JSON')
    .action(async ({ apiKey: source, json, ...options }: AddOptions) => {
      if (source !== '-') {
        throw new Refused('Give the key on standard input and write --api-key - so that no other program sees it.', 2);
      }
      const apiKey = await terminal.readSecret('API key: ');
      if (apiKey === '') throw new Refused('There was no key on standard input.');
      const account = await withRelay(terminal, async (relay) =>
        relay.accounts.addApiKey({ type: 'api-key', apiKey, ...options }),
      );
      printAccount(terminal, account, json, 'Added');
    });

  importCommand(accounts, terminal);
  loginCommand(accounts, terminal);

  accounts
    .command('list')
    .description('show all accounts')
    .option('--json', 'print them as JSON')
    .action(async ({ json }: { json?: true }) => {
      const views = await withRelay(terminal, async (relay) => relay.accounts.views());
      if (json) return terminal.print(JSON.stringify({ accounts: views }));
      if (views.length === 0) {
        return terminal.note(
          'There are no accounts. Sign in with ChatGPT: relay login; or add an API key: relay accounts add --api-key -',
        );
      }
      for (const line of accountTable(views, terminal.now())) terminal.print(line);
    });

  accountUsageCommand(accounts, terminal);
  accountControlCommands(accounts, terminal);
  accountAskCommands(accounts, terminal);
  auditCommand(accounts, terminal);
}

function printAccount(terminal: Terminal, account: AccountView, json: true | undefined, done: string): void {
  terminal.print(json ? JSON.stringify(account) : `${done} ${account.label} (${account.id}).`);
}
