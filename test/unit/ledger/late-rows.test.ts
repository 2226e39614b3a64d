import { expect, it } from 'vitest';
import type { Database, SqlStatement } from '../../../src-main/ledger/database.ts';
import { createLateRows } from '../../../src-main/ledger/late-rows.ts';
import { createManualTime } from '../../support/manual-timers.ts';

/** A database that takes or refuses each transaction when the test says so. */
function scene() {
  const time = createManualTime(0);
  const asked: { readonly sql: readonly string[]; take(): void; refuse(): void }[] = [];
  const written: string[][] = [];
  const failures: unknown[] = [];
  const run = (statements: readonly SqlStatement[]): Promise<void> => {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    asked.push({ sql: statements.map(({ sql }) => sql), take: resolve, refuse: () => reject(new Error('full')) });
    return promise;
  };
  const rows = createLateRows({
    database: { run } as unknown as Database,
    timers: time.timers,
    afterMs: 1_000,
    statements: (changed, gone) => [
      ...changed.map((key) => ({ sql: `save ${key}` })),
      ...gone.map((key) => ({ sql: `erase ${key}` })),
    ],
    written: (changed) => written.push([...changed]),
    failed: (error) => failures.push(error),
  });
  /** The next transaction, once it is asked for. */
  const next = async (count: number) => {
    await expect.poll(() => asked.length).toBe(count);
    return asked[count - 1]!;
  };
  return { time, rows, asked, written, failures, next };
}

it('all that has changed within a moment is one transaction, each row as it is last', async () => {
  const { time, rows, asked, written, next } = scene();
  rows.changed('a');
  rows.gone('b');
  rows.changed('b');
  rows.changed('c');
  rows.gone('c');
  rows.also({ sql: 'first' });
  time.advance(999);
  expect(asked).toEqual([]);
  time.advance(1);
  const one = await next(1);
  one.take();
  await rows.settled();
  expect([one.sql, written, time.waiting(), asked.length]).toEqual([
    ['first', 'save a', 'save b', 'erase c'],
    [['a', 'b']],
    [],
    1,
  ]);
});

it('what is refused is tried again a moment later, but where something newer has happened to a row meanwhile', async () => {
  const { time, rows, failures, written, next } = scene();
  for (const key of ['a', 'b']) rows.changed(key);
  for (const key of ['c', 'd']) rows.gone(key);
  rows.also({ sql: 'first' });
  time.advance(1_000);
  const refused = await next(1);
  rows.gone('a');
  rows.changed('c');
  refused.refuse();
  await expect.poll(() => failures.length).toBe(1);
  time.advance(1_000);
  const again = await next(2);
  again.take();
  await rows.settled();
  expect([again.sql.toSorted(), written.map((keys) => keys.toSorted())]).toEqual([
    ['erase a', 'erase d', 'first', 'save b', 'save c'],
    [['b', 'c']],
  ]);
});

it('two transactions never run at once, and after the end nothing is written any more', async () => {
  const { time, rows, asked, next } = scene();
  rows.changed('a');
  time.advance(1_000);
  const one = await next(1);
  rows.changed('b');
  const end = rows.stop();
  expect(asked.length).toBe(1);
  one.take();
  const two = await next(2);
  two.take();
  await end;
  rows.changed('c');
  time.advance(10_000);
  expect([one.sql, two.sql, asked.length, time.waiting()]).toEqual([['save a'], ['save b'], 2, []]);
});
