import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { RelayError } from '../../src-shared/domain/relay-error.ts';

const writtenSchema = z.object({
  path: z.array(z.string()),
  itemKey: z.string().nullable(),
  itemName: z.string().nullable(),
  digest: z.string(),
});

const fileSchema = z.object({
  path: z.string(),
  format: z.enum(['toml', 'jsonc', 'yaml']),
  /** Of the bytes before and after; `null` where there was no file. */
  digestBefore: z.string().nullable(),
  digestAfter: z.string(),
  /** Folders that were made for it. */
  folders: z.array(z.string()),
  written: z.array(writtenSchema),
});

const connectionSchema = z.object({
  client: z.string(),
  /** The key that was made for it; `null` where the client sends a login of its own. */
  keyId: z.string().nullable(),
  /** The address that was written. */
  baseUrl: z.string(),
  connectedAt: z.number().int(),
  files: z.array(fileSchema),
});
export type Connection = z.infer<typeof connectionSchema>;
export type ConnectedFile = Connection['files'][number];

/** What Relay wrote into which client's files, and those files as they were before. Only this user can read it. */
export interface ConnectionStore {
  list(): Connection[];
  get(client: string): Connection | null;
  /** The bytes of a file before it was changed; `null` where there was none. */
  before(client: string, file: ConnectedFile): Buffer | null;
  /** `before` has the bytes of each file, in the same order. In place of what was known of this client. */
  put(connection: Connection, before: readonly (Buffer | null)[]): void;
  remove(client: string): void;
  /** Where the copy of a file is, for a person to look at. */
  backupPath(client: string, file: ConnectedFile): string;
}

export function createConnectionStore(dataDir: string): ConnectionStore {
  const folder = join(dataDir, 'clients');
  const recordPath = (client: string): string => join(folder, `${client}.json`);
  const backupPath = (client: string, { digestBefore }: ConnectedFile): string =>
    join(folder, `${client}.${digestBefore?.slice(0, 16) ?? 'none'}.before`);

  function get(client: string): Connection | null {
    let text: string;
    try {
      text = readFileSync(recordPath(client), 'utf8');
    } catch {
      return null;
    }
    try {
      return connectionSchema.parse(JSON.parse(text));
    } catch (cause) {
      const message = `${recordPath(client)} cannot be read. Move it away to connect this client anew.`;
      throw new RelayError('storage_error', { message, cause });
    }
  }

  function replace(path: string, content: string | Buffer): void {
    const draft = `${path}.draft`;
    try {
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      rmSync(draft, { force: true });
      writeFileSync(draft, content, { mode: 0o600, flag: 'wx', flush: true });
      renameSync(draft, path);
    } catch (cause) {
      rmSync(draft, { force: true });
      throw new RelayError('storage_error', { message: `${path} cannot be written. Nothing was changed.`, cause });
    }
  }

  function dropBackups(client: string, keep: ReadonlySet<string>): void {
    for (const name of listFolder(folder)) {
      const path = join(folder, name);
      if (name.startsWith(`${client}.`) && name.endsWith('.before') && !keep.has(path)) rmSync(path, { force: true });
    }
  }

  return {
    get,
    backupPath,
    list: () =>
      listFolder(folder)
        .filter((name) => name.endsWith('.json'))
        .flatMap((name) => get(name.slice(0, -'.json'.length)) ?? []),
    before(client, file) {
      if (file.digestBefore === null) return null;
      const path = backupPath(client, file);
      try {
        return readFileSync(path);
      } catch (cause) {
        throw new RelayError('storage_error', { message: `The copy ${path} cannot be read.`, cause });
      }
    },
    put(connection, before) {
      const kept = new Set<string>();
      for (const [index, file] of connection.files.entries()) {
        const bytes = before[index];
        if (bytes === null || bytes === undefined) continue;
        const path = backupPath(connection.client, file);
        replace(path, bytes);
        kept.add(path);
      }
      replace(recordPath(connection.client), JSON.stringify(connection, null, 2));
      dropBackups(connection.client, kept);
    },
    remove(client) {
      rmSync(recordPath(client), { force: true });
      dropBackups(client, new Set());
    },
  };
}

function listFolder(folder: string): string[] {
  try {
    return readdirSync(folder).sort();
  } catch {
    return [];
  }
}
