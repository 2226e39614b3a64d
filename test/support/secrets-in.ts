import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { digestOf } from '../../src-main/keys/key-secret.ts';

/** The shapes of keys and tokens that the simulator gives. */
const shapes = [
  ['an API key', /sk-(?:sim|bench)-[\w-]{16,}/],
  ['a token', /eyJ[\w-]{10,}\.eyJ[\w-]{10,}\./],
  ['a refresh token', /rt_[0-9a-f]{32}/],
] as const;

/**
 * Which secrets are in which files of a data folder (FAULTS G13); the sealed store is one of them. Copies of a client's settings hold what its
 * person had put there, and are for that person only.
 */
export function secretsIn(dataDir: string): string[] {
  const files = filesOf(dataDir)
    .map((file) => ({ name: relative(dataDir, file), text: readFileSync(file).toString('latin1') }))
    .filter(({ name }) => !name.startsWith('clients'));
  // What begins like a key of Relay is one where its digest is kept; in a page of the database anything may stand behind a beginning.
  const isKey = ([start]: RegExpMatchArray): boolean => {
    const digest = digestOf(start);
    return files.some(({ text }) => text.includes(digest));
  };
  return files.flatMap(({ name, text }) => [
    ...shapes.filter(([, shape]) => shape.test(text)).map(([what]) => `${what} in ${name}`),
    ...([...text.matchAll(/sk-relay-[\w-]{43}/g)].some(isKey) ? [`a key of Relay in ${name}`] : []),
  ]);
}

function filesOf(folder: string): string[] {
  try {
    return readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name));
  } catch {
    return [];
  }
}
