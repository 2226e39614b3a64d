import { type Command, Option } from 'commander';
import type { SecretsMove, SecretsMoved } from '../../src-shared/contract/secrets.ts';
import { withRelay } from './open-relay.ts';
import { Refused } from './refused.ts';
import type { Terminal } from './terminal.ts';

interface MoveOptions {
  readonly to: SecretsMove['to'];
  readonly json?: true;
}

export function secretsCommand(program: Command, terminal: Terminal): void {
  const secrets = program.command('secrets').description('where tokens and API keys are kept');

  secrets
    .command('show')
    .description('say which place is used, and whether it can be')
    .option('--json', 'print it as JSON')
    .action(async ({ json }: { json?: true }) => {
      const view = await withRelay(terminal, async (relay) => relay.secrets.view());
      terminal.print(json ? JSON.stringify(view) : `Secrets are in ${view.place}.`);
    });

  secrets
    .command('move')
    .description('move them all to another place; the old copies go only when the new ones are verified')
    .addOption(
      new Option('--to <place>', 'the OS keychain, or an encrypted file in the data folder')
        .choices(['keychain', 'file'])
        .makeOptionMandatory(),
    )
    .option('--json', 'print the outcome as JSON')
    .action(async ({ to, json }: MoveOptions) => {
      const passphrase = to === 'file' ? await newPassphrase(terminal) : null;
      const moved = await withRelay(terminal, async (relay) =>
        relay.secrets.move({ to, ...(passphrase === null ? {} : { passphrase }) }, 'cli'),
      );
      if (json) return terminal.print(JSON.stringify(moved));
      for (const line of outcome(moved)) terminal.print(line);
    });
}

/** Asked for twice: a slip of the finger would lock every secret away. */
async function newPassphrase(terminal: Terminal): Promise<string> {
  const given = terminal.environment().passphrase;
  if (given !== null) return given;
  const passphrase = await terminal.readSecret('New passphrase: ');
  if (passphrase === '') throw new Refused('The encrypted file needs a passphrase.');
  if (terminal.interactive && (await terminal.readSecret('The same again: ')) !== passphrase) {
    throw new Refused('The two passphrases differ. Nothing was moved.');
  }
  return passphrase;
}

function outcome({ moved, place, left, next }: SecretsMoved): string[] {
  const lines = [`Moved ${moved} ${moved === 1 ? 'secret' : 'secrets'} to ${place}.`];
  if (left > 0) lines.push(`${left} old ${left === 1 ? 'copy' : 'copies'} could not be erased; look for Relay there.`);
  if (next !== null) lines.push(next);
  return lines;
}
