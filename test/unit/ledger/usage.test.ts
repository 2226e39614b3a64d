import { writeFileSync } from 'node:fs';
import type Sqlite from 'better-sqlite3';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createDrain } from '../../../src-main/ledger/drain.ts';
import { journalPath, leftJournals } from '../../../src-main/ledger/journal-files.ts';
import { dimensionsOf } from '../../../src-main/ledger/usage/dimensions.ts';
import { figuresOf } from '../../../src-main/ledger/usage/figures.ts';
import { measuresOf, noMeasures } from '../../../src-main/ledger/usage/measures.ts';
import { piecesOf, pointsOf } from '../../../src-main/ledger/usage/spans.ts';
import { addMeasuresTo, noTally } from '../../../src-main/ledger/usage/tally.ts';
import { readUsage } from '../../../src-main/ledger/usage/usage-query.ts';
import type { CallRecord } from '../../../src-shared/contract/call.ts';
import { type UsageGrain, type UsageQuery, usageQuerySchema } from '../../../src-shared/contract/usage.ts';
import { addBins, binOf, percentile, readBins, writeBins } from '../../../src-shared/domain/latency-bins.ts';
import { freshDatabase } from './fresh-database.ts';
import { begun, served } from './sample-call.ts';
import { tempFolder } from './temp-folder.ts';

const MINUTE = 60_000;
const HOUR = 3_600_000;
const DAY = 86_400_000;
/** A Wednesday, 12:00 UTC. */
const NOW = Date.UTC(2026, 10, 25, 12);

/** A database into which the journal of these calls was drained. `older` calls were there before sums were kept. */
function ledgerOf(calls: readonly CallRecord[], { older = 0, times = 1 } = {}) {
  const db = freshDatabase();
  const folder = tempFolder();
  const drained = (some: readonly CallRecord[], interrupt = false) => {
    writeFileSync(journalPath(folder, 1), some.map((call) => `${JSON.stringify(call)}\n`).join(''));
    const drain = createDrain(db, folder, leftJournals(folder), interrupt, () => NOW);
    while (drain.step());
    return drain;
  };
  drained(calls.slice(0, older));
  // As a database from before this migration: rows, and no sums of them.
  db.exec(
    'DELETE FROM rollups; DELETE FROM rollup_dims; UPDATE rollup_backlog SET last_row = (SELECT coalesce(max(rowid), 0) FROM calls)',
  );
  for (let time = 0; time < times; time += 1) drained(calls.slice(older));
  return {
    db,
    drained,
    catchUp() {
      const drain = drained([]);
      while (drain.idle());
    },
  };
}

const usage = (db: Sqlite.Database, query: object) =>
  readUsage(db, usageQuerySchema.parse(query), { now: NOW, timeZone: 'UTC' });

/** The plain way: every call looked at. */
function recount(calls: readonly CallRecord[], query: UsageQuery, timeZone: string) {
  const { from = NOW - DAY, to = NOW, grain = 'day', by } = query;
  const inWindow = calls.filter(
    (call) =>
      call.startedAt >= from &&
      call.startedAt < to &&
      call.status !== 'inflight' &&
      (query.model === undefined || dimensionsOf(call).model === query.model) &&
      (query.status === undefined || call.status === query.status),
  );
  const sum = (some: readonly CallRecord[]) => {
    const total = noTally();
    for (const call of some) addMeasuresTo(total, measuresOf(call) ?? noMeasures());
    return figuresOf(total);
  };
  const points = pointsOf(from, to, grain, timeZone);
  const seriesOf = (some: readonly CallRecord[]) =>
    points.map((at, index) => ({
      at,
      figures: sum(some.filter(({ startedAt }) => startedAt >= at && startedAt < (points[index + 1] ?? to))),
    }));
  const groups = Map.groupBy(inWindow, (call) => by.map((dimension) => dimensionsOf(call)[dimension]).join('\0'));
  return {
    totals: sum(inWindow),
    series: seriesOf(inWindow),
    groups:
      by.length === 0
        ? {}
        : Object.fromEntries(
            [...groups].map(([key, some]) => [key, { figures: sum(some), previous: null, series: seriesOf(some) }]),
          ),
  };
}

