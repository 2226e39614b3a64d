import { writeFileSync } from 'node:fs';
import type Sqlite from 'better-sqlite3';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createDrain } from '../../../src-main/ledger/drain.ts';
import { journalPath, leftJournals } from '../../../src-main/ledger/journal-files.ts';
import { figuresOf } from '../../../src-main/ledger/usage/figures.ts';
import { measuresOf, noMeasures } from '../../../src-main/ledger/usage/measures.ts';
import { createSlices } from '../../../src-main/ledger/usage/slices.ts';
import { hoursOfWeek } from '../../../src-main/ledger/usage/spans.ts';
import { addMeasuresTo, noTally } from '../../../src-main/ledger/usage/tally.ts';
import { readUsageHours } from '../../../src-main/ledger/usage/usage-hours.ts';
import { readUsage } from '../../../src-main/ledger/usage/usage-query.ts';
import type { CallRecord } from '../../../src-shared/contract/call.ts';
import { usageHoursQuerySchema, usageQuerySchema } from '../../../src-shared/contract/usage.ts';
import { freshDatabase } from './fresh-database.ts';
import { served } from './sample-call.ts';
import { tempFolder } from './temp-folder.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** A Wednesday, 12:00 UTC; clocks changed in Berlin on the 25th of October. */
const NOW = Date.UTC(2026, 9, 28, 12);

/** The writer's upkeep on this database: calls go in by the journal, and what can wait is done when it is asked for. */
function writerOn(db: Sqlite.Database, folder: string) {
  let minutes = 0;
  // Whatever is looked for once a minute is looked for every time.
  const slices = createSlices(db, { now: () => NOW, monotonic: () => (minutes += 61_000) });
  const upkeep = { step: slices.step, isLetGo: () => false, touched: slices.touched };
  return {
    slices,
    store(calls: readonly CallRecord[]) {
      writeFileSync(journalPath(folder, 1), calls.map((call) => `${JSON.stringify(call)}\n`).join(''));
      const drain = createDrain(db, folder, leftJournals(folder), false, () => NOW, upkeep);
      while (drain.step());
      return drain;
    },
    /** How many steps it took, at most `most`. */
    idle(most: number): number {
      let steps = 0;
      while (steps < most && slices.step()) steps += 1;
      return steps;
    },
  };
}

const anyHistory = historyOf(9);

function historyOf(days: number) {
  return fc.array(
    fc.record({
      ago: fc.integer({ min: 0, max: days * DAY }),
      model: fc.constantFrom('gpt-5.5', 'gpt-6-sol'),
      accountId: fc.constantFrom('acc_1', 'acc_2', null),
      keyId: fc.constantFrom('key_1', 'key_2'),
      status: fc.constantFrom('ok', 'error', 'inflight'),
      inputTokens: fc.option(fc.nat(900)),
      ttftMs: fc.option(fc.integer({ min: 1, max: 9_000 })),
    }),
    { maxLength: 25 },
  );
}

const callsOf = (drawn: typeof anyHistory extends fc.Arbitrary<infer T> ? T : never, from: number): CallRecord[] =>
  drawn.map(({ ago, model, status, ...fields }, index) =>
    served(`call_${from + index}`, {
      ...fields,
      modelRan: model,
      status: status as CallRecord['status'],
      startedAt: NOW - ago,
    }),
  );

const zones = ['UTC', 'Europe/Berlin', 'Asia/Kolkata'] as const;
const questionOver = (days: number) =>
  fc.record({
    ago: fc.integer({ min: 0, max: days * DAY }),
    length: fc.integer({ min: 1, max: days * DAY }),
    grain: fc.constantFrom('hour', 'day', 'week', 'month', 'total'),
    timeZone: fc.constantFrom(...zones),
    by: fc.constantFrom('', 'model', 'account', 'model,account', 'key,model'),
    filter: fc.constantFrom({}, { model: 'gpt-5.5' }, { account: '' }, { key: 'key_2', status: 'error' }),
  });

test.each([
  ['days', 9, 200, 100],
  ['months', 75, 9_999, 12],
])(
  'long windows of %s are exact: with sums made whenever there was time, the answer is the same as without',
  (_, days, steps, runs) => {
    const folder = tempFolder();
    fc.assert(
      fc.property(
        historyOf(days),
        historyOf(days),
        fc.nat(steps),
        fc.nat(steps),
        fc.constantFrom(...zones),
        questionOver(days + 1),
        (early, late, someSteps, moreSteps, zone, { ago, length, grain, timeZone, by, filter }) => {
          const db = freshDatabase();
          const writer = writerOn(db, folder);
          writer.slices.keepDaysOf(zone);
          const first = callsOf(early, 0);
          // Calls that end late change days that are long summed up.
          const second = [...callsOf(late, first.length), ...first.map((call) => ({ ...call, status: 'ok' as const }))];
          writer.store(first);
          writer.idle(someSteps);
          writer.store(second);
          writer.idle(moreSteps);
          const query = usageQuerySchema.parse({
            from: NOW - ago,
            to: NOW - ago + length,
            grain,
            timeZone,
            by,
            ...filter,
          });
          const ask = () => readUsage(db, query, { now: NOW, timeZone });
          const answer = ask();
          db.exec('DELETE FROM slice_spans');
          const plain = ask();
          const ordered = (view: typeof answer) => ({
            ...view,
            groups: view.groups.toSorted((a, b) => (JSON.stringify(a.key) < JSON.stringify(b.key) ? -1 : 1)),
          });
          expect(ordered(answer)).toEqual(ordered(plain));
          db.close();
        },
      ),
      { numRuns: runs },
    );
  },
);

