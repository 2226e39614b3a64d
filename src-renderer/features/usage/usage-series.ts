import type { UsageFigures, UsageView } from '../../../src-shared/contract/usage.ts';
import type { ChartSeries } from '../../components/chart-series.ts';
import { groupName } from './group-name.ts';
import type { Measure } from './measures.ts';

/** More colours than these are not told apart. */
export const seriesColors = [1, 2, 3, 4, 5, 6, 7, 8].map((number) => `--series-${number}`);
const restColor = '--series-rest';

/**
 * What a picture of a measure is made of: its groups, in their order and the rest as one where they can be summed; its
 * parts where nothing is grouped; and the window before as a line.
 */
export function chartSeries(view: UsageView, measure: Measure, before: UsageView | null): ChartSeries[] {
  const shown = view.groups.length > 0 ? ofGroups(view, measure) : ofParts(view, measure);
  if (before === null) return shown;
  const values = view.series.map((_, index) => valueAt(before.series[index]?.figures, measure));
  return [...shown, { name: 'Window before', color: '--ink-muted', values, line: true }];
}

function ofGroups(view: UsageView, measure: Measure): ChartSeries[] {
  const shown = view.groups.slice(0, seriesColors.length).map((group, index) => ({
    name: groupName(view, group.key),
    color: seriesColors[index] ?? restColor,
    values: group.series.map(({ figures }) => measure.of(figures)),
  }));
  const rest = view.groups.length - shown.length;
  if (rest === 0 || !measure.sums) return shown;
  const values = view.series.map(({ figures }, index) =>
    shown.reduce((left, { values }) => left - (values[index] ?? 0), measure.of(figures) ?? 0),
  );
  return [...shown, { name: `${rest} others`, color: restColor, values }];
}

function ofParts(view: UsageView, measure: Measure): ChartSeries[] {
  const parts = measure.parts ?? [{ title: measure.title, of: measure.of }];
  return parts.map(({ title, of }, index) => ({
    name: title,
    color: title === 'Failed' ? '--bad-fill' : (seriesColors[index] ?? restColor),
    values: view.series.map(({ figures }) => of(figures)),
  }));
}

const valueAt = (figures: UsageFigures | undefined, measure: Measure): number | null =>
  figures === undefined ? null : measure.of(figures);