const anyUsedCall = fc
  .record({
    ago: fc.oneof(fc.integer({ min: 0, max: 3 * HOUR }), fc.integer({ min: 0, max: 10 * DAY })),
    status: fc.constantFrom('ok', 'ok', 'ok', 'error', 'cancelled', 'inflight'),
    modelRan: fc.constantFrom('gpt-5.5', 'gpt-6-sol', null),
    accountId: fc.constantFrom('acc_1', 'acc_2', null),
    project: fc.constantFrom('site', null),
    inputTokens: fc.option(fc.integer({ min: 0, max: 5_000 })),
    outputTokens: fc.option(fc.integer({ min: 0, max: 900 })),
    costMicroUsd: fc.option(fc.integer({ min: 0, max: 90_000 })),
    ttftMs: fc.option(fc.double({ min: 0, max: 60_000, noNaN: true })),
    extraMs: fc.double({ min: 0, max: 60_000, noNaN: true }),
  })
  .map(({ ago, extraMs, ...fields }) => ({ ago, extraMs, fields }));

const calls = fc.array(anyUsedCall, { maxLength: 40 }).map((drawn) =>
  drawn.map(({ ago, extraMs, fields }, index) =>
    served(`call_${index}`, {
      ...fields,
      status: fields.status as CallRecord['status'],
      cachedTokens: fields.inputTokens === null ? null : Math.floor(fields.inputTokens / 2),
      startedAt: NOW - ago,
      durationMs: (fields.ttftMs ?? 0) + extraMs,
    }),
  ),
);

const zones = ['UTC', 'Europe/Berlin', 'Asia/Kolkata', 'America/Santiago'] as const;

test('sums are exact: whatever is asked of them is what a recount of all calls gives', () => {
  const query = fc.record({
    from: fc.integer({ min: 0, max: 11 * DAY }).map((ago) => NOW - ago),
    length: fc.integer({ min: 1, max: 11 * DAY }),
    grain: fc.constantFrom<UsageGrain>('hour', 'day', 'week', 'month', 'total'),
    timeZone: fc.constantFrom(...zones),
    by: fc.constantFrom('', 'model', 'account,model', 'project'),
    filter: fc.constantFrom({}, { model: 'gpt-5.5' }, { status: 'error' }),
  });
  fc.assert(
    fc.property(calls, fc.nat(10), fc.integer({ min: 1, max: 2 }), query, (history, older, times, asked) => {
      const { db, catchUp } = ledgerOf(history, { older: Math.min(older, history.length), times });
      catchUp();
      const { from, length, grain, timeZone, by, filter } = asked;
      const parsed = usageQuerySchema.parse({ from, to: from + length, grain, timeZone, by, ...filter });
      const answer = readUsage(db, parsed, { now: NOW, timeZone: 'UTC' });
      const groups = Object.fromEntries(
        answer.groups.map(({ key, ...rest }) => [parsed.by.map((dimension) => key[dimension] ?? '').join('\0'), rest]),
      );
      expect({ totals: answer.totals, series: answer.series, groups, uncounted: answer.uncounted }).toEqual({
        ...recount(history, parsed, timeZone),
        uncounted: 0,
      });
      db.close();
    }),
    { numRuns: 120 },
  );
});

test('minutes that are not kept any more are read from the calls themselves', () => {
  const history = [0, 1, 2].map((index) => served(`call_${index}`, { startedAt: NOW - 5 * DAY + index * 20_000 }));
  const { db, catchUp } = ledgerOf(history);
  catchUp();
  const kept = db.prepare('SELECT count(*) FROM rollups WHERE grain = 60000').pluck().get();
  const from = NOW - 5 * DAY + 10_000;
  expect([kept, usage(db, { from, to: from + MINUTE, grain: 'minute' }).totals.calls]).toEqual([0, 2]);
});

