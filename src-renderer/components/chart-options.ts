import uPlot from 'uplot';
import { type AxisGrain, axisTicks } from '../format/time-axis.ts';
import type { ChartSeries } from './chart-series.ts';

export interface ChartPlan {
  readonly times: readonly number[];
  readonly grain: AxisGrain;
  readonly timeZone: string;
  readonly series: readonly ChartSeries[];
  readonly shape: 'bars' | 'areas' | 'lines';
  readonly format: (value: number | null) => string;
  /** A token's colour as it is now. */
  readonly resolve: (token: string) => string;
}

/** Room for one label below the picture, px. */
const labelRoom = 76;
const font = '11px ui-sans-serif, system-ui, sans-serif';

/** How a picture is drawn. Places are indexes of `times`, each in the middle of its step. */
export function chartOptions(plan: ChartPlan, size: { width: number; height: number }): uPlot.Options {
  const { times, grain, timeZone, resolve, format } = plan;
  const grid = { stroke: resolve('--grid'), width: 1 };
  const axis = { stroke: resolve('--ink-muted'), font, ticks: { show: false } };
  return {
    ...size,
    padding: [10, 8, 0, 0],
    legend: { show: false },
    cursor: { y: false, points: { show: plan.shape !== 'bars' }, drag: { x: true, y: false, setScale: false } },
    scales: {
      x: { time: false, range: () => [-0.5, Math.max(0.5, times.length - 0.5)] },
      y: { range: (_, _min, max) => [0, max > 0 ? max * 1.06 : 1] },
    },
    axes: [
      {
        ...axis,
        grid: { show: false },
        size: 26,
        gap: 6,
        splits: (self) => ticksOf(plan, self).map(({ index }) => index),
        values: (self) => ticksOf(plan, self).map(({ text }) => text),
      },
      { ...axis, grid, size: 58, gap: 6, values: (_, splits) => splits.map((value) => format(value)) },
    ],
    series: [{}, ...seriesOptions(plan)],
  };

  function ticksOf({ times: all }: ChartPlan, self: uPlot) {
    const width = self.width - 66;
    return axisTicks(all, grain, timeZone, Math.max(1, Math.floor(width / labelRoom)));
  }
}

function seriesOptions({ series, shape, resolve }: ChartPlan): uPlot.Series[] {
  const solid = series.filter(({ line }) => line !== true);
  const back = shape === 'lines' ? solid : [...solid].reverse();
  const { bars, linear } = uPlot.paths;
  return [
    ...back.map(({ color }): uPlot.Series => {
      const stroke = resolve(color);
      const points = { show: false };
      if (shape === 'lines') return { stroke, width: 1.75, points, spanGaps: false };
      const paths = shape === 'bars' ? bars?.({ size: [0.82, 64], radius: 0.06 }) : linear?.();
      return {
        stroke,
        fill: stroke,
        width: shape === 'bars' ? 0 : 1,
        points,
        ...(paths === undefined ? {} : { paths }),
      };
    }),
    ...series
      .filter(({ line }) => line === true)
      .map(
        ({ color }): uPlot.Series => ({ stroke: resolve(color), width: 1.5, dash: [5, 4], points: { show: false } }),
      ),
  ];
}
