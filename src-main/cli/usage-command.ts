import { type Command, Option } from 'commander';
import { type UsageFigures, type UsageView, usageExportQuerySchema } from '../../src-shared/contract/usage.ts';
import { formatDuration } from '../../src-shared/format/duration.ts';
import { formatMoney } from '../../src-shared/format/money.ts';
import { formatPercent } from '../../src-shared/format/percent.ts';
import { formatTokens } from '../../src-shared/format/tokens.ts';
import { withRelay } from './open-relay.ts';
import { sinceOption } from './since-option.ts';
import type { Terminal } from './terminal.ts';
import { textTable } from './text-table.ts';

interface UsageOptions {
  readonly since: number;
  readonly by: string;
  readonly grain?: string;
  readonly project?: string;
  readonly member?: string;
  readonly key?: string;
  readonly json?: true;
}

export function usageCommand(program: Command, terminal: Terminal): void {
  program
    .command('usage')
    .description('show calls, tokens and cost of a window')
    .addOption(sinceOption())
    .option(
      '--by <dimensions>',
      'one or two of model, account, key, project, member, client, status, endpoint',
      'model',
    )
    .addOption(
      new Option('--grain <grain>', 'a row for each span instead of each group').choices([
        'minute',
        'hour',
        'day',
        'week',
        'month',
      ]),
    )
    .option('--project <project>', 'only this project')
    .option('--member <member>', 'only this member')
    .option('--key <id>', 'only this key')
    .option('--json', 'print it as JSON')
    .action(async ({ since, json, grain, by, ...filters }: UsageOptions) => {
      const now = terminal.now();
      const query = usageExportQuerySchema.parse({
        from: now - since,
        to: now,
        by,
        grain: grain ?? 'total',
        ...filters,
      });
      const view = await withRelay(terminal, async (relay) => relay.usage(query));
      if (json) return terminal.print(JSON.stringify(view));
      for (const line of grain === undefined ? groupLines(view) : timeLines(view)) terminal.print(line);
      if (view.uncounted > 0) terminal.note(`${view.uncounted} older calls are not counted yet.`);
    });
}

const heads = ['CALLS', 'ERRORS', 'INPUT', 'CACHED', 'OUTPUT', 'COST', 'SPENT', 'TTFT P50', 'P90'];

const cells = (figures: UsageFigures): string[] => [
  String(figures.calls),
  String(figures.errors),
  formatTokens(figures.inputTokens),
  figures.cacheShare === null ? '-' : formatPercent(figures.cacheShare),
  formatTokens(figures.outputTokens),
  formatMoney(figures.costMicroUsd),
  formatMoney(figures.spentMicroUsd),
  ...[figures.ttftMs.p50, figures.ttftMs.p90].map((ms) => (ms === null ? '-' : formatDuration(ms))),
];

function groupLines({ groups, totals, names }: UsageView): string[] {
  const rows = groups.map(({ key, figures }) => [
    Object.values(key)
      .map((value) => (value === null || value === undefined ? '(none)' : (names[value] ?? value)))
      .join(', '),
    ...cells(figures),
  ]);
  return textTable(['', ...heads], [...rows, ['all', ...cells(totals)]]);
}

const timeLines = ({ series, totals }: UsageView): string[] =>
  textTable(
    ['FROM', ...heads],
    [
      ...series.map(({ at, figures }) => [
        new Date(at).toISOString().slice(0, 16).replace('T', ' '),
        ...cells(figures),
      ]),
      ['all', ...cells(totals)],
    ],
  );