test('every whole day of the person and every hour is summed up, and a long window then reads no rollup of them', () => {
  const db = freshDatabase();
  const writer = writerOn(db, tempFolder());
  const calls = Array.from({ length: 60 }, (_, index) =>
    served(`call_${index}`, { startedAt: NOW - index * 4 * HOUR }),
  );
  writer.store(calls);
  expect(writer.idle(9_999)).toBe(0);
  writer.slices.keepDaysOf('Europe/Berlin');
  expect(writer.idle(9_999)).toBeGreaterThan(20);
  expect(db.prepare('SELECT grain, zone, count(*) AS n FROM slice_spans GROUP BY 1, 2').all()).toEqual([
    // Ten days and the hours of today.
    { grain: HOUR, zone: 'UTC', n: 11 },
    { grain: DAY, zone: 'Europe/Berlin', n: 10 },
  ]);
  // What the days hold is not read again: without the rollups of them the sums stay.
  const query = usageQuerySchema.parse({ from: Date.UTC(2026, 9, 19, 22), to: NOW, grain: 'day', by: 'account,key' });
  const ask = () => readUsage(db, query, { now: NOW, timeZone: 'Europe/Berlin' });
  const before = ask();
  db.prepare('DELETE FROM rollups WHERE at < ?').run(Date.UTC(2026, 9, 27, 23));
  expect([ask(), before.series.length, before.totals.calls]).toEqual([before, 9, 51]);
});

test('another time zone has its own days, and the ones of before are not taken for them', () => {
  const db = freshDatabase();
  const writer = writerOn(db, tempFolder());
  writer.store(
    Array.from({ length: 48 }, (_, index) => served(`call_${index}`, { startedAt: NOW - 3 * DAY + index * HOUR })),
  );
  const query = usageQuerySchema.parse({ from: NOW - 4 * DAY, to: NOW, grain: 'day' });
  const ask = (timeZone: string) =>
    readUsage(db, query, { now: NOW, timeZone }).series.map(({ figures }) => figures.calls);
  const plain = [ask('Europe/Berlin'), ask('America/New_York')];
  writer.slices.keepDaysOf('Europe/Berlin');
  writer.idle(9_999);
  writer.slices.keepDaysOf('America/New_York');
  writer.idle(9_999);
  expect([ask('Europe/Berlin'), ask('America/New_York')]).toEqual(plain);
  expect(db.prepare(`SELECT DISTINCT zone FROM slice_spans WHERE grain = ${DAY}`).pluck().all()).toEqual([
    'America/New_York',
  ]);
});

test('the hours of a week are those of the clock on the wall, also where clocks change', () => {
  const pieces = [...hoursOfWeek(Date.UTC(2026, 9, 24, 22, 30), Date.UTC(2026, 9, 25, 3), 'Europe/Berlin')];
  const iso = (at: number) => new Date(at).toISOString().slice(11, 16);
  // Sunday the 25th: two o'clock is there twice.
  expect(pieces.map(({ point, from, to }) => [point, iso(from), iso(to)])).toEqual([
    [144, '22:30', '23:00'],
    [145, '23:00', '00:00'],
    [146, '00:00', '01:00'],
    [146, '01:00', '02:00'],
    [147, '02:00', '03:00'],
  ]);
});

test('usage by hour of the week is what a recount of all calls gives', () => {
  const folder = tempFolder();
  const question = fc.record({
    ago: fc.integer({ min: 1, max: 10 * DAY }),
    timeZone: fc.constantFrom(...zones),
    model: fc.constantFrom(undefined, 'gpt-5.5'),
  });
  fc.assert(
    fc.property(anyHistory, fc.nat(200), question, (drawn, steps, { ago, timeZone, model }) => {
      const db = freshDatabase();
      const writer = writerOn(db, folder);
      writer.slices.keepDaysOf('UTC');
      const calls = callsOf(drawn, 0);
      writer.store(calls);
      writer.idle(steps);
      const from = NOW - ago;
      const { hours } = readUsageHours(
        db,
        usageHoursQuerySchema.parse({ from, to: NOW, timeZone, ...(model === undefined ? {} : { model }) }),
        { now: NOW, timeZone: 'UTC' },
      );
      const weekdays = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];
      const wall = new Intl.DateTimeFormat('en-US', { timeZone, weekday: 'short', hour: 'numeric', hourCycle: 'h23' });
      const placeOf = (at: number): string => {
        const parts = Object.fromEntries(wall.formatToParts(at).map(({ type, value }) => [type, value]));
        return `${weekdays.indexOf(parts['weekday'] ?? '')} ${Number(parts['hour'])}`;
      };
      const asked = calls.filter(
        ({ startedAt, modelRan }) =>
          startedAt >= from && startedAt < NOW && (model === undefined || modelRan === model),
      );
      const expected = Map.groupBy(asked, ({ startedAt }) => placeOf(startedAt));
      for (const { weekday, hour, figures } of hours) {
        const tally = noTally();
        for (const call of expected.get(`${weekday} ${hour}`) ?? [])
          addMeasuresTo(tally, measuresOf(call) ?? noMeasures());
        expect([weekday, hour, figures]).toEqual([weekday, hour, figuresOf(tally)]);
      }
      db.close();
    }),
    { numRuns: 60 },
  );
});

test('sums of few dimensions are found by their place, whatever is asked', () => {
  const db = freshDatabase();
  const plan = db
    .prepare<[], { detail: string }>(
      "EXPLAIN QUERY PLAN SELECT at FROM slices WHERE grain = 1 AND dims = 'model' AND at >= 1 AND at < 2 AND a = 'x'",
    )
    .all();
  expect(plan.map(({ detail }) => detail)).toEqual([
    'SEARCH slices USING PRIMARY KEY (grain=? AND dims=? AND at>? AND at<?)',
  ]);
});
