import { createHash } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { type ConfigPath, type ConfigText, UneditableText } from './config-text/config-text.ts';

/** One value that Relay writes into a client's configuration. */
export interface Setting {
  /** Where the value stands; where `itemKey` is given, the list that it is an item of. */
  readonly path: readonly string[];
  readonly value: unknown;
  /** The member by which an item of a list is known again, such as `name`. */
  readonly itemKey?: string;
  /** Written only where nothing stands: a choice that the person has made already is theirs. */
  readonly onlyIfMissing?: true;
}

/** What is remembered of a setting that was written: no value, since most of them hold a key. */
export interface WrittenSetting {
  readonly path: string[];
  readonly itemKey: string | null;
  readonly itemName: string | null;
  readonly digest: string;
}

export interface Withdrawal {
  readonly text: string;
  /** Settings that somebody has changed since, as dotted names: they were left as they are. */
  readonly kept: readonly string[];
}

/** The text with all settings in it. Throws UneditableText rather than answer a text that says anything else besides. */
export function writeSettings(format: ConfigText, text: string, settings: readonly Setting[]): string {
  let result = text;
  for (const setting of settings) result = writeSetting(format, result, setting);
  return result;
}

function writeSetting(format: ConfigText, text: string, setting: Setting): string {
  const before = format.parse(text);
  const place = placeOf(before, setting);
  const existing = valueAt(before, place.path);
  if (setting.onlyIfMissing && existing !== undefined) return text;
  if (existing !== undefined && isDeepStrictEqual(plain(existing), plain(setting.value))) return text;
  const after = place.isNew
    ? format.append(text, setting.path, setting.value)
    : format.set(text, place.path, setting.value);
  const wanted = withValue(before, place.path, setting.value);
  if (!isDeepStrictEqual(plain(format.parse(after)), plain(wanted)))
    throw new UneditableText(`${nameOf(setting)} cannot be written into it without touching something else.`);
  return after;
}

/** Settings as they stand in a text after `writeSettings`, to be known again later. */
export function rememberSettings(format: ConfigText, before: string, settings: readonly Setting[]): WrittenSetting[] {
  const old = format.parse(before);
  return settings
    .filter((setting) => !setting.onlyIfMissing || valueAt(old, placeOf(old, setting).path) === undefined)
    .map((setting) => ({
      path: [...setting.path],
      itemKey: setting.itemKey ?? null,
      itemName: setting.itemKey === undefined ? null : String(valueAt(setting.value, [setting.itemKey])),
      digest: digestOf(setting.value),
    }));
}

/** Takes out what was written and is still as it was written, putting back what stood there in `before`. */
export function withdrawSettings(
  format: ConfigText,
  text: string,
  before: string,
  written: readonly WrittenSetting[],
): Withdrawal {
  const old = format.parse(before);
  const kept: string[] = [];
  let result = text;
  for (const setting of written.toReversed()) {
    const now = format.parse(result);
    const path = writtenPlace(now, setting);
    const value = path === null ? undefined : valueAt(now, path);
    if (path === null || value === undefined) continue;
    if (digestOf(value) !== setting.digest) {
      kept.unshift(nameOf(setting));
      continue;
    }
    const oldPath = writtenPlace(old, setting);
    const oldValue = oldPath === null ? undefined : valueAt(old, oldPath);
    result = oldValue === undefined ? withdraw(format, result, path, old) : format.set(result, path, oldValue);
  }
  return { text: result, kept };
}

/** Whether each setting stands in the text as it was written. */
export function holdsSettings(format: ConfigText, text: string, written: readonly WrittenSetting[]): boolean {
  const now = format.parse(text);
  return written.every((setting) => {
    const path = writtenPlace(now, setting);
    const value = path === null ? undefined : valueAt(now, path);
    return value !== undefined && digestOf(value) === setting.digest;
  });
}

/** With the value go the objects and lists around it that are empty now and were not there before. */
function withdraw(format: ConfigText, text: string, path: ConfigPath, old: unknown): string {
  let result = format.remove(text, path);
  for (let depth = path.length - 1; depth > 0; depth -= 1) {
    const around = path.slice(0, depth);
    const value = valueAt(format.parse(result), around);
    const isEmpty = typeof value === 'object' && value !== null && Object.keys(value).length === 0;
    if (valueAt(old, around) !== undefined || !(isEmpty || value === null)) break;
    result = format.remove(result, around);
  }
  return result;
}

const nameOf = ({ path, itemKey }: { path: readonly string[]; itemKey?: string | null }): string =>
  [...path, ...(itemKey === undefined || itemKey === null ? [] : ['Relay'])].join('.') || 'The list';

function placeOf(content: unknown, { path, value, itemKey }: Setting): { path: ConfigPath; isNew: boolean } {
  if (itemKey === undefined) return { path, isNew: false };
  const list = valueAt(content, path);
  const length = Array.isArray(list) ? list.length : 0;
  const found = itemIndex(list, itemKey, valueAt(value, [itemKey]));
  return found === -1 ? { path: [...path, length], isNew: true } : { path: [...path, found], isNew: false };
}

function writtenPlace(content: unknown, { path, itemKey, itemName }: WrittenSetting): ConfigPath | null {
  if (itemKey === null) return path;
  const found = itemIndex(valueAt(content, path), itemKey, itemName);
  return found === -1 ? null : [...path, found];
}

const itemIndex = (list: unknown, key: string, name: unknown): number =>
  Array.isArray(list) ? list.findIndex((item: unknown) => valueAt(item, [key]) === name) : -1;

export function valueAt(content: unknown, path: ConfigPath): unknown {
  return path.reduce<unknown>((at, part) => {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, part)) return undefined;
    return (at as Record<string | number, unknown>)[part];
  }, content);
}

function withValue(content: unknown, [part, ...rest]: ConfigPath, value: unknown): unknown {
  if (part === undefined) return value;
  if (typeof part === 'number') {
    const list: unknown[] = Array.isArray(content) ? [...content] : [];
    list[part] = withValue(list[part], rest, value);
    return list;
  }
  const members = typeof content === 'object' && content !== null ? content : {};
  return { ...members, [part]: withValue(valueAt(members, [part]), rest, value) };
}

const plain = (value: unknown): unknown => structuredClone(value);

/** Members are ordered, so that a program that writes its file anew has not changed what it did not mean to. */
function digestOf(value: unknown): string {
  const ordered = JSON.stringify(value, (_key, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
  return createHash('sha256')
    .update(ordered ?? 'undefined')
    .digest('hex');
}
