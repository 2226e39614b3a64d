import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { clientMatrix, type MatrixClient, matrixClients } from './client-matrix.ts';

const clients = Object.keys(matrixClients) as MatrixClient[];
const rows = Object.entries(clientMatrix);
const cells = rows.flatMap(([what, row]) => clients.map((client) => ({ what, client, cell: row[client] })));
const read = (path: string): string => readFileSync(join(import.meta.dirname, path), 'utf8');

/** The names of the tests of a file as its source has them; what is skipped or to be done is none. */
const testNames = (source: string): string[] =>
  [...source.matchAll(/\b(?:it|test)(?:\.(?:each|skipIf)\([^'"`]*?\))*\(\s*(['"`])(.*?)\1,/g)].map(
    ([, , name]) => name!,
  );

test('each cell names a test of that client', () => {
  const without = cells.filter(({ client, cell: [file, words] }) => {
    const source = read(`${file}.test.ts`);
    return !source.includes(matrixClients[client]) || !testNames(source).some((name) => name.includes(words));
  });
  expect(without).toEqual([]);
});

/** `npx vitest run --project clients client-matrix -u` draws it anew. */
test('docs/clients.md has this table', async () => {
  const head = ['the client', ...clients];
  const lines = rows.map(([what, row]) => [what, ...clients.map((client) => `[${row[client][0]}]`)]);
  const widths = head.map((_, column) => Math.max(...[head, ...lines].map((line) => line[column]!.length)));
  const table = [head, widths.map((width) => '-'.repeat(width)), ...lines].map(
    (line) => `| ${line.map((text, column) => text.padEnd(widths[column]!)).join(' | ')} |`,
  );
  const files = [...new Set(cells.map(({ cell: [file] }) => file))].sort();
  const drawn = [...table, '', ...files.map((file) => `[${file}]: ../test/clients/${file}.test.ts`)].join('\n');
  const page = read('../../docs/clients.md');
  const [before = '', after = ''] = page.split(/(?<=\n)\| the client +\|[\s\S]*?(?=\n\n## )/);
  expect([before, after]).not.toContain('');
  await expect(`${before}${drawn}${after}`).toMatchFileSnapshot('../../docs/clients.md');
});
