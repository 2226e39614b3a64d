import { existsSync, mkdirSync, renameSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import Sqlite from 'better-sqlite3';
import { fillLedger } from './ledger/fill-ledger.ts';
import { measureInserts } from './ledger/inserts.ts';
import { questions } from './ledger/questions.ts';
import { createSamples } from './load/percentiles.ts';

/**
 * P7: a ledger with 5,000,000 calls of a year, any list page, filter and analytics window of which should come within 100 ms. Makes the
 * database once, in .cache (about 6 GB and a quarter of an hour), then asks each question a few times and prints what took longest.
 *
 *     npm run bench:ledger -- [--calls 5000000] [--dir PATH] [--times 5] [--only usage]
 */
const { values } = parseArgs({
  options: {
    calls: { type: 'string', default: '5000000' },
    dir: { type: 'string' },
    times: { type: 'string', default: '5' },
    only: { type: 'string', default: '' },
  },
});
const GOAL_MS = 100;
const count = Number(values.calls);
const dir = resolve(values.dir ?? join(import.meta.dirname, '..', '.cache', `ledger-${count}`));
const file = join(dir, 'relay.db');

if (!existsSync(file)) {
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  console.log(`Making ${count} calls in ${file}.`);
  const unfinished = `${file}.unfinished`;
  await fillLedger(unfinished, count, Date.now(), (calls) => console.log(`  ${calls} calls`));
  renameSync(unfinished, file);
}

const db = new Sqlite(file, { readonly: true });
const stored = db.prepare<[], number>('SELECT count(*) FROM calls').pluck().get();
const now = db.prepare<[], number>('SELECT max(started_at) FROM calls').pluck().get() ?? 0;
console.log(`${stored} calls; each question ${values.times} times; goal: each within ${GOAL_MS} ms.\n`);

const results = questions(db, now)
  .filter(({ group }) => group.startsWith(values.only))
  .map(({ group, name, ask }) => {
    const samples = createSamples();
    for (let time = 0; time < Number(values.times); time += 1) {
      const startedAt = performance.now();
      ask();
      samples.add(performance.now() - startedAt);
    }
    const { p50, max } = samples.percentiles() ?? { p50: 0, max: 0 };
    return { group, name, p50, max };
  });
const shown = (ms: number): string => ms.toFixed(1).padStart(8);
for (const group of new Set(results.map((each) => each.group))) {
  const own = results.filter((each) => each.group === group);
  const medians = createSamples();
  for (const { p50 } of own) medians.add(p50);
  const within = own.filter(({ max }) => max <= GOAL_MS).length;
  console.log(
    `${group.padEnd(12)} ${String(own.length).padStart(4)} questions  median ${shown(medians.percentiles()?.p50 ?? 0)} ms  worst ${shown(Math.max(...own.map(({ max }) => max)))} ms  ${within} of ${own.length} within the goal`,
  );
  for (const { name, p50, max } of own.filter((each) => each.max > GOAL_MS).sort((a, b) => b.max - a.max)) {
    console.log(`    over: ${name.padEnd(48)} p50 ${shown(p50)}  max ${shown(max)}`);
  }
}
db.close();

if (values.only === '') await measureInserts(dir);
