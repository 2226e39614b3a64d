import { type Command, InvalidArgumentError, Option } from 'commander';
import type { KeyCreated, KeyView } from '../../src-shared/contract/key.ts';
import { effortOrder, keyCreateSchema, keyPatchSchema } from '../../src-shared/contract/key.ts';
import { formatRelativeTime } from '../../src-shared/format/relative-time.ts';
import { readMoment } from './moment.ts';
import { withRelay } from './open-relay.ts';
import { readSpan } from './span.ts';
import type { Terminal } from './terminal.ts';
import { textTable } from './text-table.ts';

/** The word instead of `null`, which the option parser does not pass on. */
type OrNone<T> = T | 'none';

/** What both creating and changing a key can set. */
interface LimitOptions {
  readonly rpm?: OrNone<number>;
  readonly tpm?: OrNone<number>;
  readonly concurrency?: OrNone<number>;
  readonly maxOutput?: OrNone<number>;
  readonly endpoints?: OrNone<string[]>;
  readonly effort?: string;
}

interface CreateOptions extends LimitOptions {
  readonly name: string;
  readonly models?: string[];
  readonly accounts?: string[];
  readonly project?: string;
  readonly member?: string;
  readonly overflow?: true;
  readonly splice?: 'text' | 'off';
  readonly capture?: 'failed' | 'all' | 'off';
  readonly expires?: number;
  readonly json?: true;
}

interface ChangeOptions extends LimitOptions {
  readonly name?: string;
  readonly project?: string;
  readonly member?: string;
  readonly models?: OrNone<string[]>;
  readonly accounts?: OrNone<string[]>;
  readonly overflow?: boolean;
  readonly splice?: 'text' | 'off' | 'default';
  readonly capture?: 'failed' | 'all' | 'off';
  readonly json?: true;
}

export function keysCommand(program: Command, terminal: Terminal): void {
  const keys = program.command('keys').description('the keys that clients send to Relay');

  withLimits(keys.command('create'))
    .description('make a key and print it, once')
    .requiredOption('--name <name>', 'what it is for')
    .option('--models <a,b>', 'only these models', readList)
    .option('--accounts <a,b>', 'only these accounts, by id or label', readList)
    .option('--project <project>', 'the project it belongs to')
    .option('--member <member>', 'the member it belongs to')
    .option('--overflow', 'may use your metered API keys once the subscriptions are spent')
    .addOption(spliceOption())
    .addOption(captureOption())
    .option('--expires <when>', 'a date such as 2027-01-31, or from now: 12h, 30d, 8w', (text) =>
      readMoment(text, terminal.now()),
    )
    .option('--json', 'print {"key","secret"}')
    .action(
      async ({
        json,
        expires,
        rpm,
        tpm,
        concurrency,
        maxOutput,
        endpoints,
        effort,
        capture,
        ...given
      }: CreateOptions) => {
        const limits = limitsOf({ rpm, tpm, concurrency, maxOutput, endpoints, effort });
        const input = keyCreateSchema.parse({ ...given, ...limits, ...captureOf(capture), expiresAt: expires ?? null });
        const created = await withRelay(terminal, async (relay) => relay.keys.create(input));
        printCreated(terminal, created, json);
      },
    );

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

  withLimits(keys.command('change <id>'))
    .description('change what a key may do; none takes a limit away')
    .option('--name <name>', 'what it is for')
    .option('--models <a,b>', 'only these models', readListOrNone)
    .option('--accounts <a,b>', 'only these accounts, by id or label', readListOrNone)
    .option('--project <project>', 'the project it belongs to')
    .option('--member <member>', 'the member it belongs to')
    .option('--overflow', 'may use your metered API keys once the subscriptions are spent')
    .option('--no-overflow', 'may not')
    .addOption(spliceOption('default'))
    .addOption(captureOption())
    .option('--json', 'print the key as JSON')
    .action(
      async (
        id: string,
        {
          json,
          overflow,
          splice,
          capture,
          rpm,
          tpm,
          concurrency,
          maxOutput,
          endpoints,
          effort,
          ...given
        }: ChangeOptions,
      ) => {
        const wanted = keyPatchSchema.parse({
          ...named(given),
          ...limitsOf({ rpm, tpm, concurrency, maxOutput, endpoints, effort }),
          ...(overflow === undefined ? {} : { overflow }),
          ...captureOf(capture),
          ...(splice === undefined ? {} : { splice: splice === 'default' ? null : splice }),
        });
        const key = await withRelay(terminal, async (relay) => relay.keys.change(id, wanted));
        terminal.print(json ? JSON.stringify(key) : `Changed ${key.name} (${key.id}).`);
      },
    );

  keys
    .command('rotate <id>')
    .description('replace a key by a new one and print it, once')
    .option(
      '--grace <time>',
      'how long the old key works beside the new one, such as 12h, or 0 (default: a day)',
      (text) => (text === '0' ? 0 : readSpan(text)),
    )
    .option('--json', 'print {"key","secret"}')
    .action(async (id: string, { json, grace }: { json?: true; grace?: number }) => {
      printCreated(terminal, await withRelay(terminal, async (relay) => relay.keys.rotate(id, grace)), json);
    });

  keys
    .command('revoke <id>')
    .description('take a key back: the next request with it is refused')
    .option('--cut', 'end its running calls too; else they finish')
    .option('--json', 'print the key as JSON')
    .action(async (id: string, { json, cut }: { json?: true; cut?: true }) => {
      const key = await withRelay(terminal, async (relay) => relay.keys.revoke(id, cut));
      terminal.print(json ? JSON.stringify(key) : `Revoked ${key.name} (${key.id}).`);
    });
}

