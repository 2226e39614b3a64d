import { BarChart3, ChartArea } from 'lucide-react';
import { useMemo } from 'react';
import type { UsageView } from '../../../src-shared/contract/usage.ts';
import { Swatch } from '../../components/chart-tip.tsx';
import { TimeChart } from '../../components/time-chart.tsx';
import type { Measure } from './measures.ts';
import { chartSeries } from './usage-series.ts';
import type { UsageState } from './usage-state.ts';

interface UsageChartProps {
  readonly view: UsageView;
  readonly before: UsageView | null;
  readonly measure: Measure;
  readonly shape: UsageState['shape'];
  readonly onZoom: (from: number, to: number) => void;
}

export function UsageChart({ view, before, measure, shape, onZoom }: UsageChartProps) {
  const series = useMemo(() => chartSeries(view, measure, before), [view, measure, before]);
  const times = useMemo(() => view.series.map(({ at }) => at), [view]);
  const sums = measure.sums;
  return (
    <div className="px-4 pt-3 pb-2">
      <ul aria-label="Shown in the picture" className="mb-2 flex flex-wrap gap-x-4 gap-y-1 text-sm text-muted">
        {series.map(({ name, color, line }) => (
          <li key={name} className="flex min-w-0 items-center gap-1.5">
            {line ? (
              <span aria-hidden className="w-3.5 border-t-2 border-dashed border-muted" />
            ) : (
              <Swatch color={color} />
            )}
            <span className="max-w-64 truncate">{name}</span>
          </li>
        ))}
      </ul>
      <TimeChart
        label={`${measure.title} over time. The same figures are in the table.`}
        times={times}
        to={view.to}
        grain={view.grain}
        timeZone={view.timeZone}
        series={series}
        shape={sums ? shape : 'lines'}
        format={measure.format}
        onZoom={onZoom}
      />
    </div>
  );
}

/** Bars or areas, for what can be stacked. */
export function ShapeChoice({
  shape,
  onChange,
}: {
  shape: UsageState['shape'];
  onChange: (shape: UsageState['shape']) => void;
}) {
  const other = shape === 'bars' ? 'areas' : 'bars';
  const Icon = shape === 'bars' ? ChartArea : BarChart3;
  return (
    <button
      type="button"
      aria-label={`Show ${other}`}
      title={`Show ${other}`}
      onClick={() => onChange(other)}
      className="inline-flex size-7.5 shrink-0 items-center justify-center rounded-md text-muted transition-colors hover:bg-hover hover:text-ink"
    >
      <Icon size={15} aria-hidden />
    </button>
  );
}
