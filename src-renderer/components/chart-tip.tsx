import { type AxisGrain, spanText } from '../format/time-axis.ts';
import type { ChartSeries } from './chart-series.ts';

interface ChartTipProps {
  readonly index: number;
  /** Of the pointer within the picture, px. */
  readonly left: number;
  readonly from: number;
  readonly to: number;
  readonly grain: AxisGrain;
  readonly timeZone: string;
  readonly series: readonly ChartSeries[];
  readonly format: (value: number | null) => string;
  /** Whether the series make a sum. */
  readonly total: boolean;
}

/** The figures of the step under the pointer, on the side of it where there is room. */
export function ChartTip({ index, left, from, to, grain, timeZone, series, format, total }: ChartTipProps) {
  const parts = series.filter(({ line }) => line !== true);
  const rows = total ? [...parts].reverse() : parts;
  const sum = parts.reduce((all, { values }) => all + (values[index] ?? 0), 0);
  return (
    <div
      aria-hidden
      className="pointer-events-none absolute top-2 z-10 min-w-44 rounded-lg border border-line bg-raised px-3 py-2 text-sm shadow-overlay"
      style={{ left: left + 58, transform: `translateX(${left > 320 ? 'calc(-100% - 14px)' : '14px'})` }}
    >
      <p className="mb-1 font-medium whitespace-nowrap">{spanText(from, to, grain, timeZone)}</p>
      <dl className="grid gap-x-4">
        {rows.map(({ name, color, values }) => (
          <Row key={name} name={name} color={color} text={format(values[index] ?? null)} />
        ))}
        {total && parts.length > 1 && <Row name="Together" text={format(sum)} />}
        {series
          .filter(({ line }) => line === true)
          .map(({ name, color, values }) => (
            <Row key={name} name={name} color={color} text={format(values[index] ?? null)} />
          ))}
      </dl>
    </div>
  );
}

function Row({ name, color, text }: { name: string; color?: string; text: string }) {
  return (
    <div className="flex items-center justify-between gap-4">
      <dt className="flex min-w-0 items-center gap-1.5 text-muted">
        {color !== undefined && <Swatch color={color} />}
        <span className="max-w-56 truncate">{name}</span>
      </dt>
      <dd className="whitespace-nowrap">{text}</dd>
    </div>
  );
}

/** The colour of a series beside its name. */
export function Swatch({ color }: { color: string }) {
  return <span aria-hidden className="size-2.5 shrink-0 rounded-[3px]" style={{ backgroundColor: `var(${color})` }} />;
}
