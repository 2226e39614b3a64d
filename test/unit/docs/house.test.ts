import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { housePicture, roomImports } from '../../../scripts/house/house-picture.ts';

const root = join(import.meta.dirname, '../../..');
const page = readFileSync(join(root, 'ARCHITECTURE.md'), 'utf8');

test('the picture of the house is what the imports say', () => {
  expect(/```mermaid\n(.*?)\n```/s.exec(page)?.[1]).toBe(housePicture(root));
});

test('no room leads back to itself', () => {
  const imports = roomImports(root);
  const reached = (room: string, seen: Set<string>): Set<string> => {
    for (const next of imports.get(room) ?? []) if (!seen.has(next)) reached(next, seen.add(next));
    return seen;
  };
  expect([...imports.keys()].filter((room) => reached(room, new Set()).has(room))).toEqual([]);
});

test('the page tells of every room', () => {
  const folders = readdirSync(join(root, 'src-main'), { withFileTypes: true }).filter((entry) => entry.isDirectory());
  expect(folders.map(({ name }) => name).filter((name) => !page.includes(`${name}/`))).toEqual([]);
});

test('no file of Relay is longer than 400 lines, and half of them are shorter than 100', () => {
  const lengths = ['src-main', 'src-renderer', 'src-shared'].flatMap((tree) =>
    readdirSync(join(root, tree), { recursive: true, encoding: 'utf8' })
      .filter((name) => /\.(tsx?|mjs|css)$/.test(name))
      .map((name) => ({
        name: `${tree}/${name}`,
        lines: readFileSync(join(root, tree, name), 'utf8').split('\n').length - 1,
      })),
  );
  const sorted = lengths.map(({ lines }) => lines).sort((a, b) => a - b);
  expect([lengths.filter(({ lines }) => lines > 400), (sorted[sorted.length >> 1] ?? 0) < 100]).toEqual([[], true]);
});
