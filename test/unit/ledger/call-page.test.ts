import Sqlite from 'better-sqlite3';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { compareCalls, matchesQuery } from '../../../src-main/ledger/call-filter.ts';
import { mergePage, selectCall, selectCalls } from '../../../src-main/ledger/call-page.ts';
import { callParams, upsertCall } from '../../../src-main/ledger/call-row.ts';
import { migrations } from '../../../src-main/ledger/migrations.ts';
import type { CallQuery, CallRecord } from '../../../src-shared/contract/call.ts';
import { anyCall } from './any-call.ts';
import { begun, served } from './sample-call.ts';

function databaseOf(calls: readonly CallRecord[]): Sqlite.Database {
  const db = new Sqlite(':memory:');
  for (const sql of migrations) db.exec(sql);
  const upsert = db.prepare(upsertCall);
  for (const call of calls) upsert.run(...callParams(call));
  return db;
}

function allPages(db: Sqlite.Database, query: CallQuery, recent: readonly CallRecord[]): CallRecord[] {
  const found: CallRecord[] = [];
  const ids = recent.map((call) => call.id);
  let cursor: string | null = null;
  do {
    const page: CallQuery = cursor === null ? query : { ...query, cursor };
    const list = mergePage(page, selectCalls(db, page, ids), recent);
    expect(list.calls.length).toBeLessThanOrEqual(query.limit);
    expect(list.calls.length).toBe(list.nextCursor === null ? list.calls.length : query.limit);
    found.push(...list.calls);
    cursor = list.nextCursor;
  } while (cursor !== null);
  return found;
}

const maybe = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => fc.option(value, { nil: undefined });

const anyQuery: fc.Arbitrary<CallQuery> = fc.record({
  limit: fc.integer({ min: 1, max: 7 }),
  status: maybe(fc.constantFrom('inflight', 'ok', 'error', 'cancelled', 'interrupted')),
  accountId: maybe(fc.constantFrom('acc_1', 'acc_2', 'acc_3')),
  keyId: maybe(fc.constantFrom('key_1', 'key_2')),
  model: maybe(fc.constantFrom('gpt-5', 'GPT-5-mini', '100%')),
  text: maybe(fc.constantFrom('', 'gpt', 'MINI', '%', '_', "'", '\\', 'ünï', 'Ü', 'upstream', '%%%%%%%%%%_%')),
});

const someCalls = (name: string, most: number): fc.Arbitrary<CallRecord[]> =>
  fc
    .integer({ min: 0, max: most })
    .chain((count) => fc.tuple(...Array.from({ length: count }, (_, n) => anyCall(`call_${name}${n}`))));

it('pages, put together, are all matching calls in order, each once, however they are split between memory and database', () => {
  fc.assert(
    fc.property(
      someCalls('a', 20),
      someCalls('b', 6),
      fc.integer({ min: 0, max: 8 }),
      anyQuery,
      (stored, fresh, overlap, query) => {
        // Some calls of memory are in the database too, in their older state.
        const newer = stored
          .slice(0, overlap)
          .map((call): CallRecord => ({ ...call, status: 'ok', reason: 'settled' }));
        const recent = [...newer, ...fresh];
        const db = databaseOf(stored);
        const truth = [...stored.slice(overlap), ...recent]
          .filter((call) => matchesQuery(call, query))
          .sort(compareCalls);
        expect(allPages(db, query, recent)).toEqual(truth);
        db.close();
      },
    ),
    { numRuns: 300 },
  );
});

it('SQL and TypeScript agree on which calls a query means', () => {
  fc.assert(
    fc.property(someCalls('a', 12), anyQuery, (calls, query) => {
      const db = databaseOf(calls);
      const whole = { ...query, limit: 500 };
      expect(selectCalls(db, whole, [])).toEqual(calls.filter((call) => matchesQuery(call, query)).sort(compareCalls));
      db.close();
    }),
    { numRuns: 300 },
  );
});

it('a search text is taken literally: percent, underscore and backslash are no wildcards', () => {
  const calls = [begun('call_1', { modelAsked: '100%' }), begun('call_2', { modelAsked: '1000' })];
  const db = databaseOf(calls);
  expect(selectCalls(db, { limit: 10, text: '100%' }, [])).toEqual([calls[0]]);
  expect(selectCalls(db, { limit: 10, text: '_' }, []).length).toBe(0);
});

it('a call comes back from the database as it went in, and an unknown id as null', () => {
  const db = databaseOf([served('call_1'), begun('call_2')]);
  expect(selectCall(db, 'call_1')).toEqual(served('call_1'));
  expect(selectCall(db, 'call_2')).toEqual(begun('call_2'));
  expect(selectCall(db, 'call_3')).toBeNull();
});

it('a cursor that Relay did not give out is refused with a sentence', () => {
  const db = databaseOf([]);
  for (const cursor of ['', 'x', '12', '12:', '-1:call_1', '1e3:call_1', "1' OR 1=1--:x"]) {
    expect(() => selectCalls(db, { limit: 1, cursor }, [])).toThrow('This cursor is not one that Relay gave out.');
  }
});

it('the plain list, a filter by account and a filter by a failing status walk an index and sort nothing', () => {
  const db = databaseOf([]);
  const queries: CallQuery[] = [
    { limit: 50 },
    { limit: 50, cursor: '5:call_1' },
    { limit: 50, accountId: 'acc_1' },
    { limit: 50, keyId: 'key_1' },
    { limit: 50, status: 'error', cursor: '5:call_1' },
  ];
  const plans = queries.map((query) => planOf(db, query));
  expect(plans).toEqual([
    expect.stringMatching(/USING INDEX calls_by_time$/),
    expect.stringMatching(/USING INDEX calls_by_time /),
    expect.stringMatching(/USING INDEX calls_by_account /),
    expect.stringMatching(/USING INDEX calls_by_key /),
    expect.stringMatching(/USING INDEX calls_by_status /),
  ]);
});

/** What SQLite would do for the statement that `selectCalls` runs. */
function planOf(db: Sqlite.Database, query: CallQuery): string {
  let plan = '';
  const explaining = new Proxy(db, {
    get: (target, name) =>
      name === 'prepare'
        ? (sql: string) => ({
            all: (...params: unknown[]) => {
              const steps = target.prepare<unknown[], { detail: string }>(`EXPLAIN QUERY PLAN ${sql}`).all(...params);
              plan = steps.map((step) => step.detail).join('; ');
              return [];
            },
          })
        : Reflect.get(target, name),
  });
  selectCalls(explaining, query, []);
  return plan;
}
