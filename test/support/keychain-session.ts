import { createHash, randomBytes } from 'node:crypto';
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

const report = {
  store: store.describe(),
  ...(process.argv[2] === 'put-and-take' ? await putAndTake() : {}),
  kept: await get('account/kept'),
};
process.stdout.write(`${JSON.stringify(report)}\n`);
