import { type Figure, responsesLanes } from './figure.ts';
import { smallBody } from './requests.ts';
import { throughputMetrics, throughputValues } from './throughput.ts';

export const shortCalls: Figure = {
  id: 'P3',
  title: 'Short calls without a stream on one core: 32 clients',
  rounds: 3,
  lanes: responsesLanes,
  directInEveryRound: false,
  freshTargets: false,
  metrics: throughputMetrics('calls'),
  goals: [{ metric: 'perCore', lane: 'relay', bound: 'at least', limit: 0.3, against: 'nginx' }],
  async measure({ load, to, watched, scale }) {
    const body = smallBody('responses', { kind: 'short' }, false);
    const durationMs = 800 * scale;
    return throughputValues(
      await load.run({ kind: 'closed-loop', to, body, clients: 32, durationMs, marks: 0 }, watched),
    );
  },
};
