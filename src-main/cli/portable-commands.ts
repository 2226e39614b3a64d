import { readFile, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import type { ImportPlan } from '../../src-shared/contract/portable.ts';
import { withRelay } from './open-relay.ts';
import { Refused } from './refused.ts';
import type { Terminal } from './terminal.ts';

interface CallOptions {
  readonly bodies?: true;
  readonly har?: true;
  readonly out?: string;
}

export function exportCommand(program: Command, terminal: Terminal): void {
  const write = async (value: object, file: string | undefined, what: string): Promise<void> => {
    const text = JSON.stringify(value, null, 2);
    if (file === undefined) return terminal.print(text);
    await writeNew(file, `${text}\n`);
    terminal.note(`${what} ${file}.`);
  };

  const exporting = program
    .command('export [file]')
    .description('write settings, accounts without their secrets, keys and budgets to a file, or print them')
    .option('--json', 'print it as JSON, which it is anyway')
    .action(async (file: string | undefined) => {
      const portable = await withRelay(terminal, (relay) => relay.portability.exportSettings());
      await write(portable, file, 'Exported to');
    });

  exporting
    .command('call <id>')
    .description('one call for a bug report: names, ids, hosts and addresses are replaced, secrets left out')
    .option('--bodies', 'with prompts and answers, where its key keeps them')
    .option('--har', 'as an HTTP Archive')
    .option('--out <file>', 'write it to a new file')
    .action(async (id: string, { bodies, har, out }: CallOptions) => {
      const call = await withRelay(terminal, (relay) =>
        relay.portability.exportCall(id, har ? 'har' : 'json', bodies ?? false),
      );
      await write(call, out, 'Exported to');
    });
}

export function importSettingsCommand(program: Command, terminal: Terminal): void {
  program
    .command('import <file>')
    .description("take over what relay export wrote ('-' reads standard input): all of it, or nothing")
    .option('--dry-run', 'only say what would change')
    .option('--json', 'print what changed as JSON')
    .action(async (file: string, { dryRun, json }: { dryRun?: true; json?: true }) => {
      const given = parse(file === '-' ? await terminal.readInput() : await read(file));
      const plan = await withRelay(terminal, (relay) => relay.portability.importSettings(given, dryRun ?? false));
      if (json) return terminal.print(JSON.stringify(plan));
      for (const line of planLines(plan)) terminal.print(line);
    });
}

export function backupCommand(program: Command, terminal: Terminal): void {
  program
    .command('backup <file>')
    .description('copy the database to a new file, also while Relay runs')
    .option('--json', 'print {"file","bytes"}')
    .action(async (file: string, { json }: { json?: true }) => {
      const path = resolve(file);
      const bytes = await withRelay(terminal, (relay) => relay.portability.backUp(path));
      terminal.print(
        json
          ? JSON.stringify({ file: path, bytes })
          : `Backed up to ${path}: ${bytes} bytes, checked. Secrets are not in it.`,
      );
    });
}

async function read(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch {
    throw new Refused(`${file} cannot be read.`);
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Refused('This is no file of relay export, so nothing was imported.');
  }
}

/** Readable by its owner alone: it says who may use what. */
async function writeNew(file: string, text: string): Promise<void> {
  try {
    await writeFile(file, text, { flag: 'wx', mode: 0o600 });
  } catch (error) {
    const taken = error instanceof Error && 'code' in error && error.code === 'EEXIST';
    throw new Refused(taken ? `There is a file ${file} already. Choose another name.` : `${file} cannot be written.`);
  }
}

function planLines({ done, settings, accounts, keys, budgets }: ImportPlan): string[] {
  const line = (what: string, names: readonly string[]): string[] =>
    names.length === 0 ? [] : [`${what.padEnd(17)}${names.join(', ')}`];
  const lines = [
    ...line('Settings', settings),
    ...line('Accounts', accounts.changed),
    ...line('New keys', keys.added),
    ...line('Changed keys', keys.changed),
    ...line('New budgets', budgets.added === 0 ? [] : [String(budgets.added)]),
    ...line('Changed budgets', budgets.changed === 0 ? [] : [String(budgets.changed)]),
  ];
  const missing = line('Not here yet', accounts.missing);
  return [
    lines.length === 0 ? 'Nothing changes: it is all here already.' : done ? 'Imported.' : 'This would change:',
    ...lines,
    ...missing,
    ...(missing.length === 0 ? [] : ['Add these accounts (relay accounts add, relay login), then import again.']),
  ];
}
