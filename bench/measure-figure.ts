import type { Bench, Figure, Lane, Values } from './figures/figure.ts';
import type { LaneRounds } from './summary.ts';

/** Runs one measurement of a lane against a running target. */
export type WithTarget = (lane: Lane, fresh: boolean, measure: (bench: Bench) => Promise<Values>) => Promise<Values>;

/** Measures every lane once a round, each round starting with another lane, so that a slow minute hits all alike. */
export async function measureFigure(
  figure: Figure,
  lanes: Lane[],
  rounds: number,
  withTarget: WithTarget,
): Promise<LaneRounds[]> {
  const measured = lanes.map((lane): LaneRounds => ({ lane: lane.name, rounds: [], failure: null }));
  for (let round = 0; round < rounds; round++) {
    const values = new Map<Lane, Values>();
    for (let step = 0; step < lanes.length; step++) {
      const index = (round + step) % lanes.length;
      const lane = lanes[index]!;
      const { failure } = measured[index]!;
      if (failure !== null || (lane.name === 'direct' && round > 0 && !figure.directInEveryRound)) continue;
      try {
        const isFresh = figure.freshTargets;
        values.set(lane, await withTarget(lane, isFresh, (bench) => figure.measure(bench, lane)));
      } catch (error) {
        measured[index]!.failure = error instanceof Error ? error.message : String(error);
      }
    }
    const direct = lanes.find(({ name }) => name === 'direct');
    const floor = direct ? values.get(direct) : undefined;
    lanes.forEach((lane, index) => {
      const own = values.get(lane);
      if (own) measured[index]!.rounds.push(overDirect(figure, own, floor));
    });
  }
  return measured;
}

/** Turns the metrics that are counted over a direct call into what the lane adds to it. */
function overDirect(figure: Figure, values: Values, direct: Values | undefined): Values {
  const result = { ...values };
  for (const { name, over } of figure.metrics) {
    if (over === undefined) continue;
    const value = values[name] ?? null;
    const floor = direct?.[over] ?? null;
    result[name] = value === null || floor === null || values === direct ? null : value - floor;
  }
  return result;
}
