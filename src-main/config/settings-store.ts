import { type SettingName, type Settings, settingsSchema } from '../../src-shared/contract/settings.ts';
import { RelayError } from '../../src-shared/domain/relay-error.ts';

/** The ledger's database, as far as settings need it: a table `settings` of `name` and `value`, the value as JSON. */
export interface SettingsDatabase {
  all(sql: string, params?: readonly unknown[]): Promise<Record<string, unknown>[]>;
  /** All statements in one transaction, durable when it resolves. */
  run(statements: readonly { readonly sql: string; readonly params?: readonly unknown[] }[]): Promise<void>;
}

/** Only the settings that change. */
export type SettingsChange = Partial<Settings>;

export interface SettingsPorts {
  readonly database: SettingsDatabase;
  /** From `--set`: they win over what is stored, until a patch names them, and are not stored themselves. */
  readonly overrides?: SettingsChange;
}

export type SettingsStore = Awaited<ReturnType<typeof createSettings>>;

export async function createSettings(ports: SettingsPorts) {
  const rows = await ports.database.all('SELECT name, value FROM settings');
  let current: Settings = { ...settingsSchema.parse({}), ...readRows(rows), ...ports.overrides };
  let writes: Promise<unknown> = Promise.resolve();
  const listeners = new Set<(settings: Settings, changed: readonly SettingName[]) => void>();

  async function write(given: Readonly<Record<string, unknown>>): Promise<Settings> {
    const changes = parseSettings(given);
    const names = settingNames.filter((name) => name in changes);
    if (names.length === 0) return current;
    await ports.database.run(names.map((name) => rowOf(name, changes[name])));
    current = { ...current, ...changes };
    for (const listener of [...listeners]) listener(current, names);
    return current;
  }

  /** Checks a change without making it: its names that differ, its rows, and how memory follows them. */
  function stage(given: Readonly<Record<string, unknown>>) {
    const changes = parseSettings(given);
    const names = settingNames.filter(
      (name) => name in changes && JSON.stringify(changes[name]) !== JSON.stringify(current[name]),
    );
    return {
      names,
      statements: names.map((name) => rowOf(name, changes[name])),
      apply(): void {
        if (names.length === 0) return;
        current = { ...current, ...changes };
        for (const listener of [...listeners]) listener(current, names);
      },
    };
  }

  return {
    stage,
    get: <Name extends SettingName>(name: Name): Settings[Name] => current[name],
    all: (): Settings => current,
    /** Only the names given change, all of them or none. One patch at a time, in the order they came. */
    patch(given: Readonly<Record<string, unknown>>): Promise<Settings> {
      const done = writes.then(() => write(given));
      writes = done.catch(() => undefined);
      return done;
    },
    onChange(listener: (settings: Settings, changed: readonly SettingName[]) => void): () => void {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

const rowOf = (name: SettingName, value: unknown) => ({
  sql: 'INSERT INTO settings (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value',
  params: [name, JSON.stringify(value)],
});

const settingNames = Object.keys(settingsSchema.shape) as SettingName[];

/** Checks each given value by its own schema: parsing them as a whole would fill in the defaults of all others. */
export function parseSettings(given: Readonly<Record<string, unknown>>): SettingsChange {
  return Object.fromEntries(Object.entries(given).map(([name, value]) => [name, parseSetting(name, value)]));
}

/** Reads `KEY=VALUE` pairs, with each value typed by its setting: a number, a word, or JSON for lists and tables. */
export function readOverrides(pairs: readonly string[]): SettingsChange {
  const given = pairs.map((pair) => {
    const at = pair.indexOf('=');
    if (at > 0) return [pair.slice(0, at), pair.slice(at + 1)] as const;
    throw new RelayError('invalid_value', { message: `${pair} is not of the form KEY=VALUE.` });
  });
  return Object.fromEntries(given.map(([name, text]) => [name, readText(name, text)]));
}

function readText(name: string, text: string): unknown {
  if (isSettingName(name)) {
    const word = settingsSchema.shape[name].safeParse(text);
    if (word.success) return word.data;
  }
  return parseSetting(name, readJson(text));
}

function parseSetting(name: string, value: unknown): unknown {
  if (!isSettingName(name)) {
    throw new RelayError('invalid_value', { message: `There is no setting ${name}.`, param: name });
  }
  const parsed = value === undefined ? undefined : settingsSchema.shape[name].safeParse(value);
  if (parsed?.success) return parsed.data;
  const problem = parsed?.error.issues[0]?.message ?? 'it has no value';
  throw new RelayError('invalid_value', { message: `The setting ${name} cannot be that: ${problem}.`, param: name });
}

/** A row that this version does not know, or no longer accepts, is left alone and its default used. */
function readRows(rows: readonly Record<string, unknown>[]): SettingsChange {
  const known = rows.flatMap((row) => {
    const { name, value } = row;
    if (typeof name !== 'string' || typeof value !== 'string' || !isSettingName(name)) return [];
    const stored = readJson(value);
    const parsed = stored === undefined ? undefined : settingsSchema.shape[name].safeParse(stored);
    return parsed?.success ? [[name, parsed.data] as const] : [];
  });
  return Object.fromEntries(known);
}

const isSettingName = (name: string): name is SettingName => Object.hasOwn(settingsSchema.shape, name);

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
