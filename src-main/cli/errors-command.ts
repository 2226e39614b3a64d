import { type Command, InvalidArgumentError, Option } from 'commander';
import {
  causePhases,
  type FailureGroup,
  type FailureList,
  failureQuerySchema,
} from '../../src-shared/contract/failure.ts';
import { formatRelativeTime } from '../../src-shared/format/relative-time.ts';
import { escapeControls } from '../log/control-characters.ts';
import { accountIdOf } from './account-id.ts';
import { withRelay } from './open-relay.ts';
import { sinceOption } from './since-option.ts';
import type { Terminal } from './terminal.ts';

interface ErrorsOptions {
  readonly since: number;
  readonly limit: number;
  readonly json?: true;
  readonly phase?: string;
  readonly code?: string;
  readonly account?: string;
  readonly key?: string;
  readonly model?: string;
  readonly project?: string;
  readonly member?: string;
}

export function errorsCommand(program: Command, terminal: Terminal): void {
  program
    .command('errors')
    .description('show what failed, by cause: what clients saw, and what another account made good')
    .addOption(sinceOption())
    .addOption(new Option('--phase <phase>', 'only failures of this phase').choices(causePhases))
    .option('--code <code>', 'only this code')
    .option('--account <id>', 'only attempts at this account')
    .option('--key <id>', 'only calls with this key')
    .option('--model <model>', 'only calls for this model')
    .option('--project <project>', 'only this project')
    .option('--member <member>', 'only this member')
    .option('--limit <n>', 'how many causes, up to 200', readLimit, 20)
    .option('--json', 'print it as JSON')
    .action(async ({ since, json, account, key, ...filters }: ErrorsOptions) => {
      const now = terminal.now();
      const list = await withRelay(terminal, async (relay) => {
        const accountId = account === undefined ? undefined : await accountIdOf(relay, account);
        return relay.failures(
          failureQuerySchema.parse({ ...filters, accountId, keyId: key, from: now - since, to: now }),
        );
      });
      if (json) return terminal.print(JSON.stringify(list));
      for (const line of errorLines(list, now)) terminal.print(escapeControls(line));
      if (list.errors.length > 0) terminal.note('The calls of one: relay logs --cause <id>');
      if (list.uncounted > 0) terminal.note(`${list.uncounted} older calls are not looked through yet.`);
    });
}

function readLimit(text: string): number {
  const read = failureQuerySchema.shape.limit.safeParse(text);
  if (!read.success) throw new InvalidArgumentError('Give a whole number from 1 to 200.');
  return read.data;
}

function errorLines({ errors, causes, seen, absorbed }: FailureList, now: number): string[] {
  if (causes === 0) return ['Nothing failed.'];
  const more = causes > errors.length ? ` The first ${errors.length} are shown.` : '';
  const sum = `Calls that failed for their client: ${seen}. Failed attempts that were made good: ${absorbed}. Causes: ${causes}.${more}`;
  return [sum, ...errors.flatMap((error) => ['', ...groupLines(error, now)])];
}

function groupLines(error: FailureGroup, now: number): string[] {
  const { id, phase, code, httpStatus, upstream, reason, seen, absorbed, firstAt, lastAt } = error;
  const names = (what: string, some: readonly { readonly name: string; readonly count: number }[]): string[] =>
    some.length === 0 ? [] : [`  ${what}  ${some.map(({ name, count }) => `${name} (${count})`).join(', ')}`];
  const cause = [code ?? 'no code', phase, httpStatus === null ? null : `HTTP ${httpStatus}`, upstream];
  return [
    `${cause.filter((part) => part !== null).join('  ')}  ${id}`,
    ...(reason === null ? [] : [`  ${reason}`]),
    `  seen by clients ${seen}, made good ${absorbed}; first ${formatRelativeTime(firstAt, now)}, last ${formatRelativeTime(lastAt, now)}`,
    ...names('accounts', error.accounts),
    ...names('keys    ', error.keys),
    ...names('models  ', error.models),
  ];
}
