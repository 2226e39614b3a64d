import type { ClosedLoopResult } from '../load/job.ts';
import type { Metric, Values } from './figure.ts';

/** What is shown of a run that keeps the target's core busy. */
export function throughputMetrics(calls: string): Metric[] {
  return [
    { name: 'perCore', label: `${calls}/s on one core`, unit: '/s', digits: 0 },
    { name: 'perSecond', label: `${calls}/s here`, unit: '/s', digits: 0 },
    { name: 'p99', label: 'p99', unit: 'ms', digits: 1 },
    { name: 'cpuPerCall', label: 'CPU per call', unit: 'us', digits: 0 },
    { name: 'targetBusy', label: 'its core', unit: '%', digits: 0 },
    { name: 'feederBusy', label: "client's core", unit: '%', digits: 0 },
    { name: 'othersBusy', label: 'other programs', unit: '%', digits: 0 },
    { name: 'errors', label: 'errors', unit: '', digits: 0 },
  ];
}

export function throughputValues({ calls, errors, seconds, callMicros, usage }: ClosedLoopResult): Values {
  const { targetCpuMicros } = usage;
  return {
    // The same as perSecond when the target's core is full; the truth about the target when the client's was full first.
    perCore: calls / (targetCpuMicros === null ? seconds : targetCpuMicros / 1e6),
    perSecond: calls / seconds,
    p99: callMicros.p99 / 1000,
    cpuPerCall: targetCpuMicros === null ? null : targetCpuMicros / calls,
    targetBusy: usage.targetBusy === null ? null : usage.targetBusy * 100,
    feederBusy: usage.feederBusy * 100,
    othersBusy: usage.othersBusy === null ? null : usage.othersBusy * 100,
    errors,
  };
}
