import { type Figure, responsesLanes } from './figure.ts';
import { measureOpenStreams, openStreamsMetrics } from './open-streams.ts';

export const thousandStreams: Figure = {
  id: 'P5',
  title: '1,000 open streams at 10 events/s, opened over 2 s, on freshly started targets',
  rounds: 1,
  lanes: responsesLanes,
  directInEveryRound: false,
  freshTargets: true,
  metrics: openStreamsMetrics,
  goals: [
    { metric: 'rss', lane: 'relay', bound: 'at most', limit: 200 },
    { metric: 'stalled', lane: 'relay', bound: 'at most', limit: 0 },
    { metric: 'firstP99', lane: 'relay', bound: 'at most', limit: 50 },
  ],
  measure: (bench) =>
    measureOpenStreams(bench, { streams: 1_000, intervalMs: 100, openingMs: 2_000, measureMs: 2_000 }),
};

export const saturation: Figure = {
  id: 'P5',
  title: 'Saturation: 700 open streams at 50 events/s',
  rounds: 2,
  lanes: responsesLanes,
  directInEveryRound: false,
  freshTargets: false,
  metrics: openStreamsMetrics,
  goals: [
    { metric: 'perSecond', lane: 'relay', bound: 'at least', limit: 20_000 },
    { metric: 'perSecond', lane: 'relay', bound: 'at least', limit: 0.85, against: 'bare' },
  ],
  measure: (bench) => measureOpenStreams(bench, { streams: 700, intervalMs: 20, openingMs: 700, measureMs: 1_500 }),
};
