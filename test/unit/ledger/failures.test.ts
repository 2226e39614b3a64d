import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createCallStore } from '../../../src-main/ledger/call-store.ts';
import { readFailures } from '../../../src-main/ledger/failures/failure-query.ts';
import { causeName, failuresOf } from '../../../src-main/ledger/failures/failures-of.ts';
import type { Attempt, CallRecord } from '../../../src-shared/contract/call.ts';
import { type FailureList, failureQuerySchema } from '../../../src-shared/contract/failure.ts';
import { anyCall } from './any-call.ts';
import { freshDatabase } from './fresh-database.ts';
import { begun, served } from './sample-call.ts';

const [good] = served('call_0').attempts;
const attempt = (fields: Partial<Attempt>): Attempt => ({
  ...good!,
  outcome: 'failed',
  httpStatus: null,
  firstByteMs: null,
  ...fields,
});
const failed = (fields: Partial<CallRecord>): CallRecord => begun('call_1', { status: 'error', ...fields });
const phases = (call: CallRecord) => failuresOf(call).map(({ cause, seen }) => [cause.phase, cause.code, seen]);

test('the phase of a failure says how far it had come', () => {
  const code = 'upstream_timeout';
  expect([
    phases(failed({ errorCode: 'rate_limit_exceeded' })),
    phases(failed({ errorCode: 'no_available_accounts', attempts: [attempt({ errorCode: code })] })),
    phases(failed({ errorCode: code, attempts: [attempt({ errorCode: code })] })),
    phases(
      failed({
        attempts: [attempt({ errorCode: 'upstream_connection_error' })],
        errorCode: 'upstream_connection_error',
      }),
    ),
    phases(failed({ attempts: [attempt({ errorCode: 'x', httpStatus: 429, firstByteMs: 5 })], errorCode: 'x' })),
    phases(failed({ attempts: [attempt({ errorCode: code, httpStatus: 200, firstByteMs: 5 })], errorCode: code })),
    phases(failed({ attempts: [attempt({ errorCode: code, firstByteMs: 5 })], errorCode: code, ttftMs: 9 })),
    phases(failed({ status: 'interrupted' })),
  ]).toEqual([
    [['admission', 'rate_limit_exceeded', true]],
    [
      ['wait', code, false],
      ['routing', 'no_available_accounts', true],
    ],
    [['wait', code, true]],
    [['connect', 'upstream_connection_error', true]],
    [['answer', 'x', true]],
    [['first-output', code, true]],
    [['stream', code, true]],
    [['relay', 'interrupted', true]],
  ]);
});

test('failed attempts that another one made good were not seen, and calls that went well or were given up failed nobody', () => {
  const attempts = [
    attempt({ errorCode: 'a' }),
    attempt({ errorCode: 'b', outcome: 'continued', firstByteMs: 1 }),
    good!,
  ];
  expect([phases(served('call_1', { attempts })), phases(begun('call_1', { status: 'cancelled' }))]).toEqual([
    [
      ['wait', 'a', false],
      ['stream', 'b', false],
    ],
    [],
  ]);
});

test('a cause is the same whichever account, key and model met it', () => {
  const of = (call: CallRecord) => failuresOf(call).map(({ cause }) => causeName(cause));
  const one = failed({ attempts: [attempt({ errorCode: 'x' })], errorCode: 'x' });
  const other = {
    ...one,
    keyId: 'key_9',
    modelAsked: 'gpt-9',
    attempts: [attempt({ errorCode: 'x', accountId: 'acc_9', accountLabel: 'nine' })],
  };
  const differs = { ...one, attempts: [attempt({ errorCode: 'x', upstream: 'openai' })] };
  expect([of(other), of(differs).includes(of(one)[0]!)]).toEqual([of(one), false]);
});

const tally = (ids: readonly (string | null)[]): Record<string, number> => {
  const counts: Record<string, number> = {};
  for (const id of ids) if (id !== null) counts[id] = (counts[id] ?? 0) + 1;
  return counts;
};

/** The plain way: every call looked at. */
function recount(calls: readonly CallRecord[], from: number, to: number, keyId: string | undefined) {
  const met = calls
    .filter(({ status, startedAt }) => status !== 'inflight' && startedAt >= from && startedAt < to)
    .filter((call) => keyId === undefined || call.keyId === keyId)
    .flatMap((call) => failuresOf(call).map((failure) => ({ ...failure, call })));
  const groups = Map.groupBy(met, ({ cause }) => causeName(cause));
  return Object.fromEntries(
    [...groups].map(([id, own]) => [
      id,
      {
        ...own[0]!.cause,
        seen: own.filter(({ seen }) => seen).length,
        absorbed: own.filter(({ seen }) => !seen).length,
        firstAt: Math.min(...own.map(({ call }) => call.startedAt)),
        lastAt: Math.max(...own.map(({ call }) => call.startedAt)),
        keys: tally(own.map(({ call }) => call.keyId)),
        accounts: tally(own.map(({ accountId }) => accountId)),
        models: tally(own.map(({ call }) => call.modelRan ?? call.modelAsked)),
        callIds: [...new Set(own.toSorted((a, b) => compare(b.call, a.call)).map(({ call }) => call.id))].slice(0, 5),
        series: Array.from({ length: to - from }, (_, index) => {
          const then = own.filter(({ call }) => call.startedAt === from + index);
          const seen = then.filter((one) => one.seen).length;
          return { at: from + index, seen, absorbed: then.length - seen };
        }),
      },
    ]),
  );
}

