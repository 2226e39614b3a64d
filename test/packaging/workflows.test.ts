import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { packageRoot } from '../../src-main/config/package-info.ts';

const { load } = createRequire(createRequire(import.meta.url).resolve('electron-builder/package.json'))('js-yaml');
const folder = join(packageRoot, '.github', 'workflows');
const names = readdirSync(folder);
const { scripts }: { scripts: Record<string, string> } = JSON.parse(
  readFileSync(join(packageRoot, 'package.json'), 'utf8'),
);

interface Step {
  readonly uses?: string;
  readonly run?: string;
}
interface Workflow {
  readonly permissions: Record<string, string>;
  readonly jobs: Record<string, { readonly permissions?: Record<string, string>; readonly steps: Step[] }>;
}
const read = (name: string): Workflow => load(readFileSync(join(folder, name), 'utf8'));

test.each(names)('%s may only read, and only a draft of a release may be written', (name) => {
  const { permissions, jobs } = read(name);
  const more = Object.entries(jobs).flatMap(([job, given]) =>
    given.permissions === undefined ? [] : [[job, given.permissions]],
  );
  expect([permissions, more]).toEqual([
    { contents: 'read' },
    name === 'release.yml' ? [['draft', { contents: 'write' }]] : [],
  ]);
});

test.each(names)('every action of %s is pinned to a commit', (name) => {
  const used = Object.values(read(name).jobs).flatMap(({ steps }) => steps.flatMap(({ uses }) => uses ?? []));
  expect(used.filter((action) => !/^actions\/[a-z-]+@[0-9a-f]{40}$/.test(action))).toEqual([]);
});

test.each(names)('every npm script that %s runs is there', (name) => {
  const commands = Object.values(read(name).jobs).flatMap(({ steps }) => steps.flatMap(({ run }) => run ?? []));
  const asked = commands.flatMap((command) =>
    [...command.matchAll(/npm (?:run )?(test|package|build)\b/g)].map((match) => match[1]!),
  );
  expect(asked.filter((script) => scripts[script] === undefined)).toEqual([]);
});

test('the release installs what the lockfile names and starts what it has built', () => {
  const commands = Object.values(read('release.yml').jobs).flatMap(({ steps }) =>
    steps.flatMap(({ run }) => run ?? []),
  );
  expect(commands).toEqual(expect.arrayContaining(['npm ci', expect.stringContaining('matrix.program')]));
});
