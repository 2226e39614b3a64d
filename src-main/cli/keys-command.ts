import { type Command, InvalidArgumentError, Option } from 'commander';
import type { KeyCreated, KeyView } from '../../src-shared/contract/key.ts';
import { keyCreateSchema } from '../../src-shared/contract/key.ts';
import { formatRelativeTime } from '../../src-shared/format/relative-time.ts';
import { readMoment } from './moment.ts';
import { withRelay } from './open-relay.ts';
import type { Terminal } from './terminal.ts';
import { textTable } from './text-table.ts';

interface CreateOptions {
  readonly name: string;
  readonly models?: string[];
  readonly accounts?: string[];
  readonly project?: string;
  readonly member?: string;
  readonly overflow?: true;
  readonly splice?: 'text' | 'off';
  readonly expires?: number;
  readonly json?: true;
}

interface ChangeOptions {
  readonly overflow?: boolean;
  readonly splice?: 'text' | 'off' | 'default';
  readonly json?: true;
}

export function keysCommand(program: Command, terminal: Terminal): void {
  const keys = program.command('keys').description('the keys that clients send to Relay');

  keys
    .command('create')
    .description('make a key and print it, once')
    .requiredOption('--name <name>', 'what it is for')
    .option('--models <a,b>', 'only these models', readList)
    .option('--accounts <a,b>', 'only these accounts, by id or label', readList)
    .option('--project <project>', 'the project it belongs to')
    .option('--member <member>', 'the member it belongs to')
    .option('--overflow', 'may use your metered API keys once the subscriptions are spent')
    .addOption(spliceOption())
    .option('--expires <when>', 'a date such as 2027-01-31, or from now: 12h, 30d, 8w', (text) =>
      readMoment(text, terminal.now()),
    )
    .option('--json', 'print {"key","secret"}')
    .action(async ({ json, expires, ...given }: CreateOptions) => {
      const input = keyCreateSchema.parse({ ...given, expiresAt: expires ?? null });
      const created = await withRelay(terminal, async (relay) => relay.keys.create(input));
      printCreated(terminal, created, json);
    });

  keys
    .command('list')
    .description('show all keys, without the keys themselves')
    .option('--json', 'print them as JSON')
    .action(async ({ json }: { json?: true }) => {
      const views = await withRelay(terminal, async (relay) => relay.keys.list());
      if (json) return terminal.print(JSON.stringify({ keys: views }));
      if (views.length === 0) return terminal.note('There are no keys. Make one: relay keys create --name NAME');
      const rows = views.map((key) => keyRow(key, terminal.now()));
      for (const line of textTable(['ID', 'NAME', 'KEY', 'STATE', 'LAST USED'], rows)) terminal.print(line);
    });

  keys
    .command('change <id>')
    .description('change what a key may do')
    .option('--overflow', 'may use your metered API keys once the subscriptions are spent')
    .option('--no-overflow', 'may not')
    .addOption(spliceOption('default'))
    .option('--json', 'print the key as JSON')
    .action(async (id: string, { json, overflow, splice }: ChangeOptions) => {
      const wanted = {
        ...(overflow === undefined ? {} : { overflow }),
        ...(splice === undefined ? {} : { splice: splice === 'default' ? null : splice }),
      };
      const key = await withRelay(terminal, async (relay) => relay.keys.change(id, wanted));
      terminal.print(json ? JSON.stringify(key) : `Changed ${key.name} (${key.id}).`);
    });

  keys
    .command('rotate <id>')
    .description('replace a key by a new one and print it, once')
    .option('--json', 'print {"key","secret"}')
    .action(async (id: string, { json }: { json?: true }) => {
      printCreated(terminal, await withRelay(terminal, async (relay) => relay.keys.rotate(id)), json);
    });

  keys
    .command('revoke <id>')
    .description('take a key back: the next request with it is refused')
    .option('--json', 'print the key as JSON')
    .action(async (id: string, { json }: { json?: true }) => {
      const key = await withRelay(terminal, async (relay) => relay.keys.revoke(id));
      terminal.print(json ? JSON.stringify(key) : `Revoked ${key.name} (${key.id}).`);
    });
}

const spliceOption = (...more: readonly string[]): Option =>
  new Option('--splice <what>', 'whether a cut answer is continued on another account').choices([
    'text',
    'off',
    ...more,
  ]);

/** The key alone on stdout, so that it can be caught by a script; the words beside it. */
function printCreated(terminal: Terminal, created: KeyCreated, json: true | undefined): void {
  if (json) return terminal.print(JSON.stringify(created));
  terminal.note(`Key ${created.key.name} (${created.key.id}). It is shown this once:`);
  terminal.print(created.secret);
}

function keyRow(key: KeyView, now: number): string[] {
  const isExpired = key.expiresAt !== null && key.expiresAt <= now;
  const state = key.revokedAt !== null ? 'revoked' : isExpired ? 'expired' : 'valid';
  return [key.id, key.name, `${key.prefix}…`, state, formatRelativeTime(key.lastUsedAt, now)];
}

function readList(text: string): string[] {
  const items = text.split(',').map((item) => item.trim());
  if (items.includes('')) throw new InvalidArgumentError('Give names with commas between them.');
  return items;
}
