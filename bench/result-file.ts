import { mkdirSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { notMeasured } from './figures/figures.ts';
import type { Machine, Revision } from './machine.ts';
import type { FigureSummary } from './summary.ts';

export interface RunResult {
  startedAt: Date;
  seconds: number;
  revision: Revision;
  machine: Machine;
  /** What other programs took of the cores, in percent of one. */
  otherPrograms: number;
  /** That was too much to trust the figures. */
  isDisturbed: boolean;
  /** Targets that did not take part, and why. */
  absent: Record<string, string>;
  figures: FigureSummary[];
  /** A whole run with every target and nothing else on the cores: only those are kept under bench/results itself. */
  complete: boolean;
}

/** Writes the run as JSON; the file's path, as seen from the repository. Any other run goes to results/local, which git ignores. */
export function writeResult(run: RunResult): string {
  const folder = join(import.meta.dirname, 'results', run.complete ? '' : 'local');
  const file = join(folder, `${run.startedAt.toISOString().slice(0, 10)}-${run.revision.commit}.json`);
  const { startedAt, revision, ...rest } = run;
  const content = { date: startedAt.toISOString(), ...revision, ...rest, notMeasured };
  mkdirSync(folder, { recursive: true });
  writeFileSync(file, `${JSON.stringify(content, rounded, 2)}\n`);
  return relative(join(import.meta.dirname, '..'), file);
}

/** Five significant digits say all that a measurement can. */
function rounded(_key: string, value: unknown): unknown {
  return typeof value === 'number' && !Number.isInteger(value) ? Number(value.toPrecision(5)) : value;
}
