import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openFileStore } from '../../src-main/secrets/file-store.ts';
import { createMovableStore } from '../../src-main/secrets/movable-store.ts';
import { loadKeytar, openSecretStore } from '../../src-main/secrets/open-secret-store.ts';

/** Runs inside a throw-away keyring session (see keychain.test.ts) and prints what a SecretStore does there as JSON. */
const store = await openSecretStore({
  dataDir: process.env['XDG_DATA_HOME'] ?? '',
  choice: undefined,
  passphrase: async () => null,
  loadKeytar,
  randomBytes,
});

/** The value, or the code of the refusal. */
const attempt = async (work: () => Promise<unknown>): Promise<unknown> => {
  try {
    return (await work()) ?? null;
  } catch (error) {
    return error instanceof Error && 'code' in error ? error.code : String(error);
  }
};
const get = (name: string) => attempt(() => store.get(name));
const digestOf = (text: string): string => createHash('sha256').update(text).digest('hex');

async function putAndTake() {
  const long = 'ü€-'.repeat(5_000);
  const set = [
    await attempt(() => store.set('account/short', 'sk-short')),
    await attempt(() => store.set('account/long', long)),
    await attempt(() => store.set('account/kept', 'kept')),
  ];
  const read = [await get('account/short'), digestOf(String(await get('account/long'))) === digestOf(long)];
  await attempt(() => store.delete('account/short'));
  await attempt(() => store.delete('account/long'));
  return { set, read, afterDelete: [await get('account/short'), await get('account/long')] };
}

/** To an encrypted file and back again. */
async function moveAndReturn() {
  const movable = createMovableStore(store);
  const names = () => [{ name: 'account/kept', what: 'kept' }];
  const folder = mkdtempSync(join(tmpdir(), 'relay-moved-'));
  const file = await openFileStore({ dataDir: folder, passphrase: 'p', randomBytes, cost: { N: 1_024, r: 8, p: 1 } });
  const there = await movable.move({ open: async () => file, names, remember: async () => undefined });
  const away = { in: movable.kind, keychain: await get('account/kept'), value: await movable.get('account/kept') };
  const back = await movable.move({ open: async () => store, names, remember: async () => undefined });
  rmSync(folder, { recursive: true });
  return { there, away, back, file: await file.get('account/kept') };
}

const works: Readonly<Record<string, () => Promise<object>>> = {
  'put-and-take': putAndTake,
  'move-and-return': moveAndReturn,
};
const report = {
  store: store.describe(),
  ...(await works[process.argv[2] ?? '']?.()),
  kept: await get('account/kept'),
};
process.stdout.write(`${JSON.stringify(report)}\n`);
