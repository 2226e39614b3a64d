import type { CallRecord } from '../../../src-shared/contract/call.ts';
import { addBins, binOf } from '../../../src-shared/domain/latency-bins.ts';

/** What can be added up over calls. Sums count only what is known; how many calls are unknown is counted beside them. */
export const sumNames = [
  'calls',
  'errors',
  'unknownUsage',
  'unknownCost',
  'inputTokens',
  'cachedTokens',
  'outputTokens',
  'reasoningTokens',
  'costMicroUsd',
  'spentMicroUsd',
  'attempts',
  'streamedTokens',
  'streamedMs',
] as const;
export type SumName = (typeof sumNames)[number];

export interface Measures {
  readonly sums: Record<SumName, number>;
  readonly ttft: Map<number, number>;
  readonly duration: Map<number, number>;
}

const noSums = Object.fromEntries(sumNames.map((name) => [name, 0])) as Readonly<Record<SumName, number>>;

export const noMeasures = (): Measures => ({
  sums: { ...noSums },
  ttft: new Map(),
  duration: new Map(),
});

/** What sums are read from. */
export type MeasuredCall = Pick<
  CallRecord,
  | 'status'
  | 'ttftMs'
  | 'durationMs'
  | 'inputTokens'
  | 'cachedTokens'
  | 'outputTokens'
  | 'reasoningTokens'
  | 'costMicroUsd'
  | 'spentMicroUsd'
> & { readonly attempts: { readonly length: number } };

/** What one settled call adds. `null` for a call that still runs. */
export function measuresOf(call: MeasuredCall): Measures | null {
  if (call.status === 'inflight') return null;
  const measures = noMeasures();
  const { sums } = measures;
  const { ttftMs, durationMs, outputTokens } = call;
  const gaveOutput = ttftMs !== null;
  sums.calls = 1;
  sums.errors = call.status === 'error' ? 1 : 0;
  // A call without output used nothing; one with output and no figures is unknown.
  sums.unknownUsage = gaveOutput && call.inputTokens === null && outputTokens === null ? 1 : 0;
  sums.unknownCost = gaveOutput && call.costMicroUsd === null ? 1 : 0;
  sums.inputTokens = call.inputTokens ?? 0;
  sums.cachedTokens = call.cachedTokens ?? 0;
  sums.outputTokens = outputTokens ?? 0;
  sums.reasoningTokens = call.reasoningTokens ?? 0;
  sums.costMicroUsd = call.costMicroUsd ?? 0;
  sums.spentMicroUsd = call.spentMicroUsd ?? 0;
  sums.attempts = call.attempts.length;
  if (ttftMs !== null && durationMs !== null && outputTokens !== null && durationMs > ttftMs) {
    sums.streamedTokens = outputTokens;
    sums.streamedMs = Math.round(durationMs - ttftMs);
  }
  if (ttftMs !== null) measures.ttft.set(binOf(ttftMs), 1);
  if (durationMs !== null) measures.duration.set(binOf(durationMs), 1);
  return measures;
}

/** Adds `more` times `sign` into `measures`. */
export function addMeasures(measures: Measures, more: Measures, sign = 1): void {
  for (const name of sumNames) measures.sums[name] += sign * more.sums[name];
  addBins(measures.ttft, more.ttft, sign);
  addBins(measures.duration, more.duration, sign);
}
