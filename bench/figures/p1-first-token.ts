import { type Figure, responsesLanes } from './figure.ts';
import { inMs } from './in-ms.ts';
import { smallBody } from './requests.ts';

export const firstToken: Figure = {
  id: 'P1',
  title: 'First token added to a direct call: 1 client, streams of 3 events',
  rounds: 4,
  lanes: responsesLanes,
  directInEveryRound: true,
  freshTargets: false,
  metrics: [
    { name: 'p50', label: 'p50', unit: 'ms', digits: 3 },
    { name: 'p99', label: 'p99', unit: 'ms', digits: 3 },
    { name: 'addedP50', label: 'added p50', unit: 'ms', digits: 3, over: 'p50' },
    { name: 'addedP99', label: 'added p99', unit: 'ms', digits: 3, over: 'p99' },
    { name: 'othersBusy', label: 'other programs', unit: '%', digits: 0 },
  ],
  goals: [
    { metric: 'addedP50', lane: 'relay', bound: 'at most', limit: 2, against: 'nginx' },
    { metric: 'addedP99', lane: 'relay', bound: 'at most', limit: 3, against: 'nginx' },
  ],
  async measure({ load, to, watched, scale }) {
    const body = smallBody('responses', { kind: 'three' }, true);
    const result = await load.run(
      { kind: 'closed-loop', to, body, clients: 1, durationMs: 600 * scale, marks: 1 },
      watched,
    );
    const p50 = inMs(result.firstTokenMicros?.p50);
    const p99 = inMs(result.firstTokenMicros?.p99);
    const { othersBusy } = result.usage;
    return { p50, p99, addedP50: p50, addedP99: p99, othersBusy: othersBusy === null ? null : othersBusy * 100 };
  },
};
