import { closeSync, fstatSync, openSync, readdirSync, readSync } from 'node:fs';
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
    .map((file) => ({ name: relative(dataDir, file), pieces: () => piecesOf(file) }))
    .filter(({ name }) => !name.startsWith('clients'));
  // What begins like a key of Relay is one where its digest is kept; in a page of the database anything may stand behind a beginning.
  const isKey = ([start]: RegExpMatchArray): boolean => {
    const digest = digestOf(start);
    return files.some(({ pieces }) => pieces().some((text) => text.includes(digest)));
  };
  return files.flatMap(({ name, pieces }) => {
    const found = [
      ...pieces().flatMap((text) => [
        ...shapes.filter(([, shape]) => shape.test(text)).map(([what]) => `${what} in ${name}`),
        ...([...text.matchAll(/sk-relay-[\w-]{43}/g)].some(isKey) ? [`a key of Relay in ${name}`] : []),
      ]),
    ];
    return [...new Set(found)];
  });
}

const PIECE_BYTES = 64 * 2 ** 20;
/** Longer than any secret: none is cut in two by the end of a piece. */
const OVERLAP_BYTES = 8_192;

/** The bytes of a file as text, each for a character, in pieces that V8 can hold: a log of a million calls is longer than a string may be. */
function* piecesOf(file: string): Generator<string> {
  let descriptor: number;
  try {
    descriptor = openSync(file, 'r');
  } catch {
    // A program that just ended took it away.
    return;
  }
  try {
    const buffer = Buffer.alloc(Math.min(PIECE_BYTES, fstatSync(descriptor).size));
    for (let at = 0; ; at += PIECE_BYTES - OVERLAP_BYTES) {
      const length = readSync(descriptor, buffer, 0, buffer.length, at);
      yield buffer.toString('latin1', 0, length);
      if (length < PIECE_BYTES) return;
    }
  } finally {
    closeSync(descriptor);
  }
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