test('calls that a stop interrupted are counted as such, and once', () => {
  const { db, drained } = ledgerOf([]);
  drained([begun('call_1', { startedAt: NOW - HOUR })], true);
  drained([], true);
  const { totals, groups } = usage(db, { by: 'status' });
  expect([totals.calls, groups.map(({ key }) => key)]).toEqual([1, [{ status: 'interrupted' }]]);
});

test('calls from before are counted in slices that hold nothing up, and until then it is said how many are not', () => {
  const history = Array.from({ length: 2_500 }, (_, index) =>
    served(`call_${index}`, { startedAt: NOW - HOUR - index }),
  );
  const { db, drained } = ledgerOf(history, { older: 2_400 });
  const before = usage(db, {});
  const drain = drained([]);
  const steps: [number, number][] = [];
  while (drain.idle()) {
    const { totals, uncounted } = usage(db, {});
    steps.push([totals.calls, uncounted]);
  }
  expect([before.totals.calls, before.uncounted, steps.slice(0, 4)]).toEqual([
    100,
    2_400,
    [
      [1_100, 1_400],
      [2_100, 400],
      [2_500, 0],
      [2_500, 0],
    ],
  ]);
});

test('unknown usage is counted apart and never as 0, and the window before is compared', () => {
  const call = (id: string, fields: Partial<CallRecord>) => served(id, { startedAt: NOW - HOUR, ...fields });
  const unknown = { inputTokens: null, cachedTokens: null, outputTokens: null, costMicroUsd: null };
  const { db } = ledgerOf([
    call('a', { inputTokens: 100, cachedTokens: 50, outputTokens: 10, costMicroUsd: 40, spentMicroUsd: 10 }),
    call('b', unknown),
    call('c', { ...unknown, status: 'error', ttftMs: null }),
    call('d', { startedAt: NOW - DAY - HOUR }),
  ]);
  const { totals, previous, names } = usage(db, { compare: 'previous', by: 'account' });
  expect({ ...totals, previous: previous?.calls, names }).toMatchObject({
    calls: 3,
    errors: 1,
    errorRate: 1 / 3,
    unknownUsage: 1,
    unknownCost: 1,
    inputTokens: 100,
    cacheShare: 0.5,
    costMicroUsd: 40,
    spentMicroUsd: 10,
    savedMicroUsd: 30,
    previous: 1,
    names: { acc_1: 'Zoë’s login' },
  });
});

describe('a window', () => {
  test('is cut into pieces that cover it once, in order, each in whole spans of its grain', () => {
    const start = fc.integer({ min: NOW - 40 * DAY, max: NOW });
    fc.assert(
      fc.property(start, fc.integer({ min: 0, max: 40 * DAY }), (from, length) => {
        const to = from + length;
        const pieces = piecesOf(from, to, NOW - 3 * DAY);
        let at = from;
        for (const piece of pieces) {
          expect(piece.from).toBe(at);
          expect(piece.to).toBeGreaterThan(piece.from);
          if (piece.grain !== null) expect([piece.from % piece.grain, piece.to % piece.grain]).toEqual([0, 0]);
          if (piece.grain === MINUTE) expect(piece.from).toBeGreaterThanOrEqual(NOW - 3 * DAY);
          at = piece.to;
        }
        expect(at).toBe(to);
      }),
    );
  });

  test('has its points where the person’s calendar has them', () => {
    const iso = (points: readonly number[]) => points.map((at) => new Date(at).toISOString().slice(5, 16));
    const from = Date.UTC(2026, 9, 24, 10, 20);
    const to = Date.UTC(2026, 9, 27, 0);
    expect([
      iso(pointsOf(from, to, 'day', 'Europe/Berlin')),
      iso(pointsOf(from, from + 2 * HOUR, 'hour', 'Asia/Kolkata')),
      iso(pointsOf(from, to, 'total', 'UTC')),
      iso(pointsOf(from, to, 'month', 'UTC')),
    ]).toEqual([
      ['10-24T10:20', '10-24T22:00', '10-25T23:00', '10-26T23:00'],
      ['10-24T10:20', '10-24T10:30', '10-24T11:30'],
      ['10-24T10:20'],
      ['10-24T10:20'],
    ]);
  });
});

