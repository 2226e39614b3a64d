import { keyPatchSchema } from '../../src-shared/contract/key.ts';
import type { PortableKey } from '../../src-shared/contract/portable.ts';
import { RelayError } from '../../src-shared/domain/relay-error.ts';
import type { StagedChange } from '../ledger/staged-change.ts';
import { insertKey, namedIn, type StoredKey, updateKey } from './stored-key.ts';

export interface StagedKeys extends StagedChange {
  readonly added: readonly string[];
  readonly changed: readonly string[];
  /** The id here of a key in the file. */
  idOf(id: string): string;
}

/** The valid keys as they can be taken elsewhere. The digest of a secret that was replaced stays here. */
export const portableKeys = (keys: readonly StoredKey[], now: number): PortableKey[] =>
  keys
    .filter(({ revokedAt, expiresAt }) => revokedAt === null && (expiresAt === null || expiresAt > now))
    .map(({ previousDigest: _d, previousUntil: _u, revokedAt: _r, lastUsedAt: _l, lastClient: _c, ...key }) => key);

/**
 * Keys that are not here are added with the secret that they have; of the others, known by secret or by id, all but the secret is
 * changed. One that was taken back here stays so. Throws `invalid_value` where a key is in the file twice.
 */
export function stageKeys(
  wanted: readonly PortableKey[],
  here: readonly StoredKey[],
  keep: (key: StoredKey) => void,
  current: (id: string) => StoredKey | undefined,
): StagedKeys {
  for (const field of ['id', 'digest'] as const) {
    const seen = new Set<string>();
    for (const key of wanted) {
      if (seen.has(key[field]))
        throw new RelayError('invalid_value', { message: `The file holds the key ${key.name} twice.` });
      seen.add(key[field]);
    }
  }
  const known = wanted.map((key) => ({
    key,
    local:
      here.find(({ digest, previousDigest }) => digest === key.digest || previousDigest === key.digest) ??
      here.find(({ id }) => id === key.id),
  }));
  const fresh = known.filter(({ local }) => local === undefined).map(({ key }) => newKey(key));
  const changes = known.flatMap(({ key, local }) => {
    if (local === undefined || local.revokedAt !== null) return [];
    const wantedFields = namedIn(keyPatchSchema.parse(patchOf(key)));
    const differing = Object.entries(wantedFields).filter(
      ([name, value]) => JSON.stringify(value) !== JSON.stringify(local[name as keyof StoredKey]),
    );
    return differing.length === 0 ? [] : [{ local, change: Object.fromEntries(differing) as Partial<StoredKey> }];
  });
  return {
    added: fresh.map(({ name }) => name),
    changed: changes.map(({ local }) => local.name),
    idOf: (id) => known.find(({ key }) => key.id === id)?.local?.id ?? id,
    statements: [...fresh.map(insertKey), ...changes.flatMap(({ local, change }) => updateKey(local.id, change) ?? [])],
    apply() {
      for (const key of fresh) keep(key);
      for (const { local, change } of changes) keep({ ...(current(local.id) ?? local), ...change });
    },
  };
}

const patchOf = ({ id: _i, prefix: _p, digest: _d, createdAt: _c, ...patch }: PortableKey) => patch;

const newKey = (key: PortableKey): StoredKey => ({
  ...key,
  previousDigest: null,
  previousUntil: null,
  revokedAt: null,
  lastUsedAt: null,
  lastClient: null,
});