const compare = (a: CallRecord, b: CallRecord): number => a.startedAt - b.startedAt || (a.id < b.id ? -1 : 1);
const counts = (some: FailureList['errors'][number]['keys']) =>
  Object.fromEntries(some.map(({ id, count }) => [id, count]));

const someCalls = fc
  .integer({ min: 0, max: 15 })
  .chain((count) => fc.tuple(...Array.from({ length: count }, (_, n) => anyCall(`call_${n}`))));

test('failures by cause are exact: what a recount of all calls gives, however often and in which order they were stored', () => {
  const window = fc.record({
    from: fc.nat(5),
    length: fc.integer({ min: 1, max: 6 }),
    keyId: fc.constantFrom(undefined, 'key_1'),
  });
  fc.assert(
    fc.property(someCalls, fc.nat(15), fc.nat(15), window, (calls, older, again, { from, length, keyId }) => {
      const db = freshDatabase();
      const early = createCallStore(db);
      for (const call of calls.slice(0, older)) early.put(call);
      early.write();
      // As a database from before: rows, and no failures of them.
      db.exec('UPDATE calls SET facets = NULL; DELETE FROM failures; DELETE FROM causes; DELETE FROM call_facets');
      db.exec('UPDATE facets_backlog SET last_row = (SELECT coalesce(max(rowid), 0) FROM calls)');
      const store = createCallStore(db);
      for (const call of [...calls.slice(older), ...calls.slice(0, again)]) store.put(call);
      while (store.waiting('facets') > 0) store.catchUp('facets', Math.max(0, store.waiting('facets') - 2));
      store.write();
      const query = failureQuerySchema.parse({
        from,
        to: from + length,
        points: length,
        limit: 200,
        ...(keyId === undefined ? {} : { keyId }),
      });
      const list = readFailures(db, query, 99);
      const expected = recount(calls, from, from + length, keyId);
      const found = list.errors.map(({ id, reason: _, keys, accounts, models, ...rest }) => [
        id,
        { ...rest, keys: counts(keys), accounts: counts(accounts), models: counts(models) },
      ]);
      expect(Object.fromEntries(found)).toEqual(expected);
      const all = Object.values(expected);
      expect([list.causes, list.seen, list.absorbed, list.uncounted]).toEqual([
        all.length,
        all.reduce((sum, { seen }) => sum + seen, 0),
        all.reduce((sum, { absorbed }) => sum + absorbed, 0),
        0,
      ]);
      db.close();
    }),
    { numRuns: 150 },
  );
});

test('every error says what the newest one said, and names keys and accounts as people do', () => {
  const db = freshDatabase();
  const store = createCallStore(db);
  const at = (id: string, startedAt: number, reason: string) =>
    store.put(
      failed({
        id,
        startedAt,
        errorCode: 'x',
        accountId: 'acc_1',
        accountLabel: 'Zoë’s login',
        attempts: [attempt({ errorCode: 'x', reason })],
      }),
    );
  at('call_1', 10, 'It said no.');
  at('call_2', 20, 'It said no again.');
  const [error] = readFailures(db, failureQuerySchema.parse({ from: 0, to: 30 }), 30).errors;
  expect([error?.reason, error?.callIds, error?.keys, error?.accounts]).toEqual([
    'It said no again.',
    ['call_2', 'call_1'],
    [{ id: 'key_1', name: 'laptop', count: 2 }],
    [{ id: 'acc_1', name: 'Zoë’s login', count: 2 }],
  ]);
});

test('failures go with their call', () => {
  const db = freshDatabase();
  createCallStore(db).put(failed({ errorCode: 'x' }));
  db.exec("DELETE FROM calls WHERE id = 'call_1'");
  expect(readFailures(db, failureQuerySchema.parse({ from: 0 }), 2e12)).toMatchObject({ causes: 0, errors: [] });
});

test('a window of errors reads the places of its causes, and no failure outside of it', () => {
  const db = freshDatabase();
  const plan = db
    .prepare<[], { detail: string }>(
      `EXPLAIN QUERY PLAN SELECT f.cause, count(*) FROM failures f
  WHERE f.cause IN (SELECT value FROM json_each('[1]')) AND f.at >= 1 AND f.at < 2 GROUP BY f.cause`,
    )
    .all()
    .map(({ detail }) => detail);
  expect(plan[0]).toBe('SEARCH f USING PRIMARY KEY (cause=? AND at>? AND at<?)');
});
