import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Affinity, createAffinity } from '../../../src-main/routing/affinity.ts';
import { createManualTime, type ManualTime } from '../../support/manual-timers.ts';
import { createMemoryDatabase } from '../../support/memory-database.ts';

const HOUR = 3_600_000;
const startAt = 1_800_000_000_000;
const plain = { mixed: false, compacted: false };

let database: ReturnType<typeof createMemoryDatabase>;
let time: ManualTime;
let refusing: boolean;
const failures: unknown[] = [];
beforeEach(() => {
  database = createMemoryDatabase();
  time = createManualTime(startAt);
  refusing = false;
  failures.length = 0;
});
afterEach(() => database.close());

const create = (keepMs = 24 * HOUR): Affinity =>
  createAffinity({
    database: {
      all: database.all,
      run: (statements) => (refusing ? Promise.reject(new Error('locked')) : database.run(statements)),
    },
    clock: time.clock,
    timers: time.timers,
    keepMs: () => keepMs,
    storageFailed: (error) => void failures.push(error),
  });

/** Another process on the same table. */
const restart = async (stopped: Affinity, keepMs?: number): Promise<Affinity> => {
  await stopped.stop();
  const next = create(keepMs);
  await next.load();
  return next;
};
const storedIds = async () =>
  (await database.all('SELECT conversation_id AS id FROM affinities ORDER BY id')).map(({ id }) => id);

describe('a tie', () => {
  test('tells the account, since when, how much of it is cached and how many answers it gave', () => {
    const affinity = create();
    affinity.bind('c', 'a', plain);
    time.advance(1_000);
    affinity.bind('c', 'a', plain);
    affinity.cached('c', 'a', 2_048);
    expect([affinity.tie('c'), affinity.tie('d')]).toEqual([
      { accountId: 'a', tiedAt: startAt, usedAt: startAt + 1_000, cachedTokens: 2_048, turns: 2, ...plain },
      null,
    ]);
  });

  test('moves with the account that answers, and from then on may hold state of both', () => {
    const affinity = create();
    affinity.bind('c', 'a', plain);
    affinity.cached('c', 'a', 2_048);
    time.advance(1_000);
    affinity.bind('c', 'b', plain);
    // A call that began before the move has no say any more.
    affinity.cached('c', 'a', 4_096);
    const moved = { accountId: 'b', tiedAt: startAt + 1_000, usedAt: startAt + 1_000, cachedTokens: null, turns: 1 };
    expect(affinity.tie('c')).toEqual({ ...moved, mixed: true, compacted: false });
    affinity.bind('c', 'b', plain);
    expect(affinity.tie('c')).toEqual({ ...moved, turns: 2, mixed: true, compacted: false });
  });

  test('that only says where to begin is no answer of that account, and is not moved by a second beginning', () => {
    const affinity = create();
    affinity.begin('c', 'a');
    affinity.begin('c', 'b');
    const begun = { accountId: 'a', tiedAt: startAt, usedAt: startAt, cachedTokens: null, turns: 0, ...plain };
    expect(affinity.tie('c')).toEqual(begun);
    affinity.bind('c', 'b', plain);
    expect(affinity.tie('c')).toEqual({ ...begun, accountId: 'b', turns: 1 });
  });

  test('counts nothing as cached an hour after its last use', () => {
    const affinity = create();
    affinity.bind('c', 'a', plain);
    affinity.cached('c', 'a', 2_048);
    time.advance(HOUR);
    expect(affinity.tie('c')?.cachedTokens).toBe(2_048);
    time.advance(1);
    expect(affinity.tie('c')?.cachedTokens).toBe(0);
    affinity.bind('c', 'a', plain);
    expect(affinity.tie('c')?.cachedTokens).toBe(0);
  });

  test('ends when it was not used for as long as the setting says', async () => {
    const affinity = create(2 * HOUR);
    affinity.bind('c', 'a', { mixed: true, compacted: true });
    time.advance(2 * HOUR);
    expect(affinity.tie('c')?.accountId).toBe('a');
    time.advance(1);
    expect([affinity.tie('c'), affinity.list({ limit: 9 }).ties]).toEqual([null, []]);
    affinity.bind('d', 'b', plain);
    await affinity.stop();
    expect(await storedIds()).toEqual(['d']);
    affinity.bind('c', 'b', plain);
    expect(affinity.tie('c')).toMatchObject({ turns: 1, ...plain });
  });

  test('remembers state that cannot be left out, however it came', () => {
    const affinity = create();
    affinity.compacted('c');
    affinity.bind('c', 'a', plain);
    affinity.compacted('c');
    affinity.bind('c', 'a', plain);
    affinity.bind('d', 'a', { mixed: false, compacted: true });
    affinity.bind('d', 'a', plain);
    expect([affinity.tie('c')?.compacted, affinity.tie('d')?.compacted]).toEqual([true, true]);
  });

  test('can be let go, one or all', async () => {
    const affinity = create();
    for (const id of ['c', 'd', 'e']) affinity.bind(id, 'a', plain);
    expect([affinity.release('c'), affinity.release('c'), affinity.tie('c')]).toEqual([true, false, null]);
    expect([affinity.releaseAll(), affinity.tie('d')]).toEqual([2, null]);
    await affinity.stop();
    expect(await storedIds()).toEqual([]);
  });
});

