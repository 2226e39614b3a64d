import { posix } from 'node:path';

export interface ImportGraph {
  /** How many imports away each file is that `from` reaches, itself at 0: what is nearest knows most about a defect. */
  distances(from: string): ReadonlyMap<string, number>;
}

/** A file's relative specifiers; the ledger's worker threads are started by name. */
const specifier = /['"](\.{1,2}\/[^'"\n]+\.(?:ts|tsx|mjs))['"]|workerFile\('([\w-]+)'/g;
const typesOnly = /^(?:import|export) type [^;]*;/gm;

/** @param files the text of each file by its path in the repository */
export function createImportGraph(files: ReadonlyMap<string, string>): ImportGraph {
  const imports = new Map([...files].map(([file, text]) => [file, importsOf(file, text)]));
  return {
    distances: (from) => {
      const distances = new Map([[from, 0]]);
      // A Map is walked in the order of its entries, those that join on the way as well: the nearest first.
      for (const [file, distance] of distances) {
        for (const next of imports.get(file) ?? []) if (!distances.has(next)) distances.set(next, distance + 1);
      }
      return distances;
    },
  };

  function importsOf(file: string, text: string): string[] {
    return [...text.replace(typesOnly, '').matchAll(specifier)]
      .map(([, path, worker]) => posix.join(posix.dirname(file), path ?? `${worker}.ts`))
      .filter((path) => files.has(path));
  }
}
