import { readFileSync } from 'node:fs';
import { chmod, mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { RelayError } from '../../src-shared/domain/relay-error.ts';
import {
  deriveSealKey,
  type ScryptCost,
  type SealKey,
  type SealKeyDeriver,
  sealHeadOf,
  sealSecrets,
  unsealSecrets,
} from './sealed-secrets.ts';
import type { SecretStore } from './secret-store.ts';
import { createTurns } from './turns.ts';

const FILE = 'secrets.enc';
/** 128 MiB and a few tenths of a second, once per start and off the main thread. */
const COST: ScryptCost = { N: 2 ** 17, r: 8, p: 1 };

export interface FileStoreOptions {
  readonly dataDir: string;
  readonly passphrase: string;
  readonly randomBytes: (size: number) => Buffer;
  /** Only for a new file; an existing one names its own. */
  readonly cost?: ScryptCost;
  /** Default: anew. */
  readonly derive?: SealKeyDeriver;
}

/** Begins to derive the key of the file in a data folder, so that opening it later need not wait for that. */
export function prepareFileStore(dataDir: string, passphrase: string, derive: SealKeyDeriver): void {
  let text: string;
  try {
    // At once: whatever comes next keeps this thread busy.
    text = readFileSync(join(dataDir, FILE), 'utf8');
  } catch {
    return;
  }
  const head = sealHeadOf(text);
  // Whoever opens the file hears of what went wrong.
  if (head !== null) derive(passphrase, head.salt, head.cost).catch(() => {});
}

/** An encrypted file in the data folder. Opens it at once, so that a wrong passphrase is known at the start. */
export async function openFileStore(options: FileStoreOptions): Promise<SecretStore> {
  const { dataDir, passphrase, randomBytes, cost = COST, derive = deriveSealKey } = options;
  const path = join(dataDir, FILE);
  const inTurn = createTurns();
  const text = await readOrNull(path);
  let secrets: ReadonlyMap<string, string> = new Map();
  let seal: SealKey;
  if (text === null) {
    seal = await derive(passphrase, randomBytes(16), cost);
  } else {
    ({ secrets, seal } = await unsealSecrets(text, passphrase, derive));
    await chmod(path, 0o600);
  }

  const change = (edit: (next: Map<string, string>) => void): Promise<void> =>
    inTurn(async () => {
      const next = new Map(secrets);
      edit(next);
      await replaceFile(path, sealSecrets(next, seal, randomBytes(12)));
      secrets = next;
    });

  return {
    kind: 'file',
    describe: () => `the encrypted file ${FILE} in the data folder`,
    get: (name) => inTurn(async () => secrets.get(name) ?? null),
    set: (name, value) => change((next) => next.set(name, value)),
    delete: (name) => change((next) => next.delete(name)),
  };
}

async function readOrNull(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (isMissing(error)) return null;
    throw unusable(error);
  }
}

/** Written anew beside the old file, made durable, then put in its place: a crash leaves one of the two whole. */
async function replaceFile(path: string, text: string): Promise<void> {
  const fresh = `${path}.new`;
  try {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    await rm(fresh, { force: true });
    const file = await open(fresh, 'wx', 0o600);
    try {
      await file.writeFile(text);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(fresh, path);
    await syncFolder(dirname(path));
  } catch (error) {
    throw unusable(error);
  }
}

/** Makes the rename durable. Windows cannot open a folder and needs no such step. */
async function syncFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return;
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

const isMissing = (error: unknown): boolean => error instanceof Error && 'code' in error && error.code === 'ENOENT';

const unusable = (cause: unknown): RelayError =>
  new RelayError('storage_error', {
    message: `The file ${FILE} in the data folder cannot be read or written. Check its permissions and the free space.`,
    cause,
  });
