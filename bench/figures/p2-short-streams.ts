import { SHORT_DELTAS } from '../wire/answers.ts';
import { type Figure, relayChat, responsesLanes } from './figure.ts';
import { smallBody } from './requests.ts';
import { throughputMetrics, throughputValues } from './throughput.ts';

export const shortStreams: Figure = {
  id: 'P2',
  title: 'Short streams on one core: 32 clients, 10 events each',
  rounds: 3,
  lanes: [...responsesLanes, relayChat],
  directInEveryRound: false,
  freshTargets: false,
  metrics: throughputMetrics('streams'),
  goals: [
    { metric: 'perCore', lane: 'relay', bound: 'at least', limit: 0.8, against: 'nginx' },
    { metric: 'perCore', lane: 'relay chat', bound: 'at least', limit: 0.7, against: 'nginx' },
  ],
  async measure({ load, to, watched, scale }, { surface }) {
    const body = smallBody(surface, { kind: 'short' }, true);
    const durationMs = 1_000 * scale;
    return throughputValues(
      await load.run({ kind: 'closed-loop', to, body, clients: 32, durationMs, marks: SHORT_DELTAS }, watched),
    );
  },
};
