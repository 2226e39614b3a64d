/** The person waits for the call: no rest is longer (FAULTS A-03). */
const LONGEST_REST_MS = 60_000;
const LONGEST_BACKOFF_MS = 300_000;
const FIRST_MS = 5_000;

/** How long an account rests after so many failed refreshes in a row. `random` (0 to 1) spreads accounts that failed together. */
export const restMs = (failures: number, random: number): number => spread(LONGEST_REST_MS, failures, random);

/** When a login that no call waits for is renewed again. */
export const backoffMs = (failures: number, random: number): number => spread(LONGEST_BACKOFF_MS, failures, random);

const spread = (longestMs: number, failures: number, random: number): number =>
  Math.round(Math.min(longestMs, FIRST_MS * 2 ** (failures - 1)) * (0.5 + 0.5 * random));
