import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';

/** The shapes of what opens something: keys of Relay, keys and tokens that the simulator gives. */
const shapes = [
  // In a row of the database the beginning of a key stands right before the digest of the whole.
  ['a key of Relay', /sk-relay-(?![\w-]{3}[0-9a-f]{32})[\w-]{30,}/],
  ['an API key', /sk-(?:sim|bench)-[\w-]{16,}/],
  ['a token', /eyJ[\w-]{10,}\.eyJ[\w-]{10,}\./],
  ['a refresh token', /rt_[0-9a-f]{32}/],
] as const;

/**
 * Which secrets are in which files of a data folder (FAULTS G13); the sealed store is one of them. Copies of a client's settings hold what its
 * person had put there, and are for that person only.
 */
export function secretsIn(dataDir: string): string[] {
  return filesOf(dataDir)
    .map((file) => ({ name: relative(dataDir, file), text: readFileSync(file).toString('latin1') }))
    .filter(({ name }) => !name.startsWith('clients'))
    .flatMap(({ name, text }) => shapes.filter(([, shape]) => shape.test(text)).map(([what]) => `${what} in ${name}`));
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
