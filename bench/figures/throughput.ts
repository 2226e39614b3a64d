import type { ClosedLoopResult } from '../load/job.ts';
import type { Metric, Values } from './figure.ts';

/** What is shown of a run that keeps the target's core busy. */
export function throughputMetrics(calls: string): Metric[] {
  return [
    { name: 'perSecond', label: `${calls}/s`, unit: '/s', digits: 0 },
    { name: 'p99', label: 'p99', unit: 'ms', digits: 1 },
    { name: 'cpuPerCall', label: 'CPU per call', unit: 'us', digits: 0 },
    { name: 'targetBusy', label: 'its core', unit: '%', digits: 0 },
    { name: 'feederBusy', label: "client's core", unit: '%', digits: 0 },
    { name: 'errors', label: 'errors', unit: '', digits: 0 },
  ];
}

export function throughputValues({ calls, errors, seconds, callMicros, usage }: ClosedLoopResult): Values {
  return {
    perSecond: calls / seconds,
    p99: callMicros.p99 / 1000,
    cpuPerCall: usage.targetCpuMicros === null ? null : usage.targetCpuMicros / calls,
    targetBusy: usage.targetBusy === null ? null : usage.targetBusy * 100,
    feederBusy: usage.feederBusy * 100,
    errors,
  };
}
