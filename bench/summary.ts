import type { Figure, Goal, LaneName, Metric, Values } from './figures/figure.ts';

/** What one lane gave, round after round. */
export interface LaneRounds {
  lane: LaneName;
  rounds: Values[];
  /** Why the lane has no values. */
  failure: string | null;
}

export interface Summary {
  median: number;
  min: number;
  max: number;
  samples: number[];
  ratioToNginx: number | null;
  ratioToBare: number | null;
}

export interface GoalSummary extends Goal {
  id: string;
  /** The value or ratio that the goal is about. */
  measured: number | null;
  /** Null when it could not be told here. */
  reached: boolean | null;
}

export interface FigureSummary {
  id: string;
  title: string;
  metrics: Metric[];
  lanes: { lane: LaneName; failure: string | null; values: Record<string, Summary> }[];
  goals: GoalSummary[];
}

export function summarise(figure: Figure, measured: LaneRounds[]): FigureSummary {
  const medians = (lane: LaneName, metric: string): number | null => {
    const samples = samplesOf(measured, lane, metric);
    return samples.length === 0 ? null : median(samples);
  };

  const lanes = measured.map(({ lane, failure }) => {
    const values: Record<string, Summary> = {};
    for (const { name } of figure.metrics) {
      const samples = samplesOf(measured, lane, name);
      if (samples.length === 0) continue;
      values[name] = {
        median: median(samples),
        min: Math.min(...samples),
        max: Math.max(...samples),
        samples,
        ratioToNginx: ratio(median(samples), medians('nginx', name)),
        ratioToBare: ratio(median(samples), medians('bare', name)),
      };
    }
    return { lane, failure, values };
  });

  const goals = figure.goals.map((goal): GoalSummary => {
    const value = medians(goal.lane, goal.metric);
    const measured = value !== null && goal.against ? ratio(value, medians(goal.against, goal.metric)) : value;
    return { ...goal, id: figure.id, measured, reached: measured === null ? null : isWithin(goal, measured) };
  });

  return { id: figure.id, title: figure.title, metrics: figure.metrics, lanes, goals };
}

export function median(values: number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

function samplesOf(measured: LaneRounds[], lane: LaneName, metric: string): number[] {
  const rounds = measured.find((one) => one.lane === lane)?.rounds ?? [];
  return rounds.map((values) => values[metric] ?? null).filter((value) => value !== null);
}

function isWithin({ bound, limit }: Goal, value: number): boolean {
  return bound === 'at most' ? value <= limit : value >= limit;
}

function ratio(value: number, to: number | null): number | null {
  return to === null || to <= 0 ? null : value / to;
}
