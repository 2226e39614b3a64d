import { type Figure, responsesLanes } from './figure.ts';
import { measureOpenStreams, openStreamsMetrics } from './open-streams.ts';

export const hundredStreams = pacedStreams(100);
export const threeHundredStreams = pacedStreams(300);

function pacedStreams(streams: number): Figure {
  return {
    id: 'P4',
    title: `${streams} open streams at 50 events/s`,
    rounds: 3,
    lanes: responsesLanes,
    directInEveryRound: false,
    freshTargets: false,
    metrics: openStreamsMetrics,
    goals: [
      { metric: 'cpuPerEvent', lane: 'relay', bound: 'at most', limit: 2.5, against: 'nginx' },
      { metric: 'delayP99', lane: 'relay', bound: 'at most', limit: 3, against: 'nginx' },
    ],
    measure: (bench) => measureOpenStreams(bench, { streams, intervalMs: 20, openingMs: 500, measureMs: 1_200 }),
  };
}
