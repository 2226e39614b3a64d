/**
 * Durations counted in bins that each are 9 % wider than the one before, so that any number of them can be added up and
 * their percentiles read with an error of at most 4.5 %. A bin holds what is above the edge before it, up to its own.
 */
export type LatencyBins = ReadonlyMap<number, number>;

const PER_DOUBLING = 8;
/** Nine hours. */
const LAST = 25 * PER_DOUBLING;
export const binCount = LAST + 1;

/** The bin of a duration in ms; up to 1 ms is bin 0. */
export const binOf = (ms: number): number => Math.min(LAST, Math.max(0, Math.ceil(Math.log2(ms) * PER_DOUBLING)));

/** The middle of a bin, ms. */
const middleOf = (bin: number): number => 2 ** ((bin - 0.5) / PER_DOUBLING);

/** The durations (ms) that these shares (0 to 1, rising) of all counted ones do not exceed; none where nothing was counted. */
export function percentileOfCounts(counts: Uint32Array, shares: readonly number[]): number[] {
  let total = 0;
  for (const count of counts) total += count;
  if (total === 0) return [];
  const found: number[] = [];
  let seen = 0;
  for (let bin = 0; bin < counts.length && found.length < shares.length; bin += 1) {
    seen += counts[bin]!;
    while (found.length < shares.length && seen >= Math.max(1, Math.ceil(shares[found.length]! * total)))
      found.push(middleOf(bin));
  }
  return found;
}

/** The duration (ms) that `share` (0 to 1) of all counted ones do not exceed; `null` where there are none. */
export function percentile(bins: LatencyBins, share: number): number | null {
  const counts = new Uint32Array(binCount);
  for (const [bin, count] of bins) counts[bin] = count;
  return percentileOfCounts(counts, [share])[0] ?? null;
}

/** Adds `more` times `sign` into `bins`; bins that come to nothing go. */
export function addBins(bins: Map<number, number>, more: LatencyBins, sign = 1): void {
  for (const [bin, count] of more) {
    const sum = (bins.get(bin) ?? 0) + sign * count;
    if (sum === 0) bins.delete(bin);
    else bins.set(bin, sum);
  }
}

/** As text for the database: `bin:count` with spaces between. */
export const writeBins = (bins: LatencyBins): string => [...bins].map(([bin, count]) => `${bin}:${count}`).join(' ');

/** Several of them with spaces between are added up. */
export function readBins(text: string): Map<number, number> {
  const bins = new Map<number, number>();
  if (text === '') return bins;
  for (const pair of text.split(' ')) {
    const colon = pair.indexOf(':');
    const bin = Number(pair.slice(0, colon));
    bins.set(bin, (bins.get(bin) ?? 0) + Number(pair.slice(colon + 1)));
  }
  return bins;
}
