import type { Goal, LaneName, Metric } from './figures/figure.ts';
import type { FigureSummary, GoalSummary, Summary } from './summary.ts';

/** A figure as text: a column for each lane with median, spread and the ratio to nginx (to the bare pass-through where there is no nginx). */
export function figureTable(figure: FigureSummary): string {
  const base: LaneName = figure.lanes.some(({ lane, failure }) => lane === 'nginx' && failure === null)
    ? 'nginx'
    : 'bare';
  const shown = figure.lanes.filter(({ failure }) => failure === null);
  const header = ['', ...shown.map(({ lane }) => lane)];
  const rows = figure.metrics.map((metric) => [
    metric.unit === '' || metric.unit === '/s' ? metric.label : `${metric.label}, ${metric.unit}`,
    ...shown.map(({ lane, values }) =>
      cell(metric, values[metric.name], lane === base || lane === 'direct' ? null : base),
    ),
  ]);
  const failures = figure.lanes.flatMap(({ lane, failure }) =>
    failure === null ? [] : [`  ${lane} failed: ${failure}`],
  );
  const goals = figure.goals.map((goal) => `  ${goalLine(goal, figure.metrics)}`);
  return [`\n${figure.id}  ${figure.title}`, aligned([header, ...rows]), ...failures, ...goals].join('\n');
}

export function goalLine(goal: GoalSummary, metrics: Metric[]): string {
  const metric = metrics.find(({ name }) => name === goal.metric);
  const wanted = `${goal.id} ${goal.lane}, ${metric?.label ?? goal.metric}: ${goal.bound} ${withUnit(goal, metric, goal.limit)}`;
  if (goal.measured === null) return `${wanted}: not measured here`;
  return `${wanted}: ${withUnit(goal, metric, goal.measured)}, ${goal.reached ? 'reached' : 'MISSED'}`;
}

function withUnit({ against }: Goal, metric: Metric | undefined, value: number): string {
  if (against) return `${value.toFixed(2)} x ${against}`;
  const text = value.toLocaleString('en', { maximumFractionDigits: metric?.digits ?? 2 });
  return metric?.unit && metric.unit !== '/s' ? `${text} ${metric.unit}` : text;
}

function cell({ digits, unit }: Metric, summary: Summary | undefined, base: 'nginx' | 'bare' | null): string {
  if (!summary) return '-';
  const hasSpread = summary.samples.length > 1 && summary.min !== summary.max;
  const spread = hasSpread ? ` (${summary.min.toFixed(digits)}-${summary.max.toFixed(digits)})` : '';
  const ratio = base === 'nginx' ? summary.ratioToNginx : base === 'bare' ? summary.ratioToBare : null;
  const hasRatio = ratio !== null && unit !== '' && unit !== '%';
  return `${summary.median.toFixed(digits)}${spread}${hasRatio ? ` ${ratio.toFixed(2)}x` : ''}`;
}

function aligned(rows: string[][]): string {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows
    .map((row) => `  ${row.map((text, column) => text.padEnd(widths[column] ?? 0)).join('   ')}`.trimEnd())
    .join('\n');
}
