import type { DecisionView } from '../../src-shared/contract/decision.ts';
import type { ReplayReport, RoutingView } from '../../src-shared/contract/routing.ts';
import { bestFirst, partsOf } from '../../src-shared/domain/candidates.ts';
import { partNames } from '../../src-shared/domain/decision.ts';
import { formatClockTime } from '../../src-shared/format/clock-time.ts';
import { formatDuration } from '../../src-shared/format/duration.ts';
import { formatMoment } from '../../src-shared/format/moment.ts';
import { formatMoney } from '../../src-shared/format/money.ts';
import { formatPercent } from '../../src-shared/format/percent.ts';
import { formatTokens } from '../../src-shared/format/tokens.ts';
import { escapeControls } from '../log/control-characters.ts';
import { textTable } from './text-table.ts';

/** A decision for people: the reason, a row for each account, and why each of the others was not chosen. */
export function decisionLines(decision: DecisionView): string[] {
  const { candidates, chosenId, conversation } = decision;
  const shown = partsOf(candidates);
  const rows = candidates
    .toSorted(bestFirst)
    .map((candidate) => [
      candidate.accountId === chosenId ? '>' : '',
      candidate.accountLabel,
      candidate.score === null ? '-' : candidate.score.toFixed(2),
      ...shown.map((name) => candidate.parts.find((part) => part.name === name)?.points.toFixed(2) ?? ''),
    ]);
  const owner = candidates.find(({ accountId }) => accountId === conversation?.ownerId)?.accountLabel;
  return [
    escapeControls(decision.reason),
    `Strategy ${decision.strategy}, model ${decision.model}${owner === undefined ? '' : `, conversation held by ${owner}`}`,
    ...(rows.length === 0
      ? []
      : ['', ...textTable(['', 'ACCOUNT', 'SCORE', ...shown.map((name) => name.toUpperCase())], rows)]),
    '',
    ...candidates.flatMap(({ lost }) => (lost === null ? [] : [escapeControls(lost)])),
  ];
}

export function replayLines(report: ReplayReport, now: number): string[] {
  const { calls, changed, unserved, skipped, moves, cachedTokens, costMicroUsd, spentMicroUsd } = report;
  const left = report.without.map(({ accountLabel }) => accountLabel).join(', ');
  if (calls === 0) return [`There are no calls with a decision since ${formatMoment(report.since, now)}.`];
  const row = (name: string, { actual, replayed }: ReplayReport['moves'], format: (value: number) => string) => [
    name,
    format(actual),
    format(replayed),
  ];
  return [
    `${calls} calls since ${formatMoment(report.since, now)}, decided again by ${report.strategy}${left === '' ? '' : ` without ${left}`}:`,
    `${changed} would have gone elsewhere, ${unserved} nowhere${skipped === 0 ? '' : `; ${skipped} have no decision`}.`,
    ...(report.truncated ? ['The log holds more calls; these are the newest.'] : []),
    '',
    ...textTable(
      ['', 'WAS', 'WOULD BE'],
      [
        ...report.accounts.map(({ accountLabel, calls: pair }) => row(`calls on ${accountLabel}`, pair, String)),
        row('conversations moved', moves, String),
        row('cached tokens, about', cachedTokens, formatTokens),
        row('at API prices, about', costMicroUsd, formatMoney),
        row('really paid, about', spentMicroUsd, formatMoney),
      ],
    ),
    '',
    ...report.examples
      .slice(0, 5)
      .map(({ at, from, to, why }) =>
        escapeControls(`${formatMoment(at, now)}  ${from || 'none'} -> ${to ?? 'none'}  ${why}`),
      ),
    ...(report.examples.length === 0 ? [] : ['']),
    `A replay that changes nothing puts ${formatPercent(report.reproduced)} of these calls where they went.`,
    ...report.limits,
  ];
}

export function routingLines(view: RoutingView, now: number): string[] {
  const { strategy, weights, stats, conversations, breakers, offline, overflow } = view;
  const used = partNames.filter((name) => (weights[name] ?? 0) > 0);
  return [
    `Strategy ${strategy}: ${used.map((name) => `${name} ${weights[name]}`).join(', ')}`,
    `${conversations} conversations are tied to an account.`,
    `Metered keys that stood in for subscriptions cost ${formatMoney(overflow.spentMicroUsd)} today, of at most ${formatMoney(overflow.ceilingMicroUsd)}.`,
    ...(offline ? ['Nothing can be reached: the network seems to be down.'] : []),
    ...breakers.map(({ accountLabel, model, until }) =>
      escapeControls(
        `${accountLabel} is left alone${model === null ? '' : ` for ${model}`} until ${formatClockTime(until, now)}: its calls keep failing.`,
      ),
    ),
    '',
    ...(stats.length === 0
      ? ['No calls were served lately.']
      : textTable(
          ['ACCOUNT', 'MODEL', 'ANSWERED', 'FIRST TOKEN'],
          stats.map(({ accountLabel, model, served, tried, ttftMs }) => [
            accountLabel,
            model,
            formatPercent(served / tried),
            formatDuration(ttftMs),
          ]),
        )),
  ];
}
