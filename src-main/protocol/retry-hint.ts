const waitText = /try again in ((?:\d+(?:\.\d+)?(?:ms|d|h|m|s)(?:\s*))+)/i;
const step = /(\d+(?:\.\d+)?)(ms|d|h|m|s)/gi;
const unitMs: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** The wait that a limit message names, such as "try again in 6m0s", "1h2m3s" or "350ms" (FAULTS U-04), in milliseconds. */
export function retryHintMs(message: string): number | null {
  const wait = waitText.exec(message)?.[1];
  if (wait === undefined) return null;
  let total = 0;
  for (const [, amount, unit] of wait.matchAll(step)) total += Number(amount) * unitMs[unit!.toLowerCase()]!;
  return Number.isFinite(total) ? Math.ceil(total) : null;
}
