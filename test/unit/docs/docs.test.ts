import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';

const root = join(import.meta.dirname, '../../..');
const pages = [
  ...readdirSync(root).filter((name) => name.endsWith('.md')),
  ...readdirSync(join(root, 'docs'))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
  'bench/README.md',
];
const read = (page: string): string => readFileSync(join(root, page), 'utf8');

test.each(pages)('every file that %s leads to is there', (page) => {
  const targets = [...read(page).matchAll(/\]\((?!https?:|#|mailto:)([^)#\s]+)/g)].map((match) => match[1] ?? '');
  expect(targets.filter((target) => !existsSync(join(root, dirname(page), target)))).toEqual([]);
});

test('the security page gives a reason for each package that Relay runs on, and for no other', () => {
  const { dependencies, optionalDependencies } = JSON.parse(read('package.json'));
  const [, table = ''] = read('docs/security.md').split('## What Relay runs on');
  const [rows = ''] = table.split('\n## ');
  const named = [...rows.matchAll(/^\| ([\w, -]+) \|/gm)].flatMap(([, names = '']) => names.split(', '));
  expect(
    named
      .map((name) => name.trim())
      .filter((name) => name !== 'Package' && !name.startsWith('-'))
      .sort(),
  ).toEqual(Object.keys({ ...dependencies, ...optionalDependencies }).sort());
});
