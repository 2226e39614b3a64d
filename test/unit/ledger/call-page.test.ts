import type Sqlite from 'better-sqlite3';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createCallStore } from '../../../src-main/ledger/call-store.ts';
import { compareCalls } from '../../../src-main/ledger/search/call-cursor.ts';
import { matchesQuery } from '../../../src-main/ledger/search/call-filter.ts';
import { mergePage, selectCall } from '../../../src-main/ledger/search/call-page.ts';
import { type SearchBounds, searchCalls } from '../../../src-main/ledger/search/call-search.ts';
import { readCallValues } from '../../../src-main/ledger/search/call-values.ts';
import type { CallFilter, CallQuery, CallRecord } from '../../../src-shared/contract/call.ts';
import { anyCall, someCauses } from './any-call.ts';
import { freshDatabase } from './fresh-database.ts';
import { begun, served } from './sample-call.ts';

function databaseOf(calls: readonly CallRecord[]): Sqlite.Database {
  const db = freshDatabase();
  const store = createCallStore(db);
  for (const call of calls) store.put(call);
  store.write();
  return db;
}

function allPages(
  db: Sqlite.Database,
  query: CallQuery,
  recent: readonly CallRecord[],
  bounds: SearchBounds,
): CallRecord[] {
  const found: CallRecord[] = [];
  const ids = recent.map((call) => call.id);
  let cursor: string | null = null;
  do {
    const page: CallQuery = cursor === null ? query : { ...query, cursor };
    const list = mergePage(page, searchCalls(db, page, ids, bounds), recent);
    expect(list.calls.length).toBeLessThanOrEqual(query.limit);
    // A page that is not full is the last one, or says how far it looked.
    if (list.nextCursor !== null && list.searchedTo === null) expect(list.calls.length).toBe(query.limit);
    found.push(...list.calls);
    cursor = list.nextCursor;
  } while (cursor !== null);
  return found;
}

const oneOf = <T>(...values: readonly T[]) => fc.constantFrom(...values);

/** Every filter by values that some calls have. */
const anyFilter: { readonly [Name in keyof Required<CallFilter>]: fc.Arbitrary<Required<CallFilter>[Name]> } = {
  status: oneOf('inflight', 'ok', 'error', 'cancelled', 'interrupted'),
  httpStatus: oneOf(200, 429),
  errorCode: oneOf('upstream_error', 'upstream_timeout', ''),
  accountId: oneOf('acc_1', 'acc_2', 'acc_3', ''),
  keyId: oneOf('key_1', 'key_2'),
  project: oneOf('site', ''),
  member: oneOf('ada', ''),
  client: oneOf('gpt-5', ''),
  model: oneOf('gpt-5', 'GPT-5-mini', '100%', ''),
  modelAsked: oneOf('gpt-5', '100%'),
  modelRan: oneOf('gpt-5', ''),
  endpoint: oneOf('responses', 'chat'),
  conversationId: oneOf('conv_1', 'conv_2', ''),
  stream: fc.boolean(),
  spliced: fc.boolean(),
  failedOver: fc.boolean(),
  overflow: fc.boolean(),
  from: fc.nat(7),
  to: fc.nat(7),
  minCostMicroUsd: fc.nat(5),
  maxCostMicroUsd: fc.nat(5),
  minTtftMs: fc.nat(3),
  maxTtftMs: fc.nat(3),
  minDurationMs: fc.nat(5),
  maxDurationMs: fc.nat(5),
  cause: oneOf(...someCauses),
  text: oneOf('', 'gpt', 'MINI', '%', '_', "'", '\\', 'ünï', 'Ü', 'upstream', '%%%%%%%%%%_%'),
};

/** A few filters at once: all of them together fit nothing. */
const anyQuery: fc.Arbitrary<CallQuery> = fc
  .subarray(Object.keys(anyFilter) as (keyof CallFilter)[], { maxLength: 3 })
  .chain((names) =>
    fc.record({
      limit: fc.integer({ min: 1, max: 7 }),
      ...Object.fromEntries(names.map((name) => [name, anyFilter[name]])),
    }),
  );

