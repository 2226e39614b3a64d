import type { FileChange } from '../../src-shared/contract/client.ts';
import { RelayError } from '../../src-shared/domain/relay-error.ts';
import { changeText } from './change-text.ts';
import { readConfigFile } from './config-file.ts';
import type { ConfigText } from './config-text/config-text.ts';
import { UneditableText } from './config-text/config-text.ts';
import { jsoncText } from './config-text/jsonc-text.ts';
import { tomlText } from './config-text/toml-text.ts';
import { yamlText } from './config-text/yaml-text.ts';
import type { ConnectedFile, Connection, ConnectionStore } from './connection-store.ts';
import { digestOfBytes } from './file-digest.ts';
import { type Withdrawal, withdrawSettings, writeSettings } from './setting-edit.ts';
import type { ConfigEdit, ConfigFormat } from './setup.ts';

export const formats: Readonly<Record<ConfigFormat, ConfigText>> = {
  toml: tomlText,
  jsonc: jsoncText,
  yaml: yamlText,
};

/** A file before and after an edit; `null` where there is none. */
export interface PlannedFile {
  readonly edit: ConfigEdit;
  /** As it lies there now. */
  readonly current: Buffer | null;
  /** As it would be without Relay. */
  readonly base: Buffer | null;
  readonly after: string;
}

/** Works out each file of a client anew, from what it would be without what Relay has written before. */
export function planFiles(edits: readonly ConfigEdit[], old: Connection | null, store: ConnectionStore): PlannedFile[] {
  return edits.map((edit) => {
    const current = readConfigFile(edit.path)?.bytes ?? null;
    const known = old?.files.find(({ path }) => path === edit.path) ?? null;
    const base = old === null || known === null ? current : withoutRelay(old.client, known, store).bytes;
    const after = inFile(edit.path, () =>
      writeSettings(formats[edit.format], base?.toString('utf8') ?? '', edit.settings),
    );
    return { edit, current, base, after };
  });
}

export interface Restored extends Pick<Withdrawal, 'kept'> {
  readonly bytes: Buffer | null;
  readonly outcome: 'exact' | 'merged' | 'removed' | 'gone';
}

/**
 * A file as it would be without what Relay wrote: the same bytes as before where nobody has touched it since, else only
 * Relay's own settings are taken out. Throws RelayError `conflict` where the file cannot be understood any more.
 */
export function withoutRelay(client: string, file: ConnectedFile, store: ConnectionStore): Restored {
  const current = readConfigFile(file.path);
  if (current === null) return { bytes: null, outcome: 'gone', kept: [] };
  const digest = digestOfBytes(current.bytes);
  if (digest === file.digestBefore) return { bytes: current.bytes, outcome: 'exact', kept: [] };
  const before = store.before(client, file);
  if (digest === file.digestAfter) return { bytes: before, outcome: before === null ? 'removed' : 'exact', kept: [] };
  const format = formats[file.format];
  const { text, kept } = inFile(
    file.path,
    () => withdrawSettings(format, current.text, before?.toString('utf8') ?? '', file.written),
    before === null ? null : store.backupPath(client, file),
  );
  const isEmpty = before === null && Object.keys(format.parse(text) ?? {}).length === 0 && !/[#/]/.test(text);
  return isEmpty ? { bytes: null, outcome: 'removed', kept } : { bytes: Buffer.from(text), outcome: 'merged', kept };
}

/** What would change on the disk. */
export const changesOf = (files: readonly PlannedFile[]): FileChange[] =>
  files.flatMap(({ edit: { path }, current, after }) => {
    const before = current?.toString('utf8') ?? null;
    return before === after ? [] : [{ path, creates: before === null, diff: changeText(path, before, after) }];
  });

/** What is wrong in a file is said with its name. */
export function inFile<T>(path: string, run: () => T, backup: string | null = null): T {
  try {
    return run();
  } catch (cause) {
    if (!(cause instanceof UneditableText)) throw cause;
    const copy = backup === null ? '' : ` A copy from before Relay changed it is at ${backup}.`;
    const message = `${path} was left as it is. ${cause.message}${copy}`;
    throw new RelayError('conflict', { message, cause });
  }
}
