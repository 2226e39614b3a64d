import { type Document, isMap, isNode, isScalar, isSeq, type Node, type Pair, parseDocument, stringify } from 'yaml';
import { type ConfigPath, type ConfigText, lineEnd, lineStart, nextLine, UneditableText } from './config-text.ts';

/**
 * YAML. Members of the outermost map and items of its lists are edited as text; what is written in another form goes
 * through the document, which keeps comments and order too but may lay lines out anew.
 */
export const yamlText: ConfigText = {
  parse: (text) => read(text).toJS() ?? {},
  set(text, path, value) {
    const document = read(text);
    return firstThatHolds(text, expected(text, path, value), [
      () => setInText(text, document, path, value),
      () => throughDocument(text, (copy) => copy.setIn(path, value)),
    ]);
  },
  append(text, path, value) {
    const document = read(text);
    const list: unknown = document.getIn(path);
    if (list !== undefined && list !== null && !isSeq(list))
      throw new UneditableText(`${path.join('.')} is not a list there.`);
    const length = isSeq(list) ? list.items.length : 0;
    const wanted = length === 0 ? expected(text, path, [value]) : expected(text, [...path, length], value);
    return firstThatHolds(text, wanted, [
      () => appendInText(text, document, path, value),
      () =>
        throughDocument(text, (copy) =>
          !isSeq(list) ? copy.setIn(path, copy.createNode([value])) : copy.addIn(path, copy.createNode(value)),
        ),
    ]);
  },
  remove(text, path) {
    const document = read(text);
    if (!document.hasIn(path)) return text;
    const copy = read(text);
    copy.deleteIn(path);
    return firstThatHolds(text, copy.toJS() ?? {}, [
      () => removeInText(text, document, path),
      () => throughDocument(text, (other) => other.deleteIn(path)),
    ]);
  },
};

function read(text: string): Document {
  const document = parseDocument(text);
  const [error] = document.errors;
  if (error !== undefined) throw new UneditableText('It is not valid YAML.', { cause: error });
  if (document.contents !== null && !isMap(document.contents) && !isEmptyScalar(document.contents))
    throw new UneditableText('It does not hold a map of settings.');
  return document;
}

const isEmptyScalar = (node: unknown): boolean => isScalar(node) && node.value === null;

function expected(text: string, path: ConfigPath, value: unknown): unknown {
  const copy = read(text);
  copy.setIn(path, copy.createNode(value));
  return copy.toJS();
}

/** An edit of the text counts only when it says what was wanted and nothing else. */
function firstThatHolds(text: string, wanted: unknown, tries: readonly (() => string | null)[]): string {
  for (const attempt of tries) {
    const made = attempt();
    if (made === null) continue;
    const document = parseDocument(made);
    if (document.errors.length === 0 && JSON.stringify(document.toJS() ?? {}) === JSON.stringify(wanted)) return made;
  }
  throw new UneditableText(`There is no safe place for the change in it (${text.length} characters).`);
}

function throughDocument(text: string, change: (document: Document) => void): string {
  const document = read(text);
  change(document);
  return document.toString({ lineWidth: 0 }).replaceAll('\n', lineEnd(text));
}

function setInText(text: string, document: Document, path: ConfigPath, value: unknown): string | null {
  const [key] = path;
  if (path.length !== 1 || typeof key !== 'string' || typeof value === 'object') return null;
  const pair = pairOf(document, key);
  if (pair === undefined) return addMember(text, `${stringify({ [key]: value }, { lineWidth: 0 })}`);
  const range = isScalar(pair.value) ? pair.value.range : null;
  if (range === null || range === undefined || range[0] === range[1]) return null;
  return text.slice(0, range[0]) + stringify(value, { lineWidth: 0 }).trimEnd() + text.slice(range[1]);
}

function appendInText(text: string, document: Document, path: ConfigPath, value: unknown): string | null {
  const [key] = path;
  if (path.length !== 1 || typeof key !== 'string') return null;
  const pair = pairOf(document, key);
  if (pair === undefined) return addMember(text, stringify({ [key]: [value] }, { lineWidth: 0 }));
  const list = pair.value;
  if (!isSeq(list) || list.flow === true || list.items.length === 0 || !list.range) return null;
  const end = rangeOf(list.items.at(-1));
  if (end === null) return null;
  const indent = ' '.repeat(list.range[0] - lineStart(text, list.range[0]));
  const eol = lineEnd(text);
  const item = stringify([value], { lineWidth: 0 }).trimEnd().split('\n').join(`${eol}${indent}`);
  const at = text.slice(0, end[1]).endsWith('\n') ? end[1] : nextLine(text, end[1]);
  const gap = text.slice(0, at).endsWith('\n') ? '' : eol;
  return `${text.slice(0, at)}${gap}${indent}${item}${eol}${text.slice(at)}`;
}

function addMember(text: string, member: string): string {
  const eol = lineEnd(text);
  const gap = text === '' || text.endsWith('\n') ? '' : eol;
  return `${text}${gap}${member.replaceAll('\n', eol)}`;
}

function removeInText(text: string, document: Document, path: ConfigPath): string | null {
  const [key, place] = path;
  if (typeof key !== 'string' || path.length > 2) return null;
  const pair = pairOf(document, key);
  if (pair === undefined) return null;
  const list = pair.value;
  const keyRange = rangeOf(pair.key);
  const whole = path.length === 1 || (isSeq(list) && list.items.length === 1);
  if (path.length === 2 && (typeof place !== 'number' || !isSeq(list) || list.flow === true)) return null;
  const node = path.length === 1 ? pair.value : isSeq(list) ? list.items[Number(place)] : null;
  const range = rangeOf(node);
  if (range === null || keyRange === null) return null;
  // A list without items is no list any more: its member goes with its last item only where the caller says so.
  if (whole && path.length === 2) return null;
  const from = lineStart(text, path.length === 1 ? keyRange[0] : range[0]);
  const to = text.slice(0, range[1]).endsWith('\n') ? range[1] : nextLine(text, range[1]);
  return text.slice(0, from) + text.slice(to);
}

function pairOf(document: Document, key: string): Pair | undefined {
  const { contents } = document;
  if (!isMap(contents) || contents.flow === true) return undefined;
  return contents.items.find((pair) => isScalar(pair.key) && pair.key.value === key);
}

const rangeOf = (node: unknown): NonNullable<Node['range']> | null => (isNode(node) ? (node.range ?? null) : null);
