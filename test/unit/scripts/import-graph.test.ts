import { expect, test } from 'vitest';
import { createImportGraph } from '../../../scripts/defects/import-graph.ts';

test('a file is as far away as the shortest chain of imports, also through a thread; types lead nowhere', () => {
  const graph = createImportGraph(
    new Map([
      ['test/a.test.ts', `import { b } from '../src/b.ts';\nimport type { T } from '../src/t.ts';`],
      ['src/b.ts', `import { c } from './c.ts';\nimport { d } from './deep/d.ts';`],
      ['src/c.ts', `import { d } from './deep/d.ts';\nworkerFile('w', import.meta.url);`],
      ['src/w.ts', `import { b } from './b.ts';`],
      ['src/deep/d.ts', `await import('../e.ts');`],
      ['src/e.ts', ''],
      ['src/t.ts', ''],
    ]),
  );
  expect(Object.fromEntries(graph.distances('test/a.test.ts'))).toEqual({
    'test/a.test.ts': 0,
    'src/b.ts': 1,
    'src/c.ts': 2,
    'src/deep/d.ts': 2,
    'src/w.ts': 3,
    'src/e.ts': 3,
  });
});
