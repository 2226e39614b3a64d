import type { Goal, Metric } from './figures/figure.ts';
import type { FigureSummary, GoalSummary, Summary } from './summary.ts';

/** A figure as text: a row for each lane; median, spread, and ratio to nginx (or, without nginx, to the bare pass-through). */
export function figureTable(figure: FigureSummary): string {
  const base = figure.lanes.some(({ lane, values }) => lane === 'nginx' && Object.keys(values).length > 0)
    ? 'nginx'
    : 'bare';
  const header = ['', ...figure.metrics.map(({ label, unit }) => (unit && unit !== '/s' ? `${label} ${unit}` : label))];
  const rows = figure.lanes.map(({ lane, failure, values }) =>
    failure === null
      ? [lane, ...figure.metrics.map((metric) => cell(metric, values[metric.name], lane === base ? null : base))]
      : [lane, `failed: ${failure}`],
  );
  const body = aligned([header, ...rows]);
  return [`\n${figure.id}  ${figure.title}`, body, ...figure.goals.map((goal) => `  ${goalLine(goal, figure.metrics)}`)].join('\n');
}

export function goalLine(goal: GoalSummary, metrics: Metric[]): string {
  const metric = metrics.find(({ name }) => name === goal.metric);
  const measured = goal.measured === null ? 'not measured here' : withUnit(goal, metric, goal.measured);
  const verdict = goal.reached === null ? '' : goal.reached ? ' - reached' : ' - MISSED';
  const limit = withUnit(goal, metric, goal.limit);
  return `${goal.id} ${goal.lane}: ${metric?.label ?? goal.metric} ${goal.bound} ${limit}: ${measured}${verdict}`;
}

function withUnit(goal: Goal, metric: Metric | undefined, value: number): string {
  if (goal.against) return `${value.toFixed(2)} x ${goal.against}`;
  const text = value.toLocaleString('en', { maximumFractionDigits: metric?.digits ?? 2 });
  return metric?.unit && metric.unit !== '/s' ? `${text} ${metric.unit}` : text;
}

function cell({ digits, unit }: Metric, summary: Summary | undefined, base: 'nginx' | 'bare' | null): string {
  if (!summary) return '-';
  const text = summary.median.toFixed(digits);
  const spread =
    summary.samples.length > 1 && summary.min !== summary.max
      ? ` (${summary.min.toFixed(digits)}-${summary.max.toFixed(digits)})`
      : '';
  const ratio = base === 'nginx' ? summary.ratioToNginx : base === 'bare' ? summary.ratioToBare : null;
  return `${text}${spread}${ratio === null || unit === '' || unit === '%' ? '' : ` ${ratio.toFixed(2)}x`}`;
}

function aligned(rows: string[][]): string {
  const widths = rows[0]!.map((_, column) =>
    Math.max(...rows.filter((row) => row.length > 2).map((row) => row[column]?.length ?? 0)),
  );
  return rows
    .map((row) => `  ${row.map((text, column) => text.padEnd(widths[column] ?? 0)).join('  ')}`.trimEnd())
    .join('\n');
}
