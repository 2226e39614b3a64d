const FIRST_WAIT_MS = 250;
const LONGEST_WAIT_MS = 5_000;

/** Full jitter: somewhere between nothing and a bound that doubles. `retry` counts from 1, `random` is 0 to 1. */
export function retryWaitMs(retry: number, random: number): number {
  return Math.round(random * Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** (retry - 1)));
}

const LONGEST_COOLDOWN_MS = 60_000;

/** The rest after a limit that names no end (FAULTS U-02): doubles with every one in a row, a quarter of it by chance. `streak` counts from 1. */
export function cooldownMs(streak: number, minMs: number, random: number): number {
  const longest = Math.max(minMs, LONGEST_COOLDOWN_MS);
  const grown = Math.min(longest, minMs * 2 ** (streak - 1));
  return Math.round(Math.min(longest, grown * (1 + random / 4)));
}
