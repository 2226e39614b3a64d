import { appendFileSync } from 'node:fs';

/** How much of a proof to do: the variable's value, or what the promise names. */
export function amount(variable: string, promised: number): number {
  return Number(process.env[variable] ?? promised);
}

/** Says what was measured beside its goal, and adds it as one JSON line to the file that RELAY_FIGURES names. */
export function figure(id: string, goal: string, measured: string): void {
  process.stdout.write(`${id}  goal: ${goal}\n    measured: ${measured}\n`);
  const file = process.env['RELAY_FIGURES'];
  if (file !== undefined)
    appendFileSync(file, `${JSON.stringify({ id, goal, measured, at: new Date().toISOString() })}\n`);
}

/** Runs `work` on 0, 1, 2 … while there is `more`, `width` at once. */
export async function inLanes(
  more: (index: number) => boolean,
  width: number,
  work: (index: number) => Promise<void>,
): Promise<void> {
  let next = 0;
  const lane = async (): Promise<void> => {
    while (more(next)) {
      next += 1;
      await work(next - 1);
    }
  };
  await Promise.all(Array.from({ length: width }, lane));
}

export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
}

/** Pseudo-random numbers from 0 to below 1, the same on every run. */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
