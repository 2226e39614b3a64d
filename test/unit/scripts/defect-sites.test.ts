import { expect, test } from 'vitest';
import { findDefectSites } from '../../../scripts/defects/defect-sites.ts';

const changed = (source: string): string[] =>
  findDefectSites('some.ts', source).map(
    ({ kind, line, start, end, after }) => `${line} ${kind}: ${source.slice(0, start)}${after}${source.slice(end)}`,
  );

test('operators, defaults and methods are put in the place of others', () => {
  expect(changed('const a = b < c;')).toEqual(['1 other operator: const a = ((b) <= (c));']);
  expect(changed('const a = b && c;')).toEqual(['1 other operator: const a = ((b) || (c));']);
  expect(changed('const a = b ?? 0;')).toEqual(['1 without a default: const a = (b);']);
  expect(changed('const a = Math.max(1, b);')).toEqual(['1 other method: const a = Math.min(1, b);']);
  expect(changed('const a = true;')).toEqual(['1 other truth: const a = false;']);
});

test('conditions are turned round, branches swapped, statements left out', () => {
  expect(changed('\nif (a) go();')).toEqual([
    '2 condition turned round: \nif (!(a)) go();',
    '2 statement left out: \nif (a) {}',
  ]);
  expect(changed('const a = b ? c : d;')).toEqual(['1 branches swapped: const a = (b ? d : c);']);
});

test('what is said in the log decides nothing', () => {
  expect(changed(`ports.log.warn({ a }, 'late');\nlog.info('soon');`)).toEqual([]);
  expect(changed('ports.dialog.open();')).toEqual(['1 statement left out: ;']);
});

test('types, imports, texts and what is thrown stay as they are', () => {
  const source = `import { a } from './a.ts';
type B = 'x' | true;
const c = (d: string): string => 'said ' + d + \`and \${d}\`;
throw new Error(c('x') + true);`;
  expect(changed(source)).toEqual([]);
});

test('what is inside of a cast is looked at', () => {
  expect(changed('const a = (b === c) as boolean;')).toEqual([
    '1 other operator: const a = (((b) !== (c))) as boolean;',
  ]);
});