/** So narrow that few calls reach every way of searching. */
const anyBounds: fc.Arbitrary<SearchBounds> = fc.record({
  near: fc.integer({ min: 1, max: 30 }),
  far: fc.integer({ min: 1, max: 30 }),
  scattered: fc.integer({ min: 1, max: 30 }),
  sets: fc.constantFrom(0, 3, 100),
  batch: fc.integer({ min: 1, max: 4 }),
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
      anyBounds,
      (stored, fresh, overlap, query, bounds) => {
        // Some calls of memory are in the database too, in their older state.
        const newer = stored
          .slice(0, overlap)
          .map((call): CallRecord => ({ ...call, status: 'ok', reason: 'settled' }));
        const recent = [...newer, ...fresh];
        const db = databaseOf(stored);
        const truth = [...stored.slice(overlap), ...recent]
          .filter((call) => matchesQuery(call, query))
          .sort(compareCalls);
        expect(allPages(db, query, recent, bounds)).toEqual(truth);
        db.close();
      },
    ),
    { numRuns: 200 },
  );
});

it('SQL and TypeScript agree on which calls a query means', () => {
  fc.assert(
    fc.property(someCalls('a', 12), anyQuery, (calls, query) => {
      const db = databaseOf(calls);
      const whole = { ...query, limit: 500 };
      expect(searchCalls(db, whole, []).calls).toEqual(
        calls.filter((call) => matchesQuery(call, query)).sort(compareCalls),
      );
      db.close();
    }),
    { numRuns: 200 },
  );
});

it('a search text is taken literally: percent, underscore and backslash are no wildcards', () => {
  const calls = [begun('call_1', { modelAsked: '100%' }), begun('call_2', { modelAsked: '1000' })];
  const db = databaseOf(calls);
  expect(searchCalls(db, { limit: 10, text: '100%' }, []).calls).toEqual([calls[0]]);
  expect(searchCalls(db, { limit: 10, text: '_' }, []).calls.length).toBe(0);
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
    expect(() => searchCalls(db, { limit: 1, cursor }, [])).toThrow('This cursor is not one that Relay gave out.');
  }
});

