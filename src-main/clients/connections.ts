import type { ClientCheck, ClientConnected, ClientPlan, ClientUndone } from '../../src-shared/contract/client.ts';
import type { KeyCreated, KeyView } from '../../src-shared/contract/key.ts';
import type { Clock } from '../../src-shared/domain/clock.ts';
import { RelayError } from '../../src-shared/domain/relay-error.ts';
import type { Machine } from '../config/data-folder.ts';
import { changesOf, formats, inFile, type PlannedFile, planFiles, withoutRelay } from './client-plan.ts';
import { readConfigFile, removeConfigFile, replaceConfigFile } from './config-file.ts';
import type { Connection, ConnectionStore } from './connection-store.ts';
import { digestOfBytes } from './file-digest.ts';
import { findSecret } from './found-secret.ts';
import { holdsSettings, rememberSettings } from './setting-edit.ts';
import type { ClientModel, ClientSetup, SetupPlan } from './setup.ts';

/** Where the Relay is that clients are pointed at. */
export interface RelayFacts {
  /** Without a path. */
  readonly url: string;
  readonly models: readonly ClientModel[];
}

export interface ConnectionPorts {
  readonly machine: Machine;
  readonly store: ConnectionStore;
  readonly keys: {
    list(): KeyView[] | Promise<KeyView[]>;
    create(wanted: { readonly name: string }): Promise<KeyCreated>;
    revoke(id: string): unknown;
  };
  /** Throws RelayError where Relay does not run. */
  readonly facts: () => RelayFacts | Promise<RelayFacts>;
  readonly fetch: typeof fetch;
  readonly clock: Pick<Clock, 'now'>;
}

export interface ConnectionState {
  readonly state: 'not-connected' | 'connected' | 'changed' | 'elsewhere' | 'key-refused';
  readonly detail: string | null;
}

/** Stands for a key that has not been made yet. */
const newKey = '<a new key>';

