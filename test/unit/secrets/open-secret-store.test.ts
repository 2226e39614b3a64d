import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Keytar } from '../../../src-main/secrets/keychain-store.ts';
import { openSecretStore } from '../../../src-main/secrets/open-secret-store.ts';
import { createCountingBytes } from '../../support/counting-bytes.ts';
import { createManualClock } from '../../support/manual-clock.ts';

let dataDir = '';
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'relay-secrets-'));
});
afterEach(async () => {
  vi.useRealTimers();
  await rm(dataDir, { recursive: true, force: true });
});

function keychain() {
  const entries = new Map<string, string>();
  const keytar: Keytar = {
    getPassword: async (_service, account) => entries.get(account) ?? null,
    setPassword: async (_service, account, password) => {
      entries.set(account, password);
    },
    deletePassword: async (_service, account) => entries.delete(account),
  };
  return { keytar, entries };
}

const clock = createManualClock(0);
const options = {
  choice: undefined,
  passphrase: async () => null,
  loadKeytar: async (): Promise<Keytar> => keychain().keytar,
  randomBytes: createCountingBytes(),
  clock,
};

const sentence = (reason: string): string =>
  `The OS keychain cannot be used (${reason}). Unlock or install a keyring, or start Relay with RELAY_SECRETS=file and RELAY_PASSPHRASE or RELAY_PASSPHRASE_FILE.`;

describe('opening the secret store', () => {
  test('takes the keychain without being told, and leaves nothing of the probe in it', async () => {
    const { keytar, entries } = keychain();
    const store = await openSecretStore({ ...options, dataDir, loadKeytar: async () => keytar });
    expect([store.kind, store.describe(), entries.size]).toEqual([
      'keychain',
      'the keychain of the operating system',
      0,
    ]);
  });

  test('never takes the file because the keychain is missing: it refuses and says the two ways out', async () => {
    const store = await openSecretStore({
      ...options,
      dataDir,
      passphrase: async () => 'a passphrase is there',
      loadKeytar: async () => Promise.reject(new Error('keytar is not available: libsecret-1.so.0 is missing.')),
    });
    const reason = 'keytar is not available: libsecret-1.so.0 is missing';
    const refusal = { code: 'secrets_locked', message: sentence(reason) };
    await expect(store.get('a')).rejects.toMatchObject(refusal);
    await expect(store.set('a', 'b')).rejects.toMatchObject(refusal);
    await expect(store.delete('a')).rejects.toMatchObject(refusal);
    expect([store.kind, store.describe(), await readdir(dataDir)]).toEqual([
      'keychain',
      `none: ${sentence(reason)}`,
      [],
    ]);
  });

  test('does not trust a keyring that takes a value and reads as empty', async () => {
    const { keytar } = keychain();
    const locked: Keytar = { ...keytar, getPassword: async () => null };
    const store = await openSecretStore({ ...options, dataDir, loadKeytar: async () => locked });
    await expect(store.get('a')).rejects.toMatchObject({
      code: 'secrets_locked',
      message: sentence('it does not keep what is put into it; it may be locked'),
    });
  });

  test('uses the keychain as soon as it is unlocked, and does not ask it more than once in 10 s', async () => {
    const { keytar, entries } = keychain();
    entries.set('account/a', 'kept through it all');
    let isLocked = true;
    let probes = 0;
    const load = async (): Promise<Keytar> => {
      probes += 1;
      if (isLocked) throw new Error('The keyring is locked');
      return keytar;
    };
    const store = await openSecretStore({ ...options, dataDir, loadKeytar: load });
    await expect(store.get('account/a')).rejects.toMatchObject({ code: 'secrets_locked' });
    isLocked = false;
    await expect(store.get('account/a')).rejects.toMatchObject({ code: 'secrets_locked' });
    clock.advance(10_000);
    const reads = await Promise.all([store.get('account/a'), store.get('account/a')]);
    expect({ reads, probes, says: store.describe() }).toEqual({
      reads: ['kept through it all', 'kept through it all'],
      probes: 2,
      says: 'the keychain of the operating system',
    });
  });

  test('gives up on a keychain that never answers', async () => {
    vi.useFakeTimers();
    const silent = new Promise<never>(() => undefined);
    const { keytar } = keychain();
    const opening = openSecretStore({
      ...options,
      dataDir,
      loadKeytar: async () => ({ ...keytar, setPassword: () => silent }),
    });
    await vi.advanceTimersByTimeAsync(20_000);
    const store = await opening;
    await expect(store.get('a')).rejects.toMatchObject({
      message: sentence('it did not answer; it may be locked'),
    });
  });

  test.each([null, ''])('refuses the file with the passphrase %j', async (passphrase) => {
    await expect(
      openSecretStore({ ...options, dataDir, choice: 'file', passphrase: async () => passphrase }),
    ).rejects.toMatchObject({
      code: 'secrets_locked',
      message: 'RELAY_SECRETS=file needs a passphrase: set RELAY_PASSPHRASE or RELAY_PASSPHRASE_FILE.',
    });
  });

  test('opens the file with a passphrase, and memory without anything', async () => {
    const file = await openSecretStore({ ...options, dataDir, choice: 'file', passphrase: async () => 'phrase' });
    const memory = await openSecretStore({ ...options, dataDir, choice: 'memory' });
    await memory.set('a', 'b');
    expect([file.kind, file.describe(), memory.kind, await memory.get('a')]).toEqual([
      'file',
      'the encrypted file secrets.enc in the data folder',
      'memory',
      'b',
    ]);
  });
});
