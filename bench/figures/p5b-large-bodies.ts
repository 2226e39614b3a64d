import { type Figure, responsesLanes } from './figure.ts';
import { inMs } from './in-ms.ts';
import { measureOpenStreams, openStreamsMetrics } from './open-streams.ts';
import { codexBody } from './requests.ts';

const BODY_BYTES = 3_500_000;
const OPENING_MS = 300;
const MEASURE_MS = 2_000;

let largeBody: string | null = null;

export const largeBodies: Figure = {
  id: 'P5b',
  title: 'Four request bodies of 3.5 MB a second beside 20 open streams at 50 events/s',
  rounds: 2,
  lanes: responsesLanes,
  directInEveryRound: false,
  freshTargets: false,
  metrics: [...openStreamsMetrics, { name: 'uploadP50', label: 'large call p50', unit: 'ms', digits: 1 }],
  goals: [{ metric: 'delayP99', lane: 'relay', bound: 'at most', limit: 5 }],
  async measure(bench) {
    largeBody ??= codexBody(BODY_BYTES);
    const { to, watched, scale } = bench;
    const durationMs = OPENING_MS + MEASURE_MS * scale;
    const [values, uploads] = await Promise.all([
      measureOpenStreams(bench, { streams: 20, intervalMs: 20, openingMs: OPENING_MS, measureMs: MEASURE_MS }),
      bench.secondLoad.run({ kind: 'uploads', to, body: largeBody, perSecond: 4, durationMs, marks: 1 }, watched),
    ]);
    return { ...values, errors: (values['errors'] ?? 0) + uploads.errors, uploadP50: inMs(uploads.callMicros.p50) };
  },
};
