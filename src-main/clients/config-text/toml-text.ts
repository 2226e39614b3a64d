import { type AST, getStaticTOMLValue, parseTOML } from 'toml-eslint-parser';
import { type ConfigPath, type ConfigText, lineEnd, lineStart, nextLine, UneditableText } from './config-text.ts';

/** TOML, as the Codex CLI reads it. Values are strings, booleans and numbers; lists are not edited. */
export const tomlText: ConfigText = {
  parse: (text) => getStaticTOMLValue(read(text)),
  set(text, path, value) {
    const keys = namesOf(path);
    const entries = entriesOf(read(text));
    const existing = entries.find(({ full }) => samePath(full, keys));
    if (existing !== undefined) return splice(text, existing.node.value.range, literal(value));
    return insert(text, entries, keys, literal(value));
  },
  append() {
    throw new UneditableText('A list in a TOML file cannot be added to.');
  },
  remove(text, path) {
    const keys = namesOf(path);
    const program = read(text);
    const entry = entriesOf(program).find(({ full }) => samePath(full, keys));
    if (entry !== undefined) return removeEntry(text, entry);
    const table = tablesOf(program).find(({ resolvedKey, body }) => body.length === 0 && samePath(resolvedKey, keys));
    if (table === undefined) return text;
    const start = lineStart(text, table.range[0]);
    // The empty line that stood between this table and what came before it was there for this table only.
    const before = /(?:^|\n)(\r?\n)$/.exec(text.slice(0, start))?.[1]?.length ?? 0;
    return text.slice(0, start - before) + text.slice(nextLine(text, table.range[1]));
  },
};

interface Entry {
  /** Its whole path from the root. */
  readonly full: readonly (string | number)[];
  /** What its own key is relative to. */
  readonly base: readonly (string | number)[];
  readonly node: AST.TOMLKeyValue;
  /** The inline table that it stands in. */
  readonly within: AST.TOMLInlineTable | null;
}

function read(text: string): AST.TOMLProgram {
  try {
    return parseTOML(text, { tomlVersion: '1.0' });
  } catch (cause) {
    throw new UneditableText('It is not valid TOML.', { cause });
  }
}

const tablesOf = (program: AST.TOMLProgram): AST.TOMLTable[] =>
  program.body[0].body.flatMap((node) => (node.type === 'TOMLTable' ? [node] : []));

function entriesOf(program: AST.TOMLProgram): Entry[] {
  const walk = (node: AST.TOMLKeyValue, base: Entry['base'], within: Entry['within']): Entry[] => {
    const full = [...base, ...keysOf(node.key)];
    const { value } = node;
    const inside = value.type === 'TOMLInlineTable' ? value.body.flatMap((inner) => walk(inner, full, value)) : [];
    return [{ full, base, node, within }, ...inside];
  };
  return program.body[0].body.flatMap((node) =>
    node.type === 'TOMLTable'
      ? node.body.flatMap((inner) => walk(inner, node.resolvedKey, null))
      : walk(node, [], null),
  );
}

const keysOf = (key: AST.TOMLKey): string[] =>
  key.keys.map((part) => (part.type === 'TOMLBare' ? part.name : part.value));

function insert(text: string, entries: readonly Entry[], keys: readonly string[], value: string): string {
  const eol = lineEnd(text);
  const parent = keys.slice(0, -1);
  // An inline table is closed to everything that stands outside of it.
  const inline = entries.findLast(({ full, node }) => node.value.type === 'TOMLInlineTable' && startsWith(keys, full));
  if (inline !== undefined && inline.node.value.type === 'TOMLInlineTable') {
    return insertInline(text, inline.node.value, `${keyText(keys.slice(inline.full.length))} = ${value}`);
  }
  if (entries.some(({ full }) => startsWith(keys, full)))
    throw new UneditableText(`${keyText(parent)} is not a table there.`);
  const dotted = entries.findLast(
    ({ full, base, within }) => within === null && base.length < parent.length && startsWith(full, parent),
  );
  if (parent.length > 0 && dotted !== undefined && startsWith(keys, dotted.base)) {
    return insertLine(text, dotted.node.range[1], `${keyText(keys.slice(dotted.base.length))} = ${value}`);
  }
  const line = `${keyText(keys.slice(-1))} = ${value}`;
  const siblings = entries.filter(({ base, within }) => within === null && samePath(base, parent));
  const last = siblings.at(-1);
  if (last !== undefined) return insertLine(text, last.node.range[1], line);
  if (parent.length === 0) return insertFirst(text, line);
  const program = read(text);
  const table = tablesOf(program).find(({ resolvedKey }) => samePath(resolvedKey, parent));
  if (table !== undefined) return insertLine(text, table.key.range[1], line);
  const gap = text === '' ? '' : text.endsWith('\n') ? eol : eol + eol;
  return `${text}${gap}[${keyText(parent)}]${eol}${line}${eol}`;
}

function insertInline(text: string, table: AST.TOMLInlineTable, entry: string): string {
  const last = table.body.at(-1);
  if (last === undefined) return splice(text, table.range, `{ ${entry} }`);
  return splice(text, [last.range[1], last.range[1]], `, ${entry}`);
}

/** As the line below the one that `at` lies in. */
function insertLine(text: string, at: number, line: string): string {
  const eol = lineEnd(text);
  const indent = /^[ \t]*/.exec(text.slice(lineStart(text, at)))?.[0] ?? '';
  const below = nextLine(text, at);
  const gap = text.slice(0, below).endsWith('\n') ? '' : eol;
  return `${text.slice(0, below)}${gap}${indent}${line}${eol}${text.slice(below)}`;
}

/** Keys without a table stand before all tables. */
function insertFirst(text: string, line: string): string {
  const eol = lineEnd(text);
  const mark = text.startsWith('\uFEFF') ? '\uFEFF' : '';
  const rest = text.slice(mark.length);
  return `${mark}${line}${eol}${rest === '' || /^\r?\n/.test(rest) ? '' : eol}${rest}`;
}

function removeEntry(text: string, { node, within }: Entry): string {
  if (within === null) {
    return text.slice(0, lineStart(text, node.range[0])) + text.slice(nextLine(text, node.range[1]));
  }
  const place = within.body.indexOf(node);
  const [before, after] = [within.body[place - 1], within.body[place + 1]];
  if (before !== undefined) return splice(text, [before.range[1], node.range[1]], '');
  return splice(text, [node.range[0], after?.range[0] ?? node.range[1]], '');
}

const splice = (text: string, [from, to]: readonly [number, number], put: string): string =>
  text.slice(0, from) + put + text.slice(to);

function namesOf(path: ConfigPath): string[] {
  return path.map((part) => {
    if (typeof part === 'string') return part;
    throw new UneditableText('A list in a TOML file cannot be edited.');
  });
}

const keyText = (keys: readonly string[]): string =>
  keys.map((key) => (/^[\w-]+$/.test(key) && /^[\x20-\x7e]+$/.test(key) ? key : JSON.stringify(key))).join('.');

/** JSON's escapes are a part of TOML's; DEL alone has to be written out. */
function literal(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value).replaceAll('\u007f', '\\u007F');
  if (typeof value === 'boolean' || (typeof value === 'number' && Number.isFinite(value))) return String(value);
  throw new UneditableText('This kind of value cannot be written into a TOML file.');
}

const startsWith = (path: readonly (string | number)[], start: readonly (string | number)[]): boolean =>
  start.length <= path.length && start.every((part, index) => part === path[index]);

const samePath = (a: readonly (string | number)[], b: readonly (string | number)[]): boolean =>
  a.length === b.length && startsWith(a, b);
