import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { expect, test } from 'vitest';

const root = join(import.meta.dirname, '../../..');
const text = readFileSync(join(root, 'ARCHITECTURE.md'), 'utf8');

/** From the top of the picture to its foot, the rooms of each line. */
const layers = (/## The picture\n\n((?: {4}.*\n)+)/.exec(text)?.[1] ?? '')
  .split('\n')
  .flatMap((line) => /^ {4}(\S+(?: · \S+)*)(?: {2,}|$)/.exec(line)?.[1]?.split(' · ') ?? [])
  .filter((name) => name !== '↓');
const lineOf = (room: string): number =>
  text.split('\n').findIndex((line) => new RegExp(`^ {4}(?:.* · )?${room}(?: · .*|  .*)?$`).test(line));

const filesIn = (folder: string): string[] =>
  readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.(?:tsx?|mjs)$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name));

/** The room that a file is in; the wiring of relay.ts is in files beside it. */
function roomOf(path: string): string {
  const [top = '', first = '', ...rest] = relative(root, path).split(sep);
  if (top !== 'src-main') return top;
  if (rest.length > 0) return first;
  return /^(?:relay|status-view)/.test(first) ? 'relay' : first.replace(/\.\w+$/, '');
}

interface Import {
  readonly file: string;
  readonly from: string;
  readonly to: string;
}

const importsOf = (path: string): Import[] =>
  [...readFileSync(path, 'utf8').matchAll(/(?:\bfrom|\bimport\(?|new URL\()\s*'(\.[^']+)'/g)].map(
    ([, target = '']) => ({
      file: relative(root, path),
      from: roomOf(path),
      to: roomOf(resolve(dirname(path), target)),
    }),
  );

const main = filesIn('src-main').filter((path) => !path.endsWith('entry.mjs'));

test('the picture has every room that there is, and no other', () => {
  expect(layers.toSorted()).toEqual([...new Set([...main.map(roomOf), 'src-shared'])].sort());
});

test('every import of another room leads down in the picture', () => {
  const imports = main.flatMap(importsOf).filter(({ from, to }) => from !== to);
  expect(imports.length).toBeGreaterThan(500);
  expect(imports.filter(({ from, to }) => lineOf(to) <= lineOf(from))).toEqual([]);
});

test('the page knows what is shared, and nothing of the program', () => {
  const imports = filesIn('src-renderer').flatMap(importsOf);
  expect(new Set(imports.map(({ to }) => to))).toEqual(new Set(['src-renderer', 'src-shared']));
  expect(
    new Set(
      filesIn('src-shared')
        .flatMap(importsOf)
        .map(({ to }) => to),
    ),
  ).toEqual(new Set(['src-shared']));
});

test('the list of the house tells of every room, and of none that is not there', () => {
  const told = [...text.matchAll(/^ {6}(\S+(?: {2}\S+)*) {3,}/gm)].flatMap(([, names = '']) => names.split('  '));
  const rooms = new Set(told.map((name) => name.replace(/\/$|\.\w+$/, '')));
  rooms.delete('entry');
  expect([...rooms].sort()).toEqual([...new Set(main.map(roomOf))].sort());
});

test('every file and room that is named is there', () => {
  const all = [...main, ...filesIn('src-shared'), ...filesIn('test/support')].map((path) => `/${relative(root, path)}`);
  const named = [...text.matchAll(/`([a-z]+(?:[-/][a-z]+)*)`/g)].map(([, name = '']) => name);
  const isThere = (name: string): boolean =>
    all.some((path) => path.includes(`/${name}/`) || path.replace(/\.\w+$/, '').endsWith(`/${name}`));
  expect(named.length).toBeGreaterThan(20);
  expect(named.filter((name) => !isThere(name))).toEqual([]);
});
