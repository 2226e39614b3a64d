import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { beyondElsewhere } from './beyond-elsewhere.ts';
import { beyondRows, notHere, rowIds } from './rows.ts';

/** A name of a test that starts with the ids of its rows, a comma between them and a colon after the last. */
const named = /(?<=['"`])[A-Z]-\d\d(?:, [A-Z]-\d\d)*(?=: )/g;

const filesOf = new Map<string, string[]>();
for (const file of globSync('**/*.test.ts', { cwd: import.meta.dirname }).sort()) {
  const ids = readFileSync(join(import.meta.dirname, file), 'utf8')
    .match(named)
    ?.flatMap((name) => name.split(', '));
  for (const id of new Set(ids)) filesOf.set(id, [...(filesOf.get(id) ?? []), file]);
}
const place = (id: string): string => filesOf.get(id)?.join(', ') ?? notHere[id] ?? 'not written yet';

afterAll(() => {
  const beyond = Object.entries(beyondRows).map(([id, row]) => `${id}  ${place(id)}: ${row}`);
  const elsewhere = Object.entries(beyondElsewhere).map(([id, { row, file }]) => `${id}  ${file}: ${row}`);
  const table = [...rowIds.map((id) => `${id}  ${place(id)}`), '', ...beyond, ...elsewhere].join('\n');
  const shown = rowIds.filter((id) => filesOf.has(id)).length;
  process.stdout.write(`\n${table}\n${shown} of ${rowIds.length} rows are shown by tests of test/faults.\n\n`);
});

test('every row of the catalogue is shown by a test, or listed with the reason why not', () => {
  const open = [...rowIds, ...Object.keys(beyondRows)].filter((id) => place(id) === 'not written yet');
  expect(rowIds.length).toBe(134);
  expect(open).toEqual([]);
});

test('no row is listed as not shown although a test shows it, and no name has an id that is no row', () => {
  expect(Object.keys(notHere).filter((id) => filesOf.has(id))).toEqual([]);
  expect(
    [...filesOf.keys(), ...Object.keys(notHere)].filter((id) => !rowIds.includes(id) && !(id in beyondRows)),
  ).toEqual([]);
});

test('every row that another part of the suite shows names a test that is there, and has an id of its own', () => {
  const root = join(import.meta.dirname, '../..');
  const lost = Object.entries(beyondElsewhere).filter(
    ([, { file, test: name }]) => !readFileSync(join(root, file), 'utf8').includes(name),
  );
  expect(lost).toEqual([]);
  expect(Object.keys(beyondElsewhere).filter((id) => id in beyondRows)).toEqual([]);
});
