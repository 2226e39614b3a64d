import { InvalidArgumentError } from 'commander';

const unitMs: Readonly<Record<string, number>> = {
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
};

/** "45s", "30m", "1h", "2d", "1w" in ms. */
export function readSpan(text: string): number {
  const span = /^([1-9]\d{0,4})([smhdw])$/.exec(text);
  if (span === null) throw new InvalidArgumentError('Give a time such as 30m, 1h, 2d or 1w.');
  return Number(span[1]) * unitMs[span[2]!]!;
}
