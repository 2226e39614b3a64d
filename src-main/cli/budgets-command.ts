import { type Command, InvalidArgumentError, Option } from 'commander';
import type { BudgetView } from '../../src-shared/contract/budget.ts';
import { formatMoney } from '../../src-shared/format/money.ts';
import { formatPercent } from '../../src-shared/format/percent.ts';
import { formatRelativeTime } from '../../src-shared/format/relative-time.ts';
import { formatTokens } from '../../src-shared/format/tokens.ts';
import { withRelay } from './open-relay.ts';
import { Refused } from './refused.ts';
import type { Terminal } from './terminal.ts';
import { textTable } from './text-table.ts';

interface SetOptions {
  readonly key?: string;
  readonly member?: string;
  readonly project?: string;
  readonly cost?: number;
  readonly spent?: number;
  readonly tokens?: number;
  readonly per: BudgetView['period'];
  readonly marks?: number[];
  readonly json?: true;
}

export function budgetsCommand(program: Command, terminal: Terminal): void {
  const budgets = program.command('budgets').description('what keys, members and projects may use');

  budgets
    .command('set')
    .description('set what a key, a member or a project may use in a period; replaces the limit that is there')
    .option('--key <id>', 'one key')
    .option('--member <member>', 'every key of a member')
    .option('--project <project>', 'everything of a project')
    .option('--cost <usd>', 'US dollars at API prices', dollars)
    .option('--spent <usd>', 'US dollars that are really paid', dollars)
    .option('--tokens <n>', 'tokens', count)
    .addOption(new Option('--per <period>', 'the period').choices(['day', 'week', 'month', 'total']).default('day'))
    .option('--marks <a,b>', 'shares at which you are told, such as 0.5,0.8', shares)
    .option('--json', 'print the budget as JSON')
    .action(async (options: SetOptions) => {
      const [scope, subject] = oneOf(
        options,
        ['key', 'member', 'project'],
        'Name one of --key, --member and --project.',
      );
      const [unit, limit] = oneOf(options, ['cost', 'spent', 'tokens'], 'Give one of --cost, --spent and --tokens.');
      const wanted = { scope, subject: String(subject), unit, period: options.per, limit: Number(limit) };
      const marks = options.marks === undefined ? {} : { marks: options.marks };
      const [budget, keys] = await withRelay(terminal, async (relay) => {
        const there = (await relay.budgets.list()).find(
          (each) =>
            each.scope === scope &&
            each.subject === wanted.subject &&
            each.unit === unit &&
            each.period === wanted.period,
        );
        const set =
          there === undefined
            ? await relay.budgets.create({ ...wanted, ...marks })
            : await relay.budgets.change(there.id, { limit: wanted.limit, ...marks });
        return [set, await relay.keys.list()] as const;
      });
      if (options.json) return terminal.print(JSON.stringify(budget));
      terminal.print(`Set ${describe(budget)} (${budget.id}).`);
      if (scope !== 'key' && !keys.some((key) => key[scope] === subject))
        terminal.note(`No key belongs to it yet: relay keys change ID --${scope} ${subject}`);
    });

  budgets
    .command('list')
    .description('show all budgets and what is used of them')
    .option('--json', 'print them as JSON')
    .action(async ({ json }: { json?: true }) => {
      const views = await withRelay(terminal, async (relay) => relay.budgets.list());
      if (json) return terminal.print(JSON.stringify({ budgets: views }));
      if (views.length === 0)
        return terminal.note('There are no budgets. Set one: relay budgets set --project NAME --cost 5');
      const rows = views.map((budget) => [
        budget.id,
        describe(budget),
        amount(budget, budget.used),
        formatPercent(budget.used / budget.limit),
        budget.state,
        budget.resetsAt === null ? 'never' : formatRelativeTime(budget.resetsAt, terminal.now()),
      ]);
      for (const line of textTable(['ID', 'BUDGET', 'USED', 'SHARE', 'STATE', 'RESETS'], rows)) terminal.print(line);
    });

  budgets
    .command('remove <id>')
    .description('take a budget away')
    .action(async (id: string) => {
      await withRelay(terminal, async (relay) => relay.budgets.remove(id));
      terminal.print(`Removed ${id}.`);
    });
}

function oneOf<Name extends keyof SetOptions>(options: SetOptions, names: readonly Name[], otherwise: string) {
  const given = names.flatMap((name) => {
    const value = options[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  const [only] = given;
  if (only === undefined || given.length > 1) throw new Refused(otherwise, 2);
  return only;
}

const describe = (budget: BudgetView): string =>
  `${amount(budget, budget.limit)} ${units[budget.unit]} ${periods[budget.period]} for ${budget.scope} ${budget.subject}`;
const units = { cost: 'at API prices', spent: 'really spent', tokens: 'tokens' } as const;
const periods = { day: 'a day', week: 'a week', month: 'a month', total: 'in all' } as const;

const amount = ({ unit }: BudgetView, value: number): string =>
  unit === 'tokens' ? formatTokens(value) : formatMoney(value);

function dollars(text: string): number {
  const usd = /^\d+(\.\d{1,6})?$/.test(text) ? Number(text) : Number.NaN;
  if (usd > 0) return Math.round(usd * 1_000_000);
  throw new InvalidArgumentError('Give US dollars such as 5 or 0.50.');
}

function count(text: string): number {
  if (/^[1-9]\d{0,14}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('Give a whole number.');
}

function shares(text: string): number[] {
  const marks = text.split(',').map(Number);
  if (marks.every((mark) => mark > 0 && mark < 1)) return marks;
  throw new InvalidArgumentError('Give shares between 0 and 1, such as 0.5,0.8.');
}
