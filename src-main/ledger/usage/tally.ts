import { binCount } from '../../../src-shared/domain/latency-bins.ts';
import { type Measures, sumNames } from './measures.ts';

/** Measures that many rows are added into: the same as `Measures`, in arrays, because a long window has tens of thousands of rows. */
export interface Tally {
  /** In the order of `sumNames`. */
  readonly sums: Float64Array;
  /** How many calls are in each bin: of the times to the first output, then of the whole times. */
  readonly bins: Uint32Array;
}

/** Where the sums of these values, of the dimensions that are grouped by, are added up for a point; `null` for nowhere. */
export type TallyFor = (point: number, values: readonly string[]) => Tally | null;

export const noTally = (): Tally => ({
  sums: new Float64Array(sumNames.length),
  bins: new Uint32Array(2 * binCount),
});

/** Adds the `measureColumns` of a row, the first of them at `first`; what is NULL adds nothing. */
export function addRow({ sums, bins }: Tally, row: readonly unknown[], first: number): void {
  for (let index = 0; index < sums.length; index += 1) sums[index]! += Number(row[first + index] ?? 0);
  addBins(bins, 0, row[first + sums.length]);
  addBins(bins, binCount, row[first + sums.length + 1]);
}

const COLON = 0x3a;
const SPACE = 0x20;
const ZERO = 0x30;

/** Reads what `writeBins` wrote, once or several times with spaces between. */
function addBins(bins: Uint32Array, offset: number, text: unknown): void {
  if (typeof text !== 'string' || text === '') return;
  let bin = 0;
  let number = 0;
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (code === COLON) {
      bin = number;
      number = 0;
    } else if (code === SPACE) {
      bins[offset + bin]! += number;
      number = 0;
    } else number = number * 10 + (code - ZERO);
  }
  bins[offset + bin]! += number;
}

export function addMeasuresTo({ sums, bins }: Tally, measures: Measures): void {
  for (const [index, name] of sumNames.entries()) sums[index]! += measures.sums[name];
  for (const [bin, count] of measures.ttft) bins[bin]! += count;
  for (const [bin, count] of measures.duration) bins[binCount + bin]! += count;
}

export function addTally(tally: Tally, more: Tally): void {
  for (let index = 0; index < tally.sums.length; index += 1) tally.sums[index]! += more.sums[index]!;
  for (let index = 0; index < tally.bins.length; index += 1) tally.bins[index]! += more.bins[index]!;
}

/** The counts of one kind of time. */
export const timesOf = ({ bins }: Tally, kind: 'ttft' | 'duration'): Uint32Array =>
  kind === 'ttft' ? bins.subarray(0, binCount) : bins.subarray(binCount);
