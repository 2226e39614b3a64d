import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { afterEach, beforeEach, expect, it, onTestFinished, vi } from 'vitest';
import type { RawBodies } from '../../../src-main/ledger/bodies.ts';
import { createWriteLoop } from '../../../src-main/ledger/write-loop.ts';
import { tempFolder } from './temp-folder.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const insert = (value: unknown) => ({ sql: 'INSERT INTO t VALUES (?)', params: [value as string] });
const body = { head: Buffer.from('{}') };
const bodies = { callId: 'call_1', request: { body }, sent: [], answer: { body } } as unknown as RawBodies;

/** A loop on a database on the disk, and everything that it does, in order. `calls`: how many steps the journal takes. */
function scene({ calls = 0, idle = 0, refuseBodies = false } = {}) {
  const path = join(tempFolder(), 'relay.db');
  const db = new Sqlite(path, { timeout: 0 });
  db.exec('CREATE TABLE t (value TEXT NOT NULL)');
  const other = new Sqlite(path, { timeout: 0 });
  onTestFinished(() => {
    other.close();
    db.close();
  });
  const done: string[] = [];
  let left = calls;
  let resting = idle;
  const loop = createWriteLoop({
    db,
    drain: {
      step() {
        if (left === 0) return false;
        left -= 1;
        done.push('calls');
        return true;
      },
      idle() {
        if (resting === 0) return false;
        resting -= 1;
        done.push('idle');
        return true;
      },
      position: () => ({ file: 1, offset: calls - left }),
      damagedLines: () => 0,
      extend: () => undefined,
      finish: () => undefined,
    },
    keepBodies() {
      done.push('bodies');
      if (refuseBodies) throw new Error('full');
    },
    send(message) {
      if (message.type === 'committed') done.push(`committed ${message.position.offset}`);
      else if (message.type === 'ran') done.push(`ran ${message.id}: ${message.failure}`);
      else if (message.type === 'bodies') done.push(`bodies kept: ${message.kept}`);
      else if (message.type === 'stuck') done.push(`stuck, busy: ${message.busy}`);
    },
    onStarted: () => void (done.at(-1) !== 'started' && done.push('started')),
    sync: () => void done.push('sync'),
    syncLater: () => void done.push('sync later'),
    onFinished: () => void done.push('finished'),
  });
  return { loop, other, done, rows: () => db.prepare('SELECT value FROM t').pluck().all() };
}

it('a change of another room is on the disk itself before anyone is told, and comes before calls', () => {
  const { loop, done, rows } = scene({ calls: 2 });
  loop.run(1, [insert('a'), insert('b')]);
  vi.runAllTimers();
  expect([done, rows()]).toEqual([
    ['sync', 'ran 1: null', 'calls', 'sync later', 'committed 1', 'calls', 'sync later', 'committed 2', 'started'],
    ['a', 'b'],
  ]);
});

it('a change that is refused changes nothing, and the next one is made', () => {
  const { loop, done, rows } = scene();
  loop.run(1, [insert('a'), insert(null)]);
  loop.run(2, [insert('b')]);
  vi.runAllTimers();
  expect([done.filter((what) => what !== 'started'), rows()]).toEqual([
    ['ran 1: NOT NULL constraint failed: t.value', 'sync', 'ran 2: null'],
    ['b'],
  ]);
});

it('under another program’s lock it says so once, tries again, and says when it is through', () => {
  const { loop, other, done, rows } = scene();
  other.exec('BEGIN IMMEDIATE');
  loop.run(1, [insert('a')]);
  vi.advanceTimersByTime(1_000);
  const waiting = [...done];
  other.exec('ROLLBACK');
  vi.runAllTimers();
  expect([waiting, done.slice(waiting.length), rows()]).toEqual([
    ['stuck, busy: true', 'started'],
    ['sync', 'ran 1: null', 'committed 0', 'started'],
    ['a'],
  ]);
});

it('after about ten seconds under a lock a change is given up', () => {
  const { loop, other, done, rows } = scene();
  other.exec('BEGIN IMMEDIATE');
  loop.run(1, [insert('a')]);
  vi.advanceTimersByTime(9_000);
  const soon = done.some((what) => what.startsWith('ran'));
  vi.advanceTimersByTime(3_000);
  other.exec('ROLLBACK');
  expect([soon, done.filter((what) => what.startsWith('ran')), rows()]).toEqual([
    false,
    ['ran 1: database is locked'],
    [],
  ]);
});

it.each([
  [false, 'bodies kept: true'],
  [true, 'bodies kept: false'],
])('bodies are kept after all calls, then comes what can wait (refused: %s)', (refuseBodies, told) => {
  const { loop, done } = scene({ calls: 1, idle: 1, refuseBodies });
  loop.keep(bodies);
  vi.runAllTimers();
  expect(done).toEqual(['calls', 'sync later', 'committed 1', 'started', 'bodies', told, 'started', 'idle', 'started']);
});

it('at the end everything that is there is done, but for what can wait', () => {
  const { loop, done } = scene({ calls: 1, idle: 9 });
  loop.finish();
  vi.runAllTimers();
  expect(done).toEqual(['calls', 'sync later', 'committed 1', 'started', 'finished']);
});
