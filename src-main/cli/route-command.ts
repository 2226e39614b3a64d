import { type Command, Option } from 'commander';
import type { StrategyName } from '../../src-shared/domain/decision.ts';
import { strategyNames } from '../../src-shared/domain/decision.ts';
import { requireRunning } from './open-relay.ts';
import { Refused } from './refused.ts';
import { decisionLines, replayLines, routingLines } from './route-lines.ts';
import { readSpan } from './span.ts';
import type { Terminal } from './terminal.ts';

interface RouteOptions {
  readonly dryRun?: true;
  readonly replay?: number;
  readonly model?: string;
  readonly key?: string;
  readonly conversation?: string;
  readonly strategy?: StrategyName;
  readonly without?: string[];
  readonly json?: true;
}

/** Explains routing: how it is set, where a call would go, what other choices would have done. Nothing is sent to an account. */
export function routeCommand(program: Command, terminal: Terminal): void {
  program
    .command('route')
    .description('show how calls are routed, where one would go, or what another strategy would have done')
    .option('--dry-run', 'where a call would go now, with every account and the reasons')
    .option('--replay <time>', 'decide the calls of this long again, such as 24h', readSpan)
    .option('--model <model>', 'with --dry-run: the model (default: that of the newest call)')
    .option('--key <key>', 'with --dry-run: id or name of the key that asks')
    .option('--conversation <id>', 'with --dry-run: the conversation, as relay logs --json shows it')
    .addOption(new Option('--strategy <name>', 'instead of the one that is set').choices(strategyNames))
    .option('--without <account>', 'leave an account out, by id or label; may be given more than once', collect)
    .option('--json', 'print it as JSON')
    .action(async (options: RouteOptions) => {
      const { dryRun, replay, model, key, conversation, strategy, without, json } = options;
      checkUsage(options);
      const { routing } = await requireRunning(terminal);
      const what = { ...(strategy && { strategy }), ...(without && { without }) };
      const show = <T>(answer: T, lines: (answer: T, now: number) => string[]): void => {
        for (const line of json ? [JSON.stringify(answer)] : lines(answer, terminal.now())) terminal.print(line);
      };
      if (dryRun) {
        const asked = { ...(model && { model }), ...(key && { key }), ...(conversation && { conversation }) };
        show(await routing.preview({ ...asked, ...what }), decisionLines);
      } else if (replay !== undefined) {
        show(await routing.runReplay({ since: terminal.now() - replay, ...what }), replayLines);
      } else {
        show(await routing.view(), routingLines);
      }
    });
}

function checkUsage({ dryRun, replay, model, key, conversation, strategy, without }: RouteOptions): void {
  if (dryRun && replay !== undefined) throw new Refused('Give --dry-run or --replay, not both.', 2);
  if (!dryRun && (model ?? key ?? conversation) !== undefined) {
    throw new Refused('--model, --key and --conversation belong to --dry-run.', 2);
  }
  if (!dryRun && replay === undefined && (strategy ?? without) !== undefined) {
    throw new Refused('--strategy and --without belong to --dry-run or --replay.', 2);
  }
}

const collect = (account: string, before: string[] = []): string[] => [...before, account];
