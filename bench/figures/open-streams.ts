import type { OpenStreamsResult } from '../load/job.ts';
import type { Bench, Metric, Values } from './figure.ts';
import { inMs } from './in-ms.ts';
import { bodyAroundOrder } from './requests.ts';

export const openStreamsMetrics: Metric[] = [
  { name: 'perSecond', label: 'events/s', unit: '/s', digits: 0 },
  { name: 'cpuPerEvent', label: 'CPU per event', unit: 'us', digits: 1 },
  { name: 'delayP50', label: 'delay p50', unit: 'ms', digits: 2 },
  { name: 'delayP99', label: 'delay p99', unit: 'ms', digits: 2 },
  { name: 'firstP50', label: 'first token p50', unit: 'ms', digits: 2 },
  { name: 'firstP99', label: 'first token p99', unit: 'ms', digits: 1 },
  { name: 'rss', label: 'RSS', unit: 'MB', digits: 0 },
  { name: 'stalled', label: 'stalled', unit: '', digits: 0 },
  { name: 'targetBusy', label: 'its core', unit: '%', digits: 0 },
  { name: 'feederBusy', label: "client's core", unit: '%', digits: 0 },
  { name: 'othersBusy', label: 'other programs', unit: '%', digits: 0 },
  { name: 'errors', label: 'errors', unit: '', digits: 0 },
];

export interface OpenStreams {
  streams: number;
  intervalMs: number;
  openingMs: number;
  measureMs: number;
}

export async function measureOpenStreams(bench: Bench, shape: OpenStreams): Promise<Values> {
  const measureMs = shape.measureMs * bench.scale;
  return values(
    await bench.load.run(
      { kind: 'open-streams', to: bench.to, bodyAround: bodyAroundOrder(), ...shape, measureMs },
      bench.watched,
    ),
  );
}

function values(result: OpenStreamsResult): Values {
  const { targetCpuMicros, targetRssBytes, targetBusy, feederBusy, othersBusy } = result.usage;
  return {
    perSecond: result.events / result.seconds,
    cpuPerEvent: targetCpuMicros === null ? null : targetCpuMicros / result.events,
    delayP50: inMs(result.eventDelayMicros.p50),
    delayP99: inMs(result.eventDelayMicros.p99),
    firstP50: inMs(result.firstTokenMicros.p50),
    firstP99: inMs(result.firstTokenMicros.p99),
    rss: targetRssBytes === null ? null : targetRssBytes / 1024 ** 2,
    stalled: result.stalled,
    targetBusy: targetBusy === null ? null : targetBusy * 100,
    feederBusy: feederBusy * 100,
    othersBusy: othersBusy === null ? null : othersBusy * 100,
    errors: result.errors,
  };
}
