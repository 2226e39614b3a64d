import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createKeychainStore, type Keytar } from '../../../src-main/secrets/keychain-store.ts';
import { createCountingBytes } from '../../support/counting-bytes.ts';

/** A keychain like that of Windows, which takes at most 2,560 bytes for one credential. */
function windowsKeychain() {
  const entries = new Map<string, string>();
  let writesLeft = Number.POSITIVE_INFINITY;
  const write = () => {
    if (writesLeft <= 0) throw new Error('the process was killed');
    writesLeft -= 1;
  };
  const keytar: Keytar = {
    getPassword: async (service, account) => entries.get(`${service}/${account}`) ?? null,
    async setPassword(service, account, password) {
      if (Buffer.byteLength(password) > 2_560) throw new Error('The stub received bad data.');
      write();
      entries.set(`${service}/${account}`, password);
    },
    async deletePassword(service, account) {
      write();
      return entries.delete(`${service}/${account}`);
    },
  };
  return {
    keytar,
    entries,
    killAfter(writes: number) {
      writesLeft = writes;
    },
  };
}

const token = (seed: string): string => seed.repeat(6_000).slice(0, 6_000);

describe('the keychain store', () => {
  test('keeps a short value as one entry under the service Relay', async () => {
    const { keytar, entries } = windowsKeychain();
    const store = createKeychainStore(keytar, createCountingBytes());
    await store.set('account/a', 'secret');
    expect([await store.get('account/a'), [...entries]]).toEqual(['secret', [['Relay/account/a', 'secret']]]);
  });

  test('erases the pieces of a long value when a short one takes its place, and when it is deleted', async () => {
    const { keytar, entries } = windowsKeychain();
    const store = createKeychainStore(keytar, createCountingBytes());
    await store.set('a', token('x'));
    const pieces = entries.size - 1;
    await store.set('a', 'short');
    const replaced = [...entries.keys()];
    await store.set('a', token('y'));
    await store.delete('a');
    expect({ pieces, replaced, deleted: [...entries.keys()] }).toEqual({
      pieces: 4,
      replaced: ['Relay/a'],
      deleted: [],
    });
  });

  test('keeps any value, however long, and leaves nothing behind when it is replaced and deleted', async () => {
    const value = fc
      .tuple(fc.string({ unit: 'binary', minLength: 1, maxLength: 20 }), fc.nat(600))
      // A lone surrogate is not text and has no UTF-8 form.
      .map(([text, times]) => text.repeat(times).toWellFormed());
    await fc.assert(
      fc.asyncProperty(value, value, async (first, second) => {
        const { keytar, entries } = windowsKeychain();
        const store = createKeychainStore(keytar, createCountingBytes());
        await store.set('a', first);
        expect(await store.get('a')).toBe(first);
        await store.set('a', second);
        expect(await store.get('a')).toBe(second);
        await store.delete('a');
        expect([await store.get('a'), entries.size]).toEqual([null, 0]);
      }),
    );
  });

  test('holds the old value or the new one, whole, wherever the process is killed while writing', async () => {
    const outcomes = new Set<string>();
    for (let writes = 0; writes <= 12; writes += 1) {
      const keychain = windowsKeychain();
      await createKeychainStore(keychain.keytar, createCountingBytes()).set('a', token('old '));
      keychain.killAfter(writes);
      const later = createKeychainStore(keychain.keytar, (size) => Buffer.alloc(size, writes + 1));
      await later.set('a', token('new ')).catch(() => undefined);
      const read = await later.get('a');
      expect([token('old '), token('new ')]).toContain(read);
      outcomes.add(read?.slice(0, 3) ?? 'none');
    }
    expect(outcomes).toEqual(new Set(['old', 'new']));
  });

  test('answers null where a piece of a long value cannot be read, as from a keyring that is locked meanwhile', async () => {
    const { keytar, entries } = windowsKeychain();
    const store = createKeychainStore(keytar, createCountingBytes());
    await store.set('a', token('x'));
    const piece = [...entries.keys()].find((name) => name.includes('#'));
    entries.delete(piece ?? '');
    expect(await store.get('a')).toBeNull();
  });

  test('refuses a long value whose pieces do not add up', async () => {
    const { keytar, entries } = windowsKeychain();
    const store = createKeychainStore(keytar, createCountingBytes());
    await store.set('a', token('x'));
    const piece = [...entries.keys()].find((name) => name.includes('#')) ?? '';
    entries.set(piece, 'AAAA');
    await expect(store.get('a')).rejects.toMatchObject({
      code: 'storage_error',
      message: 'An entry of Relay in the keychain is damaged. Remove the account that uses it and add it again.',
    });
  });

  test('gives a reader the old or the new value while a long one is being replaced', async () => {
    const { keytar } = windowsKeychain();
    const store = createKeychainStore(keytar, createCountingBytes());
    await store.set('a', token('old '));
    const [, read] = await Promise.all([store.set('a', token('new ')), store.get('a')]);
    expect(read).toBe(token('new '));
  });
});
