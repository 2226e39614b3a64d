import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { stackValues } from '../../../src-renderer/components/stack-values.ts';
import { heatMap } from '../../../src-renderer/features/usage/heat-map.ts';
import { measures } from '../../../src-renderer/features/usage/measures.ts';
import { chartSeries } from '../../../src-renderer/features/usage/usage-series.ts';
import { axisTicks } from '../../../src-renderer/format/time-axis.ts';
import { usage, usageFigures } from '../dashboard/usage-samples.ts';

const hour = 3_600_000;

describe('a picture over time', () => {
  it('stacks each row on those before it', () => {
    const rows = fc.array(fc.array(fc.option(fc.nat(1_000)), { minLength: 4, maxLength: 4 }), {
      minLength: 1,
      maxLength: 5,
    });
    fc.assert(
      fc.property(rows, (given) => {
        const last = stackValues(given).at(-1);
        expect(last).toEqual([0, 1, 2, 3].map((at) => given.reduce((sum, row) => sum + (row[at] ?? 0), 0)));
      }),
    );
  });

  it('labels round times of the zone’s clock, and no more than there is room for', () => {
    const from = Date.UTC(2026, 10, 24, 20, 30);
    const times = Array.from({ length: 24 }, (_, index) => from + index * hour);
    // Kolkata is five and a half hours from UTC, so these are its whole hours.
    expect(axisTicks(times, 'hour', 'Asia/Kolkata', 5)).toEqual([
      { index: 4, text: '06:00' },
      { index: 10, text: '12:00' },
      { index: 16, text: '18:00' },
      { index: 22, text: '26 Nov' },
    ]);
  });

  it('shows the first groups, and all others as one where they can be summed', () => {
    const groups = Array.from({ length: 11 }, (_, place) => 10 - place).map((index) => ({
      key: { client: `c${index}` },
      figures: { ...usageFigures, calls: index },
      previous: null,
      series: [{ at: usage.from, figures: { ...usageFigures, calls: index } }],
    }));
    const all = { ...usageFigures, calls: 55 };
    const view = { ...usage, series: [{ at: usage.from, figures: all }], groups };
    const shown = chartSeries(view, measures.calls, null);
    expect(shown.map(({ name, values }) => [name, values[0]])).toEqual([
      ...[10, 9, 8, 7, 6, 5, 4, 3].map((calls) => [`c${calls}`, calls]),
      ['3 others', 3],
    ]);
    expect(chartSeries(view, measures.ttft, null)).toHaveLength(8);
  });

  it('is made of kinds of tokens where nothing is grouped, with the window before as a line', () => {
    const view = { ...usage, groups: [] };
    const shown = chartSeries(view, measures.tokens, view);
    expect(shown.map(({ name, values, line }) => [name, values[0], line ?? false])).toEqual([
      ['Cached input', 600, false],
      ['Fresh input', 600, false],
      ['Reasoning', 20, false],
      ['Other output', 60, false],
      ['Window before', 1_280, true],
    ]);
  });
});

describe('the hours of a week', () => {
  it('are means of all such hours, and unknown where the window has none', () => {
    const hours = [
      { weekday: 1, hour: 0, times: 2, figures: { ...usageFigures, calls: 6 } },
      { weekday: 1, hour: 1, times: 1, figures: { ...usageFigures, calls: 0 } },
      { weekday: 1, hour: 2, times: 0, figures: { ...usageFigures, calls: 0 } },
    ];
    const map = heatMap({ from: 0, to: 1, timeZone: 'Europe/Berlin', hours }, ({ calls }) => calls);
    expect([map.cells[1]?.slice(0, 3), map.most]).toEqual([[3, 0, null], 3]);
    expect(map.cells[0]?.every((cell) => cell === null)).toBe(true);
  });
});