/** Writes clients' settings and takes them back; what it did is in the store, whoever asks next. */
export function createConnections({ machine, store, keys, facts, fetch, clock }: ConnectionPorts) {
  const read = (path: string): string | null => readConfigFile(path)?.text ?? null;

  async function planWith(setup: ClientSetup, secret: string): Promise<SetupPlan> {
    const { url, models } = await facts();
    const known = store.get(setup.id);
    // A setup sees its files as they would be without it, so that a second time decides as the first one did.
    const readBase = (path: string): string | null => {
      const file = known?.files.find((each) => each.path === path);
      return file === undefined ? read(path) : (withoutRelay(setup.id, file, store).bytes?.toString('utf8') ?? null);
    };
    const accepts = async (token: string): Promise<boolean> => (await ask(`${url}/v1`, token)).ok;
    return inFileOf(setup, () =>
      setup.plan({ machine, url, baseUrl: `${url}/v1`, models, secret, read: readBase, accepts }),
    );
  }

  /** The key that the client has already, as it stands in its settings, where it is still good. */
  async function presentSecret(setup: ClientSetup, old: Connection | null): Promise<string | null> {
    const key = old?.keyId == null ? undefined : (await keys.list()).find(({ id }) => id === old.keyId);
    if (key === undefined || !isGood(key, clock.now())) return null;
    const { edits } = await planWith(setup, newKey);
    const found = edits.flatMap(({ path, format, settings }) => {
      const text = read(path);
      return text === null ? [] : (findSecret(formats[format], text, settings, newKey) ?? []);
    });
    return found.find((secret) => secret.startsWith(key.prefix)) ?? null;
  }

  async function ask(baseUrl: string, secret: string): Promise<ClientCheck> {
    const init = { headers: { authorization: `Bearer ${secret}` }, signal: AbortSignal.timeout(10_000) };
    const response = await fetch(`${baseUrl}/models`, init).catch(() => null);
    await response?.body?.cancel();
    if (response === null) return { ok: false, sentence: `Nothing answers at ${baseUrl}. Start Relay: relay serve` };
    if (response.ok) return { ok: true, sentence: `Relay answers at ${baseUrl} and takes what the client sends.` };
    return { ok: false, sentence: `Relay answered ${response.status} at ${baseUrl} to what the client sends.` };
  }

  async function plan(setup: ClientSetup): Promise<ClientPlan> {
    const old = store.get(setup.id);
    const secret = (await presentSecret(setup, old)) ?? newKey;
    const planned = await planWith(setup, secret);
    return viewOf(setup, planned, changesOf(planFiles(planned.edits, old, store)));
  }

  async function connect(setup: ClientSetup): Promise<ClientConnected> {
    const old = store.get(setup.id);
    const before = await presentSecret(setup, old);
    const draft = await planWith(setup, before ?? newKey);
    const writesKey = before !== null || JSON.stringify(draft.edits).includes(newKey);
    const oldKey = old?.keyId == null ? undefined : (await keys.list()).find(({ id }) => id === old.keyId);
    // A client that keeps its key where Relay cannot look was given it the first time.
    const pasted = draft.sends.kind === 'key' && !writesKey && oldKey !== undefined && isGood(oldKey, clock.now());
    const needsKey = draft.sends.kind === 'key' && before === null && !pasted;
    // Whatever stands in the way is found before a key is made.
    planFiles(draft.edits, old, store);
    const made = needsKey ? await keys.create({ name: setup.name }) : null;
    const secret = made?.secret ?? before ?? newKey;
    try {
      const planned = made === null ? draft : await planWith(setup, secret);
      const files = planFiles(planned.edits, old, store);
      const changes = changesOf(files);
      const keyId = draft.sends.kind === 'login' ? null : (made?.key.id ?? old?.keyId ?? null);
      await write(setup, files, old, keyId);
      if (old !== null && old.keyId !== null && old.keyId !== keyId) await keys.revoke(old.keyId);
      const shown = made !== null && planned.steps.length > 0 && !writesKey ? made.secret : null;
      return { ...viewOf(setup, planned, changes), keyId, secret: shown, check: await check(planned, secret, pasted) };
    } catch (error) {
      if (made !== null) await keys.revoke(made.key.id);
      throw error;
    }
  }

  async function check(planned: SetupPlan, secret: string, pasted: boolean): Promise<ClientCheck> {
    const { url } = await facts();
    if (pasted)
      return { ok: true, sentence: 'The client keeps the key that it was given; Relay cannot look at it there.' };
    return ask(`${url}/v1`, planned.sends.kind === 'login' ? planned.sends.token : secret);
  }

  /** First what is needed to take it back, then the files themselves; where one fails, all are as they were. */
  async function write(
    setup: ClientSetup,
    files: readonly PlannedFile[],
    old: Connection | null,
    keyId: string | null,
  ): Promise<void> {
    const { url } = await facts();
    const isSame = files.every(({ current, after }) => current?.toString('utf8') === after);
    if (isSame && old !== null && old.keyId === keyId && old.baseUrl === `${url}/v1`) return;
    const done: PlannedFile[] = [];
    const folders = new Map(old?.files.map(({ path, folders: made }) => [path, made]));
    const record = (): void =>
      store.put(
        {
          client: setup.id,
          keyId,
          baseUrl: `${url}/v1`,
          connectedAt: clock.now(),
          files: files.map(({ edit, base, after }) => ({
            path: edit.path,
            format: edit.format,
            digestBefore: base === null ? null : digestOfBytes(base),
            digestAfter: digestOfBytes(after),
            folders: folders.get(edit.path) ?? [],
            written: rememberSettings(formats[edit.format], base?.toString('utf8') ?? '', edit.settings),
          })),
        },
        files.map(({ base }) => base),
      );
    const oldBytes = old?.files.map((file) => store.before(setup.id, file)) ?? [];
    record();
    try {
      for (const file of files) {
        if (file.current?.toString('utf8') === file.after) continue;
        const made = replaceConfigFile(file.edit.path, file.after);
        done.push(file);
        if (made.length > 0) folders.set(file.edit.path, made);
      }
      record();
    } catch (error) {
      for (const { edit, current } of done) {
        if (current === null) removeConfigFile(edit.path, folders.get(edit.path) ?? []);
        else replaceConfigFile(edit.path, current);
      }
      if (old === null) store.remove(setup.id);
      else store.put(old, oldBytes);
      throw error;
    }
  }

  async function undo(client: string, name: string): Promise<ClientUndone> {
    const old = store.get(client);
    if (old === null)
      throw new RelayError('not_found', { message: `${name} is not connected by Relay, so there is nothing to undo.` });
    // All files are understood before the first one is changed.
    const restored = old.files.map((file) => ({ file, ...withoutRelay(client, file, store) }));
    for (const { file, bytes, outcome } of restored) {
      if (outcome === 'gone') continue;
      if (bytes === null) removeConfigFile(file.path, file.folders);
      else if (!readConfigFile(file.path)?.bytes.equals(bytes)) replaceConfigFile(file.path, bytes);
    }
    const key = old.keyId === null ? undefined : (await keys.list()).find(({ id }) => id === old.keyId);
    const keyRevoked = key !== undefined && key.revokedAt === null;
    if (keyRevoked) await keys.revoke(key.id);
    store.remove(client);
    const files = restored.map(({ file: { path }, outcome, kept }) => ({ path, outcome, kept: [...kept] }));
    return { client, files, keyRevoked, sentence: undoneSentence(name, files) };
  }

  async function stateOf(client: string): Promise<ConnectionState> {
    const old = store.get(client);
    if (old === null) return { state: 'not-connected', detail: null };
    const again = `Connect it again: relay connect ${client}`;
    const touched = old.files.find(({ path, format, written }) => {
      const text = read(path);
      return text === null || !inFile(path, () => holdsSettings(formats[format], text, written));
    });
    if (touched !== undefined)
      return { state: 'changed', detail: `Somebody has changed what Relay wrote into ${touched.path}. ${again}` };
    if (old.keyId !== null) {
      const key = (await keys.list()).find(({ id }) => id === old.keyId);
      if (key === undefined || !isGood(key, clock.now()))
        return { state: 'key-refused', detail: `Its key is revoked or expired. ${again}` };
    }
    const { url } = await facts();
    if (url !== '' && old.baseUrl !== `${url}/v1`)
      return { state: 'elsewhere', detail: `It points to ${old.baseUrl}, and Relay is at ${url}/v1. ${again}` };
    return { state: 'connected', detail: null };
  }

  return {
    plan,
    connect,
    undo,
    stateOf,
    connection: store.get,
    /** The files that a client's plan would write, where it can be worked out. */
    async files(setup: ClientSetup): Promise<string[]> {
      const known = store.get(setup.id);
      if (known !== null) return known.files.map(({ path }) => path);
      return (await planWith(setup, newKey)).edits.map(({ path }) => path);
    },
    /** Asks Relay with what the client would send. */
    async verify(setup: ClientSetup): Promise<ClientCheck> {
      const old = store.get(setup.id);
      if (old === null)
        return { ok: false, sentence: `${setup.name} is not connected. Connect it: relay connect ${setup.id}` };
      const state = await stateOf(setup.id);
      if (state.state === 'changed') return { ok: false, sentence: state.detail ?? '' };
      const planned = await planWith(setup, newKey);
      if (planned.sends.kind === 'login') return ask(old.baseUrl, planned.sends.token);
      const secret = await presentSecret(setup, old);
      if (secret !== null) return ask(old.baseUrl, secret);
      return {
        ok: state.state === 'connected',
        sentence: state.detail ?? 'The client keeps its key where Relay cannot look.',
      };
    },
  };
}

const isGood = (key: KeyView, now: number): boolean =>
  key.revokedAt === null && (key.expiresAt === null || key.expiresAt > now);

function viewOf(setup: ClientSetup, planned: SetupPlan, changes: ClientPlan['changes']): ClientPlan {
  const { sends, notes, steps } = planned;
  return { client: setup.id, changes, sends: sends.kind, notes: [...notes], steps: [...steps] };
}

function undoneSentence(name: string, files: ClientUndone['files']): string {
  const kept = files.flatMap((file) => file.kept.map((setting) => `${setting} in ${file.path}`));
  if (kept.length > 0)
    return `${name} is disconnected. You have changed ${kept.join(' and ')} since, so that was left as it is: look at it yourself.`;
  if (files.some(({ outcome }) => outcome === 'merged'))
    return `${name} is disconnected. Its settings were changed by others since, so only what Relay wrote was taken out.`;
  return `${name} is disconnected, and its settings are as they were before.`;
}

/** A setup reads the client's files, which may not be valid. */
async function inFileOf<T>(setup: ClientSetup, run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    return inFile(`The settings of ${setup.name}`, () => {
      throw error;
    });
  }
}