describe('after a restart', () => {
  test('every tie is as it was, also one written, changed and let go again', async () => {
    const affinity = create();
    affinity.bind('c', 'a', { mixed: true, compacted: false });
    affinity.cached('c', 'a', 2_048);
    affinity.begin('d', 'b');
    time.advance(1_000);
    await Promise.resolve();
    affinity.bind('c', 'a', { mixed: false, compacted: true });
    affinity.bind('e', 'a', plain);
    affinity.release('e');
    const before = affinity.list({ limit: 9 });
    const next = await restart(affinity);
    expect(next.list({ limit: 9 })).toEqual(before);
    expect(before.ties.map(([id]) => id)).toEqual(['c', 'd']);
  });

  test('what is too old is neither known nor kept', async () => {
    const affinity = create();
    affinity.bind('old', 'a', plain);
    time.advance(HOUR);
    affinity.bind('new', 'a', plain);
    time.advance(HOUR - 1);
    const next = await restart(affinity, HOUR);
    expect(next.list({ limit: 9 }).ties.map(([id]) => id)).toEqual(['new']);
    next.bind('newer', 'a', plain);
    await next.stop();
    expect(await storedIds()).toEqual(['new', 'newer']);
  });

  test('a crash costs what was tied in the last second', async () => {
    const affinity = create();
    affinity.bind('c', 'a', plain);
    time.advance(1_000);
    await Promise.resolve();
    affinity.bind('d', 'a', plain);
    const next = create();
    await next.load();
    expect([next.tie('c')?.accountId, next.tie('d')]).toEqual(['a', null]);
  });

  test('what the database refused is there nevertheless once it takes something again', async () => {
    const affinity = create();
    affinity.bind('c', 'a', plain);
    affinity.bind('gone', 'a', plain);
    refusing = true;
    time.advance(1_000);
    await new Promise(setImmediate);
    affinity.bind('c', 'b', plain);
    affinity.release('gone');
    refusing = false;
    time.advance(1_000);
    await new Promise(setImmediate);
    expect([failures.length, await storedIds()]).toEqual([1, ['c']]);
    const next = await restart(affinity);
    expect(next.tie('c')?.accountId).toBe('b');
  });

  test('turn states are forgotten, as a turn is over then', async () => {
    const affinity = create();
    affinity.tieTurnState('ts', 'a');
    expect(affinity.turnStateOwner('ts')).toBe('a');
    expect((await restart(affinity)).turnStateOwner('ts')).toBe(null);
  });
});

test('at most 20,000 conversations are kept, in memory and in the table: those used longest ago go', async () => {
  const affinity = create();
  for (let index = 0; index < 20_002; index += 1) affinity.bind(`c${index}`, 'a', plain);
  affinity.bind('c2', 'a', plain);
  affinity.bind('more', 'a', plain);
  await affinity.stop();
  const ids = new Set(await storedIds());
  expect([ids.size, ids.has('c0'), ids.has('c1'), ids.has('c2'), ids.has('c3'), ids.has('more')]).toEqual([
    20_000,
    false,
    false,
    true,
    false,
    true,
  ]);
  expect(affinity.tie('c3')).toBe(null);
});

test('paging through ties gives each of them once, the most recently used first', () => {
  fc.assert(
    fc.property(
      fc.array(
        fc.record({
          id: fc.integer({ min: 0, max: 30 }),
          account: fc.constantFrom('a', 'b'),
          after: fc.integer({ min: 0, max: 2 }),
        }),
        {
          maxLength: 60,
        },
      ),
      fc.integer({ min: 1, max: 7 }),
      fc.constantFrom(undefined, 'a'),
      (uses, limit, accountId) => {
        time = createManualTime(startAt);
        const affinity = create();
        for (const { id, account, after } of uses) {
          time.advance(after);
          affinity.bind(`conv_${id}`, account, plain);
        }
        const wanted = accountId === undefined ? {} : { accountId };
        const whole = affinity.list({ limit: 500, ...wanted });
        const paged: unknown[] = [];
        let cursor: string | undefined;
        do {
          const page = affinity.list({ limit, ...wanted, ...(cursor === undefined ? {} : { cursor }) });
          expect(page.ties.length).toBeLessThanOrEqual(limit);
          paged.push(...page.ties);
          cursor = page.nextCursor ?? undefined;
        } while (cursor !== undefined);
        expect(paged).toEqual(whole.ties);
        const used = whole.ties.map(([, { usedAt }]) => usedAt);
        expect(used).toEqual([...used].sort((a, b) => b - a));
        const ids = new Set(uses.map(({ id }) => id));
        if (accountId === undefined) expect(whole.ties.length).toBe(ids.size);
        else expect(whole.ties.every(([, tie]) => tie.accountId === accountId)).toBe(true);
      },
    ),
  );
});