const spliceOption = (...more: readonly string[]): Option =>
  new Option('--splice <what>', 'whether a cut answer is continued on another account').choices([
    'text',
    'off',
    ...more,
  ]);

const captureOption = (): Option =>
  new Option('--capture <what>', 'keep prompts and answers of its calls for a while, without secrets').choices([
    'failed',
    'all',
    'off',
  ]);

const captureOf = (what: CreateOptions['capture']) =>
  what === undefined ? {} : { capture: what === 'off' ? null : what };

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

const withLimits = (command: Command): Command =>
  command
    .option('--rpm <n>', 'requests a minute', numberOrNone)
    .option('--tpm <n>', 'tokens a minute', numberOrNone)
    .option('--concurrency <n>', 'calls at once', numberOrNone)
    .option('--max-output <n>', 'tokens of output per call, from 16', numberOrNone)
    .option('--endpoints <a,b>', 'only these kinds of requests: responses, chat, passthrough', readListOrNone)
    .addOption(new Option('--effort <effort>', 'the highest reasoning effort').choices([...effortOrder, 'any']));

/** The options under the names of the contract; only those that were given. */
function limitsOf(options: { readonly [Name in keyof LimitOptions]: LimitOptions[Name] | undefined }) {
  const { rpm, tpm, concurrency, maxOutput, endpoints, effort } = options;
  const ceiling = effort === undefined ? {} : { effortCeiling: effort === 'any' ? null : effort };
  return {
    ...named({ requestsPerMinute: rpm, tokensPerMinute: tpm, concurrency, maxOutputTokens: maxOutput, endpoints }),
    ...ceiling,
  };
}

/** Without what was not given, and `null` for what is to be taken away. */
const named = (given: Readonly<Record<string, unknown>>): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(given).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, value === 'none' ? null : value]],
    ),
  );

function numberOrNone(text: string): OrNone<number> {
  if (text === 'none') return text;
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('Give a whole number, or none.');
}

const readListOrNone = (text: string): OrNone<string[]> => (text === 'none' ? text : readList(text));

function readList(text: string): string[] {
  const items = text.split(',').map((item) => item.trim());
  if (items.includes('')) throw new InvalidArgumentError('Give names with commas between them.');
  return items;
}
