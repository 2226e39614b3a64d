import { readFile, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Command } from 'commander';
import type { AccountView } from '../../src-shared/contract/account.ts';
import type { FoundLogin } from '../../src-shared/contract/sign-in.ts';
import { RelayError } from '../../src-shared/domain/relay-error.ts';
import { chatgptTerms } from '../../src-shared/domain/terms.ts';
import { formatRelativeTime } from '../../src-shared/format/relative-time.ts';
import { withRelay } from './open-relay.ts';
import { Refused } from './refused.ts';
import type { Terminal } from './terminal.ts';
import { textTable } from './text-table.ts';

interface ImportOptions {
  readonly yes?: true;
  readonly label?: string;
  readonly json?: true;
}

interface LoginFile {
  readonly content: string;
  /** Where it is, so that it stays linked; without one it is a copy. */
  readonly path?: string;
}

export function importCommand(accounts: Command, terminal: Terminal): void {
  accounts
    .command('import [file]')
    .description("add the login in a Codex auth.json ('-' reads standard input); without a file, list those found")
    .option('--yes', 'import it although another program uses the same login')
    .option('--label <label>', 'your own name for it')
    .option('--json', 'print the account, or what was found, as JSON')
    .action(async (file: string | undefined, options: ImportOptions) => {
      if (file === undefined) return listFound(terminal, options.json);
      const login = file === '-' ? { content: await terminal.readInput() } : await readLogin(resolve(file));
      const account = await importLogin(terminal, login, options);
      if (account.kind === 'chatgpt') terminal.note(chatgptTerms);
      terminal.print(options.json ? JSON.stringify(account) : `Imported ${account.label} (${account.id}).`);
    });
}

async function importLogin(terminal: Terminal, login: LoginFile, options: ImportOptions): Promise<AccountView> {
  const { label } = options;
  const send = (acceptShared: boolean): Promise<AccountView> =>
    withRelay(terminal, async (relay) =>
      relay.accounts.importAuthJson({
        type: 'auth-json',
        ...login,
        acceptShared,
        ...(label === undefined ? {} : { label }),
      }),
    );
  try {
    return await send(options.yes ?? false);
  } catch (error) {
    const isShared = error instanceof RelayError && error.param === 'acceptShared';
    if (!isShared || !terminal.interactive || options.json || login.path === undefined) throw error;
    terminal.note(error.message);
    const answer = await terminal.readLine('Import it anyway? [y/N] ');
    if (!/^y(es)?$/i.test(answer)) throw new Refused('Nothing was imported.');
    return send(true);
  }
}

async function listFound(terminal: Terminal, json: true | undefined): Promise<void> {
  const logins = await withRelay(terminal, async (relay) => relay.signIns.found());
  if (json) return terminal.print(JSON.stringify({ logins }));
  if (logins.length === 0) return terminal.note(nothingFound);
  const rows = logins.map((login) => foundRow(login, terminal.now()));
  for (const line of textTable(['FILE', 'LOGIN', 'PLAN', 'LAST REFRESH', 'IN RELAY'], rows)) terminal.print(line);
  terminal.note('Import one: relay accounts import FILE');
}

const foundRow = ({ path, kind, email, plan, lastRefreshAt, accountId }: FoundLogin, now: number): string[] => [
  path,
  kind === 'openai' ? 'API key' : (email ?? 'ChatGPT'),
  plan ?? '-',
  lastRefreshAt === null ? 'unknown' : formatRelativeTime(lastRefreshAt, now),
  accountId ?? 'no',
];

async function readLogin(path: string): Promise<LoginFile> {
  const isFolder = (await stat(path).catch(() => null))?.isDirectory() ?? false;
  const file = isFolder ? join(path, 'auth.json') : path;
  const content = await readFile(file, 'utf8').catch(() => {
    throw new Refused(`The file ${file} cannot be read.`);
  });
  return { content, path: file };
}

const nothingFound =
  'No login of the Codex CLI was found (CODEX_HOME, ~/.codex, and the setting accounts.codexHomes). Sign in: relay login';
