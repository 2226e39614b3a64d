import {
  applyEdits,
  type ModificationOptions,
  modify,
  type ParseError,
  parse,
  printParseErrorCode,
} from 'jsonc-parser';
import { type ConfigPath, type ConfigText, lineEnd, UneditableText } from './config-text.ts';

/** JSON with comments and trailing commas, as editors and OpenCode read it. */
export const jsoncText: ConfigText = {
  parse: (text) => read(text),
  set: (text, path, value) => edit(text, path, value),
  append(text, path, value) {
    const list = path.reduce<unknown>((at, part) => member(at, part), read(text));
    const isNothing = path.length === 0 && text.replace(/^\uFEFF/, '').trim() === '';
    if (isNothing) return edit(text, [0], value, { isArrayInsertion: true });
    if (list === undefined) return edit(text, path, [value]);
    if (!Array.isArray(list)) throw new UneditableText(`${path.join('.') || 'It'} is not a list there.`);
    return edit(text, [...path, list.length], value, { isArrayInsertion: true });
  },
  remove(text, path) {
    const exists = path.reduce<unknown>((at, part) => member(at, part), read(text)) !== undefined;
    return exists ? edit(text, path, undefined) : text;
  },
};

function edit(text: string, path: ConfigPath, value: unknown, more: Partial<ModificationOptions> = {}): string {
  read(text);
  const mark = text.startsWith('\uFEFF') ? '\uFEFF' : '';
  const body = text.slice(mark.length);
  const isEmpty = body.trim() === '';
  const base = isEmpty ? emptyFor(path) : body;
  const formattingOptions = { ...indentOf(base), eol: lineEnd(base) };
  try {
    return mark + applyEdits(base, modify(base, [...path], value, { formattingOptions, ...more }));
  } catch (cause) {
    throw new UneditableText(`There is no place for ${path.join('.')} in it.`, { cause });
  }
}

const emptyFor = (path: ConfigPath): string => (typeof path[0] === 'string' ? '{}\n' : '[]\n');

function indentOf(text: string): { insertSpaces: boolean; tabSize: number } {
  const indent = /\n([ \t]+)\S/.exec(text)?.[1] ?? '  ';
  return indent.startsWith('\t') ? { insertSpaces: false, tabSize: 1 } : { insertSpaces: true, tabSize: indent.length };
}

function read(text: string): unknown {
  const body = text.replace(/^\uFEFF/, '');
  if (body.trim() === '') return {};
  const errors: ParseError[] = [];
  const value: unknown = parse(body, errors, { allowTrailingComma: true });
  const [error] = errors;
  if (error === undefined) return value;
  throw new UneditableText(`It is not valid JSON (${printParseErrorCode(error.error)} at character ${error.offset}).`);
}

const member = (value: unknown, part: string | number): unknown =>
  typeof value === 'object' && value !== null && Object.hasOwn(value, part)
    ? (value as Record<string | number, unknown>)[part]
    : undefined;
