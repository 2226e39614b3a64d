import { describe, expect, test } from 'vitest';
import { createMemoryStore } from '../../../src-main/secrets/memory-store.ts';
import { createMovableStore } from '../../../src-main/secrets/movable-store.ts';
import { createSecretMover } from '../../../src-main/secrets/secret-mover.ts';
import type { SecretStore } from '../../../src-main/secrets/secret-store.ts';
import { RelayError } from '../../../src-shared/domain/relay-error.ts';

/** A store that can be told to fail from its n-th write on, as a killed process or a keyring that locks would. */
function store(kind: 'keychain' | 'file', given: Record<string, string> = {}) {
  const entries = new Map(Object.entries(given));
  let writesLeft = Number.POSITIVE_INFINITY;
  let forgets = false;
  const write = (): void => {
    if (writesLeft <= 0) throw new RelayError('storage_error', { message: 'The disk is full.' });
    writesLeft -= 1;
  };
  const made: SecretStore = {
    kind,
    describe: () => `the ${kind}`,
    get: async (name) => (forgets ? null : (entries.get(name) ?? null)),
    set: async (name, value) => {
      write();
      entries.set(name, value);
    },
    delete: async (name) => {
      write();
      entries.delete(name);
    },
  };
  return {
    store: made,
    entries,
    failAfter: (writes: number) => {
      writesLeft = writes;
    },
    forget: () => {
      forgets = true;
    },
  };
}

const secrets = { token: 'relay-token', 'account/a': 'key a', 'account/b': 'key b' };
const names = () => [
  { name: 'token', what: 'the API token', optional: true },
  { name: 'account/a', what: 'work' },
  { name: 'account/b', what: 'home' },
];

/** Moves from a keychain to a file, and says where everything is afterwards. */
async function move(from: ReturnType<typeof store>, to: ReturnType<typeof store>, remember = async () => {}) {
  const movable = createMovableStore(from.store);
  const outcome = await movable
    .move({ open: async () => to.store, names, remember })
    .catch((error: unknown) => (error instanceof RelayError ? error.message : error));
  return { outcome, kind: movable.kind, from: Object.fromEntries(from.entries), to: Object.fromEntries(to.entries) };
}

describe('moving all secrets to another store', () => {
  test('verifies each new copy, switches over, and then erases the old ones', async () => {
    const order: string[] = [];
    const from = store('keychain', secrets);
    const to = store('file');
    const moved = await move(from, to, async () => {
      order.push(`${from.entries.size} old and ${to.entries.size} new copies when the choice is written down`);
    });
    expect({ ...moved, order }).toEqual({
      outcome: { moved: 3, left: [] },
      kind: 'file',
      from: {},
      to: secrets,
      order: ['3 old and 3 new copies when the choice is written down'],
    });
  });

  test('moves nothing while one secret cannot be read: a locked keyring answers null', async () => {
    const from = store('keychain', { token: 'relay-token', 'account/a': 'key a' });
    expect(await move(from, store('file'))).toEqual({
      outcome:
        'Nothing was moved: the secret of home cannot be read. Unlock your keyring, or remove that account first.',
      kind: 'keychain',
      from: { token: 'relay-token', 'account/a': 'key a' },
      to: {},
    });
  });

  test('moves nothing to a store that does not give back what it was given', async () => {
    const to = store('file');
    to.forget();
    expect(await move(store('keychain', secrets), to)).toEqual({
      outcome: 'Nothing was moved: the file does not give back what was put into it.',
      kind: 'keychain',
      from: secrets,
      to: {},
    });
  });

  test('keeps every secret in one of the two stores, wherever writing stops', async () => {
    for (let writes = 0; writes <= 3; writes += 1) {
      const from = store('keychain', secrets);
      const to = store('file');
      to.failAfter(writes);
      const { kind, from: old } = await move(from, to);
      expect({ kind, old }).toEqual(writes < 3 ? { kind: 'keychain', old: secrets } : { kind: 'file', old: {} });
    }
  });

  test('says how many old copies could not be erased, and uses the new ones', async () => {
    const from = store('keychain', secrets);
    from.failAfter(1);
    const { outcome, kind, to } = await move(from, store('file'));
    expect({ outcome, kind, to }).toEqual({
      outcome: { moved: 3, left: ['account/a', 'account/b'] },
      kind: 'file',
      to: secrets,
    });
  });

  test('stays where it is when the choice cannot be written down', async () => {
    const refuse = async () => Promise.reject(new RelayError('storage_error', { message: 'The disk is full.' }));
    expect(await move(store('keychain', secrets), store('file'), refuse)).toEqual({
      outcome: 'The disk is full.',
      kind: 'keychain',
      from: secrets,
      to: {},
    });
  });

  test('loses no change that is made while it runs: it waits, and goes to the new store', async () => {
    const from = store('keychain', secrets);
    const to = store('file');
    const movable = createMovableStore(from.store);
    const moving = movable.move({ open: async () => to.store, names, remember: async () => {} });
    const changing = movable.set('account/a', 'rotated key a');
    await Promise.all([moving, changing]);
    expect([await movable.get('account/a'), from.entries.size]).toEqual(['rotated key a', 0]);
  });

  test('refuses to move to the place that is in use', async () => {
    const { outcome } = await move(store('file', secrets), store('file'));
    expect(outcome).toBe('The secrets are in the file already.');
  });
});

test.each([
  [null, true, null],
  ['file' as const, true, null],
  ['keychain' as const, true, 'RELAY_SECRETS says keychain: set it to file, or take it away.'],
  [null, false, 'Relay needs the passphrase at every start: set RELAY_PASSPHRASE or RELAY_PASSPHRASE_FILE.'],
])(
  'with RELAY_SECRETS=%s and a passphrase from outside: %s, the next step is said',
  async (fixed, hasPassphrase, next) => {
    const remembered: string[] = [];
    const told: unknown[] = [];
    const mover = createSecretMover({
      store: createMovableStore(createMemoryStore()),
      open: async () => store('file').store,
      names: () => [],
      remember: async (kind) => void remembered.push(kind),
      fixed,
      hasPassphrase,
      moved: async (result, by) => void told.push([result.kind, by]),
    });
    const moved = await mover.move({ to: 'file' }, 'tray');
    expect({ moved, remembered, told, view: mover.view() }).toEqual({
      moved: { kind: 'file', place: 'the file', moved: 0, left: 0, next },
      remembered: ['file'],
      told: [['file', 'tray']],
      view: { kind: 'file', place: 'the file' },
    });
  },
);
