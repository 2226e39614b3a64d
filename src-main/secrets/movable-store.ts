import { RelayError } from '../../src-shared/domain/relay-error.ts';
import type { SecretStore } from './secret-store.ts';
import { createTurns } from './turns.ts';

export interface Move {
  /** Opens the store that the secrets go to. */
  readonly open: () => Promise<SecretStore>;
  /** Every secret that there is, with how a person knows it. Asked for only when nothing else can change one any more. */
  readonly names: () => readonly SecretName[];
  /** Makes the new store the one that the next start opens; durable when it resolves. */
  readonly remember: () => Promise<void>;
}

export interface SecretName {
  readonly name: string;
  readonly what: string;
  /** Something that is made anew when it is missing. */
  readonly optional?: boolean;
}

export interface Moved {
  readonly moved: number;
  /** What the old store did not let go of: still there, and to be erased by hand. */
  readonly left: readonly string[];
}

export interface MovableStore extends SecretStore {
  /**
   * Copies every secret to another store, reads each one back, switches over, and only then erases the old copies.
   * Rejects with `secrets_locked` or `storage_error` and leaves everything as it was where one cannot be read or kept.
   */
  move(move: Move): Promise<Moved>;
}

/** The store in use, which can be replaced by another one while calls go on: they wait for the move. */
export function createMovableStore(first: SecretStore): MovableStore {
  const inTurn = createTurns();
  let store = first;

  const copy = async (target: SecretStore, names: readonly SecretName[]): Promise<string[]> => {
    const values: [name: string, value: string][] = [];
    for (const { name, what, optional } of names) {
      const value = await store.get(name);
      if (value !== null) values.push([name, value]);
      else if (optional !== true) throw unread(what);
    }
    const copied: string[] = [];
    try {
      for (const [name, value] of values) {
        copied.push(name);
        await target.set(name, value);
        if ((await target.get(name)) !== value) throw notKept(target);
      }
      return copied;
    } catch (error) {
      await erase(target, copied);
      throw error;
    }
  };

  return {
    get kind() {
      return store.kind;
    },
    describe: () => store.describe(),
    get: (name) => inTurn(() => store.get(name)),
    set: (name, value) => inTurn(() => store.set(name, value)),
    delete: (name) => inTurn(() => store.delete(name)),
    move: ({ open, names, remember }) =>
      inTurn(async () => {
        const target = await open();
        if (target.kind === store.kind) {
          throw new RelayError('conflict', { message: `The secrets are in ${target.describe()} already.` });
        }
        const copied = await copy(target, names());
        try {
          await remember();
        } catch (error) {
          await erase(target, copied);
          throw error;
        }
        const old = store;
        store = target;
        return { moved: copied.length, left: await erase(old, copied) };
      }),
  };
}

/** The names that could not be erased. */
async function erase(store: SecretStore, names: readonly string[]): Promise<string[]> {
  const left: string[] = [];
  for (const name of names) {
    await store.delete(name).catch(() => left.push(name));
  }
  return left;
}

const unread = (what: string): RelayError =>
  new RelayError('secrets_locked', {
    message: `Nothing was moved: the secret of ${what} cannot be read. Unlock your keyring, or remove that account first.`,
  });

const notKept = (target: SecretStore): RelayError =>
  new RelayError('storage_error', {
    message: `Nothing was moved: ${target.describe()} does not give back what was put into it.`,
  });
