import 'uplot/dist/uPlot.min.css';
import { useEffect, useMemo, useRef, useState } from 'react';
import uPlot from 'uplot';
import type { AxisGrain } from '../format/time-axis.ts';
import { type ChartPlan, chartOptions } from './chart-options.ts';
import type { ChartSeries } from './chart-series.ts';
import { ChartTip } from './chart-tip.tsx';
import { stackValues } from './stack-values.ts';
import { useThemeColors } from './use-theme-colors.ts';

interface TimeChartProps {
  /** What the picture shows, in words. */
  readonly label: string;
  /** Where each step begins, ms; the last one ends at `to`. */
  readonly times: readonly number[];
  readonly to: number;
  readonly grain: AxisGrain;
  readonly timeZone: string;
  readonly series: readonly ChartSeries[];
  readonly shape: 'bars' | 'areas' | 'lines';
  readonly format: (value: number | null) => string;
  /** Half as high, for a place beside others. */
  readonly low?: boolean;
  /** Told which whole steps were dragged over. */
  readonly onZoom?: (from: number, to: number) => void;
}

/**
 * Figures over time. Steps are all as wide as each other, whatever the calendar says; whoever does not see the picture finds
 * the same figures in a table beside it.
 */
export function TimeChart(props: TimeChartProps) {
  const { label, times, to, grain, timeZone, series, shape, format, onZoom, low = false } = props;
  const frame = useRef<HTMLDivElement>(null);
  const chart = useRef<uPlot | null>(null);
  const [hovered, setHovered] = useState<{ index: number; left: number } | null>(null);
  const resolve = useThemeColors();
  const latest = useRef({ onZoom, times, to });
  latest.current = { onZoom, times, to };
  const data = useMemo(() => dataOf(times.length, series, shape), [times, series, shape]);

  // A new picture where more than its figures changed.
  const colors = series.map(({ color }) => color).join();
  const axis = `${times[0]} ${times.length} ${to} ${grain} ${timeZone}`;
  // biome-ignore lint/correctness/useExhaustiveDependencies: figures that change are set below
  useEffect(() => {
    const element = frame.current;
    if (element === null) return;
    const plan: ChartPlan = { times, grain, timeZone, series, shape, format, resolve };
    const plot = new uPlot(
      {
        ...chartOptions(plan, { width: element.clientWidth, height: element.clientHeight }),
        hooks: {
          setCursor: [
            ({ cursor }) => {
              const { idx, left } = cursor;
              setHovered(idx == null || left === undefined || left < 0 ? null : { index: idx, left });
            },
          ],
          setSelect: [
            (self) => {
              const { left, width } = self.select;
              if (width < 4) return;
              self.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
              const first = Math.max(0, Math.round(self.posToVal(left, 'x')));
              const last = Math.round(self.posToVal(left + width, 'x'));
              const { times: starts, to: end, onZoom: tell } = latest.current;
              const from = starts[first];
              if (from !== undefined) tell?.(from, starts[last + 1] ?? end);
            },
          ],
        },
      },
      data,
      element,
    );
    chart.current = plot;
    const resized = new ResizeObserver(() =>
      plot.setSize({ width: element.clientWidth, height: element.clientHeight }),
    );
    resized.observe(element);
    return () => {
      resized.disconnect();
      plot.destroy();
      chart.current = null;
      setHovered(null);
    };
  }, [axis, colors, shape, format, resolve]);

  useEffect(() => {
    if (chart.current?.data !== data) chart.current?.setData(data);
  }, [data]);

  return (
    <div className="relative">
      <div
        ref={frame}
        role="img"
        aria-label={label}
        className={`${low ? 'h-40' : 'h-60'} ${onZoom === undefined ? '' : 'cursor-crosshair'}`}
      />
      {hovered !== null && hovered.index < times.length && (
        <ChartTip
          {...{ series, format, grain, timeZone }}
          index={hovered.index}
          left={hovered.left}
          from={times[hovered.index] ?? to}
          to={times[hovered.index + 1] ?? to}
          total={shape !== 'lines'}
        />
      )}
    </div>
  );
}

/** What uPlot draws, from the back to the front: the whole stack first, then what is in front of it, lines last. */
function dataOf(length: number, series: readonly ChartSeries[], shape: TimeChartProps['shape']): uPlot.AlignedData {
  const places = Array.from({ length }, (_, index) => index);
  const solid = series.filter(({ line }) => line !== true).map(({ values }) => values);
  const lines = series.filter(({ line }) => line === true).map(({ values }) => values);
  const drawn = shape === 'lines' ? solid : stackValues(solid).reverse();
  return [places, ...drawn, ...lines] as uPlot.AlignedData;
}
