import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { deriveSealKey, sealSecrets } from '../../src-main/secrets/sealed-secrets.ts';

export const testPassphrase = 'a passphrase of the tests';

/** The least work that Relay accepts in a file: its own cost is a third of a second of computing at each start. */
const seal = await deriveSealKey(testPassphrase, Buffer.alloc(16), { N: 2 ** 10, r: 8, p: 1 });
const sealed = sealSecrets(new Map(), seal, Buffer.alloc(12));

/** A data folder with Relay's encrypted file and nothing in it, which opens with `testPassphrase` at once. */
export function sealNothing(dataDir: string): void {
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  writeFileSync(join(dataDir, 'secrets.enc'), sealed, { mode: 0o600 });
}
