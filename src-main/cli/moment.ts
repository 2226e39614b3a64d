import { InvalidArgumentError } from 'commander';

const unitMs: Readonly<Record<string, number>> = { h: 3_600_000, d: 86_400_000, w: 604_800_000 };
const isoDate = /^\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:\d{2})?)?$/;

/** "12h", "30d", "8w" from now, or a date in ISO form; in ms since the epoch. A day without a time is its beginning, UTC. */
export function readMoment(text: string, now: number): number {
  const span = /^([1-9]\d{0,4})([hdw])$/.exec(text);
  const moment =
    span === null ? (isoDate.test(text) ? Date.parse(text) : Number.NaN) : now + Number(span[1]) * unitMs[span[2]!]!;
  if (Number.isNaN(moment)) throw new InvalidArgumentError('Give a date such as 2027-01-31, or 12h, 30d, 8w.');
  if (moment <= now) throw new InvalidArgumentError('That moment has passed.');
  return moment;
}