it.each(Object.keys(anyFilter) as (keyof CallFilter)[])(
  'a filter by %s walks an index in order, near and far: it reads no table from end to end and sorts no call',
  (name) => {
    const db = databaseOf(['a', 'b', 'c'].map((id) => served(`call_${id}`)));
    const [value] = fc.sample<unknown>(anyFilter[name], { numRuns: 1, seed: 1 });
    const narrow = { near: 1, far: 2, scattered: 2, sets: 100, batch: 1 };
    const steps = [value, 'x'].flatMap((wanted) => stepsOf(db, { limit: 5, [name]: wanted }, narrow));
    expect(steps.filter((step) => /^SCAN (calls|f|failures)\b/.test(step))).toEqual([]);
    expect(steps.filter((step) => step.includes('USE TEMP B-TREE FOR ORDER BY'))).toEqual([]);
    expect(steps.some((step) => /^SEARCH calls USING INDEX calls_by_time \(/.test(step))).toBe(true);
  },
);

it('suggestions for a filter read one place of the index for each set of facets', () => {
  const db = databaseOf([]);
  const recording = recordStatements(db);
  readCallValues(recording.db, { field: 'accountId', from: 5, limit: 10 });
  const steps = recording.steps().filter((step) => /\bcalls\b/.test(step));
  expect(new Set(steps)).toEqual(
    new Set(['SEARCH calls USING COVERING INDEX calls_by_facets (facets=? AND started_at<?)']),
  );
});

it('suggests what settled calls of the window have, by its newest name, latest first, and finds it by text', () => {
  const at = (id: string, startedAt: number, fields: Partial<CallRecord>) => served(id, { startedAt, ...fields });
  const db = databaseOf([
    at('call_1', 1, { accountId: 'acc_0', accountLabel: 'too old' }),
    at('call_2', 5, { accountId: 'acc_1', accountLabel: 'old name' }),
    at('call_3', 6, { accountId: 'acc_2', accountLabel: 'other' }),
    at('call_4', 7, { accountId: 'acc_1', accountLabel: 'new name' }),
    at('call_5', 8, { accountId: null, accountLabel: null }),
    at('call_6', 9, { accountId: 'acc_9', accountLabel: 'too new' }),
    begun('call_7', { startedAt: 6, accountId: 'acc_8' }),
  ]);
  const values = (more: object) =>
    readCallValues(db, { field: 'accountId', from: 5, to: 9, limit: 10, ...more }).values;
  expect([values({}), values({ text: 'NAME' }), values({ limit: 1 }), values({ field: 'httpStatus' })]).toEqual([
    [
      { value: '', name: null, lastAt: 8 },
      { value: 'acc_1', name: 'new name', lastAt: 7 },
      { value: 'acc_2', name: 'other', lastAt: 6 },
    ],
    [{ value: 'acc_1', name: 'new name', lastAt: 7 }],
    [{ value: '', name: null, lastAt: 8 }],
    [{ value: '200', name: null, lastAt: 8 }],
  ]);
});

it('a search that finds too little in too many calls stops, says how far it looked, and goes on from there', () => {
  const calls = Array.from({ length: 9 }, (_, index) =>
    served(`call_${index}`, { startedAt: index, costMicroUsd: index }),
  );
  const db = databaseOf(calls);
  const bounds = { near: 2, far: 4, scattered: 4, sets: 100, batch: 2 };
  const page = (query: CallQuery) => mergePage(query, searchCalls(db, query, [], bounds), []);
  const query = { limit: 2, maxCostMicroUsd: 3 };
  const first = page(query);
  expect(first).toEqual({ calls: [], nextCursor: '5:call_5', searchedTo: 5 });
  expect(page({ ...query, cursor: '5:call_5' })).toEqual({
    calls: [calls[3], calls[2]],
    nextCursor: '2:call_2',
    searchedTo: null,
  });
});

it('a search of scattered calls stops in the same way, and a window includes the moment at which it begins', () => {
  const calls = Array.from({ length: 9 }, (_, index) =>
    served(`call_${index}`, { startedAt: index, costMicroUsd: index, keyId: index % 2 === 0 ? 'key_1' : 'key_2' }),
  );
  const db = databaseOf(calls);
  const bounds = { near: 1, far: 9, scattered: 2, sets: 100, batch: 1 };
  const page = (query: CallQuery) => mergePage(query, searchCalls(db, query, [], bounds), []);
  const query = { limit: 2, keyId: 'key_1', maxCostMicroUsd: 3 };
  expect(page(query)).toEqual({ calls: [], nextCursor: '6:call_6', searchedTo: 6 });
  expect(page({ ...query, cursor: '6:call_6' })).toMatchObject({ calls: [calls[2]], searchedTo: 2 });
  const newest = { limit: 5, keyId: 'key_1', from: 8 };
  expect(page(newest)).toEqual({ calls: [calls[8]], nextCursor: null, searchedTo: null });
  // The first call of a set that is not among the newest.
  expect(page({ limit: 5, keyId: 'key_2', from: 7 })).toEqual({
    calls: [calls[7]],
    nextCursor: null,
    searchedTo: null,
  });
});

it('pages stay where they are while newer calls arrive', () => {
  const old = Array.from({ length: 6 }, (_, index) => served(`call_${index}`, { startedAt: index }));
  const db = databaseOf(old);
  const store = createCallStore(db);
  const seen: string[] = [];
  let cursor: string | null = null;
  let arriving = 100;
  do {
    const query: CallQuery = { limit: 2, keyId: 'key_1', ...(cursor === null ? {} : { cursor }) };
    const list = mergePage(query, searchCalls(db, query, [], { near: 1, far: 9, scattered: 9, sets: 9, batch: 1 }), []);
    seen.push(...list.calls.map(({ id }) => id));
    cursor = list.nextCursor;
    store.put(served(`call_${arriving}`, { startedAt: arriving }));
    store.write();
    arriving += 1;
  } while (cursor !== null);
  expect(seen).toEqual(['call_5', 'call_4', 'call_3', 'call_2', 'call_1', 'call_0']);
});

/** What SQLite does for each statement of a search. */
function stepsOf(db: Sqlite.Database, query: CallQuery, bounds: SearchBounds): string[] {
  const recording = recordStatements(db);
  searchCalls(recording.db, query, [], bounds);
  return recording.steps();
}

function recordStatements(db: Sqlite.Database) {
  const statements: string[] = [];
  const recording = new Proxy(db, {
    get(target, name) {
      const value = Reflect.get(target, name, target);
      if (name !== 'prepare') return typeof value === 'function' ? value.bind(target) : value;
      return (sql: string) => {
        statements.push(sql);
        return target.prepare(sql);
      };
    },
  });
  const explain = (sql: string): string[] =>
    db
      .prepare<unknown[], { detail: string }>(`EXPLAIN QUERY PLAN ${sql}`)
      .all(...Array.from(sql.matchAll(/\?/g), () => null))
      .map(({ detail }) => detail);
  return { db: recording, steps: () => statements.flatMap(explain) };
}
