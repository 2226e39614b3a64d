import type { Percentiles } from './job.ts';

export interface Samples {
  add(micros: number): void;
  readonly count: number;
  /** Null when there is no sample. */
  percentiles(): Percentiles | null;
}

export function createSamples(): Samples {
  let values = new Float64Array(16_384);
  let count = 0;
  return {
    add(micros) {
      if (count === values.length) {
        const larger = new Float64Array(count * 2);
        larger.set(values);
        values = larger;
      }
      values[count++] = micros;
    },
    get count() {
      return count;
    },
    percentiles() {
      if (count === 0) return null;
      const sorted = values.slice(0, count).sort();
      const at = (share: number): number => sorted[Math.min(count - 1, Math.floor(count * share))]!;
      return { p50: at(0.5), p99: at(0.99), max: sorted[count - 1]! };
    },
  };
}
