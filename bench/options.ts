import { parseArgs } from 'node:util';
import { figures } from './figures/figures.ts';
import type { TargetName } from './targets/target.ts';

export interface Options {
  /** Figure ids to measure. */
  only: string[];
  /** Targets to leave out. */
  without: TargetName[];
  /** Rounds per figure; null leaves it to the figure. */
  rounds: number | null;
  /** Multiplies every measured duration. */
  scale: number;
}

export const USAGE = `npm run bench -- [options]
  --only P1,P5     measure these figures only (${ids().join(', ')})
  --rounds N       rounds per figure instead of the figure's own number
  --quick          one short round of everything: to see that it runs, not to read figures from
  --without NAME   leave a target out (nginx, bare, relay); may be given more than once`;

/** Throws an error with one plain sentence when the arguments are wrong; null asks for the usage text. */
export function readOptions(args: string[]): Options | null {
  const { values } = parseArgs({
    args,
    options: {
      only: { type: 'string' },
      rounds: { type: 'string' },
      quick: { type: 'boolean', default: false },
      without: { type: 'string', multiple: true, default: [] },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return null;
  const only = values.only?.split(',') ?? ids();
  for (const id of only)
    if (!ids().includes(id)) throw new Error(`There is no figure ${id}; there are ${ids().join(', ')}.`);
  const rounds = values.rounds === undefined ? (values.quick ? 1 : null) : Number(values.rounds);
  if (rounds !== null && !(Number.isInteger(rounds) && rounds > 0))
    throw new Error('--rounds takes a whole number above 0.');
  return { only, without: values.without.map(readTarget), rounds, scale: values.quick ? 0.4 : 1 };
}

function readTarget(name: string): TargetName {
  if (name === 'nginx' || name === 'bare' || name === 'relay') return name;
  throw new Error(`There is no target ${name} to leave out; there are nginx, bare and relay.`);
}

function ids(): string[] {
  return [...new Set(figures.map(({ id }) => id))];
}