test('percentiles from bins are within 4.5 % of the real ones, and bins add up in any order', () => {
  const durations = fc.array(fc.double({ min: 1.1, max: 3_000_000, noNaN: true }), { minLength: 1, maxLength: 60 });
  fc.assert(
    fc.property(durations, fc.constantFrom(0.5, 0.9, 0.99), fc.nat(), (values, share, split) => {
      const one = new Map<number, number>();
      const other = new Map<number, number>();
      for (const [index, value] of values.entries())
        addBins(index % (split + 1) === 0 ? one : other, new Map([[binOf(value), 1]]));
      const text = [writeBins(one), writeBins(other)].filter((each) => each !== '').join(' ');
      const sorted = values.toSorted((a, b) => a - b);
      const real = sorted[Math.max(1, Math.ceil(share * sorted.length)) - 1]!;
      const read = percentile(readBins(text), share)!;
      expect(Math.abs(read / real - 1)).toBeLessThan(0.0455);
    }),
  );
  expect(percentile(new Map(), 0.5)).toBeNull();
});

test('the names of accounts and keys are found without looking through calls, the newest name of each', () => {
  const { db } = ledgerOf([
    served('call_1', { startedAt: NOW - 3, accountLabel: 'old', keyName: 'first' }),
    served('call_2', { startedAt: NOW - 2, accountLabel: 'new', keyName: 'second' }),
    served('call_3', { startedAt: NOW - 1, accountId: null, accountLabel: null, keyName: 'second' }),
  ]);
  const statements: string[] = [];
  const watched = new Proxy(db, {
    get: (target, name) =>
      name === 'prepare'
        ? (sql: string) => {
            statements.push(sql);
            return target.prepare(sql);
          }
        : Reflect.get(target, name, target),
  });
  expect(usage(watched, { by: 'account,key' }).names).toEqual({ acc_1: 'new', key_1: 'second' });
  const ofNames = statements.filter((sql) => sql.includes('account_label') && sql.includes('max('));
  expect([ofNames.length, ofNames.every((sql) => /FROM call_facets\b/.test(sql) && !/FROM calls\b/.test(sql))]).toEqual(
    [1, true],
  );
});

describe('groups of a long answer', () => {
  const ledger = () =>
    ledgerOf(
      ['a', 'b', 'b', 'c'].map((modelRan, index) =>
        served(`call_${index}`, { modelRan, startedAt: NOW - HOUR, costMicroUsd: modelRan === 'c' ? 900 : 5 }),
      ),
    ).db;

  test('come in the order that is asked for, and as many as are asked for with their series', () => {
    const db = ledger();
    const shown = (query: object) =>
      usage(db, { by: 'model', grain: 'hour', from: NOW - DAY, ...query }).groups.map(({ key, series }) => [
        key.model,
        series.length,
      ]);
    expect([shown({}), shown({ order: 'cost', series: 1 }), shown({ order: 'errorRate', series: 0 })]).toEqual([
      [
        ['b', 24],
        ['a', 24],
        ['c', 24],
      ],
      [
        ['c', 24],
        ['b', 0],
        ['a', 0],
      ],
      [
        ['a', 0],
        ['b', 0],
        ['c', 0],
      ],
    ]);
  });

  test('are refused where their series would be too many points, and the sentence says what to do', () => {
    const db = ledgerOf(
      Array.from({ length: 40 }, (_, index) =>
        served(`call_${index}`, { modelRan: `model-${index}`, startedAt: NOW - 2 * HOUR }),
      ),
    ).db;
    const query = { by: 'model', grain: 'minute', from: NOW - DAY };
    expect(() => usage(db, { ...query, series: 100 })).toThrow(
      expect.objectContaining({
        code: 'invalid_value',
        param: 'series',
        message:
          'The answer would have 57,600 points in the series of its groups, and 50,000 are the most. Take longer steps, a shorter window, or fewer groups with "series".',
      }),
    );
    expect(usage(db, query).groups.filter(({ series }) => series.length > 0)).toHaveLength(8);
  });
});
