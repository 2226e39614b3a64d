import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** When anything in these files and folders was last changed, in ms since the epoch. */
export function newestChange(paths: readonly string[]): number {
  return Math.max(...paths.map(changedAt));
}

function changedAt(path: string): number {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats === undefined) return 0;
  if (!stats.isDirectory()) return stats.mtimeMs;
  return readdirSync(path).reduce((newest, name) => Math.max(newest, changedAt(join(path, name))), stats.mtimeMs);
}
