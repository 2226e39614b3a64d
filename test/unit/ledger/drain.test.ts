import { existsSync, writeFileSync } from 'node:fs';
import Sqlite from 'better-sqlite3';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createDrain } from '../../../src-main/ledger/drain.ts';
import { journalPath, leftJournals } from '../../../src-main/ledger/journal-files.ts';
import { migrations } from '../../../src-main/ledger/migrations.ts';
import { searchCalls } from '../../../src-main/ledger/search/call-search.ts';
import type { CallRecord } from '../../../src-shared/contract/call.ts';
import { freshDatabase } from './fresh-database.ts';
import { begun, interrupted, served } from './sample-call.ts';
import { tempFolder } from './temp-folder.ts';

const line = (call: CallRecord): string => `${JSON.stringify(call)}\n`;

function rowsOf(db: Sqlite.Database): Record<string, CallRecord> {
  return Object.fromEntries(searchCalls(db, { limit: 500 }, []).calls.map((call) => [call.id, call]));
}

function replay(db: Sqlite.Database, folder: string): void {
  const drain = createDrain(db, folder, leftJournals(folder), true);
  while (drain.step());
}

/** Begins and ends of a few calls, in any order that the journal can have: a call's begin before its end. */
const anyHistory: fc.Arbitrary<CallRecord[]> = fc
  .array(fc.record({ call: fc.integer({ min: 0, max: 9 }), ends: fc.boolean() }), { maxLength: 40 })
  .map((moves) => {
    const seen = new Map<number, 'begun' | 'ended'>();
    const history: CallRecord[] = [];
    for (const { call, ends } of moves) {
      const id = `call_${call}`;
      if (!seen.has(call)) {
        seen.set(call, 'begun');
        history.push(begun(id));
      } else if (ends && seen.get(call) === 'begun') {
        seen.set(call, 'ended');
        history.push(served(id, { outputTokens: history.length }));
      }
    }
    return history;
  });

it('a replay of any journal, cut anywhere and spread over any files, gives each call its last whole line, once', () => {
  const folder = tempFolder();
  fc.assert(
    fc.property(anyHistory, fc.nat(), fc.nat(), fc.boolean(), (history, cutSeed, splitSeed, twice) => {
      const bytes = Buffer.from(history.map(line).join(''));
      const cut = bytes.subarray(0, bytes.length === 0 ? 0 : bytes.length - (cutSeed % Math.min(bytes.length, 1_500)));
      const wholeLines = cut.toString('utf8').split('\n').slice(0, -1).length;
      const kept = history.slice(0, wholeLines);
      // The journal only ever rotates between lines.
      const split = kept
        .slice(0, splitSeed % (kept.length + 1))
        .reduce((sum, call) => sum + Buffer.byteLength(line(call)), 0);
      writeFileSync(journalPath(folder, 3), cut.subarray(0, split));
      writeFileSync(journalPath(folder, 12), cut.subarray(split));
      const db = freshDatabase();
      if (twice) {
        // A first replay that was killed after its commits and before it deleted anything.
        const first = createDrain(db, folder, [], false);
        first.extend([{ file: 3, size: split }]);
        while (first.step());
      }
      replay(db, folder);

      const expected: Record<string, CallRecord> = {};
      for (const call of kept) expected[call.id] = call;
      for (const call of Object.values(expected)) if (call.status === 'inflight') expected[call.id] = interrupted(call);
      expect(rowsOf(db)).toEqual(expected);
      expect(leftJournals(folder)).toEqual([]);
      db.close();
    }),
    { numRuns: 200 },
  );
});

it('one step takes 256 KiB at most, however long the journal is, and stops at a whole line', () => {
  const folder = tempFolder();
  const db = freshDatabase();
  const calls = Array.from({ length: 1_500 }, (_, index) => line(begun(`call_${index}`)));
  writeFileSync(journalPath(folder, 1), calls.join(''));
  const [file] = leftJournals(folder);
  const drain = createDrain(db, folder, file === undefined ? [] : [file], false);
  const taken: number[] = [];
  for (let from = 0; drain.step() && drain.position().file === 1; from = drain.position().offset) {
    taken.push(drain.position().offset - from);
  }
  const longest = Math.max(...calls.map((one) => Buffer.byteLength(one)));
  expect({
    steps: taken.length > 2,
    bytes: taken.slice(0, -1).every((bytes) => bytes <= 256 * 1024 && bytes > 256 * 1024 - longest),
    all: taken.reduce((sum, bytes) => sum + bytes, 0),
    rows: db.prepare('SELECT count(*) AS rows FROM calls').get(),
  }).toEqual({ steps: true, bytes: true, all: file?.size, rows: { rows: 1_500 } });
  db.close();
});

it('a call that began and ended within one chunk is stored once', () => {
  const folder = tempFolder();
  const db = freshDatabase();
  let stored = 0;
  db.function('note_stored', () => {
    stored += 1;
  });
  for (const change of ['INSERT', 'UPDATE']) {
    db.exec(`CREATE TEMP TRIGGER on_${change} AFTER ${change} ON main.calls BEGIN SELECT note_stored(); END`);
  }
  const calls = ['call_1', 'call_2', 'call_3'].map((id) => [begun(id), served(id)]);
  writeFileSync(journalPath(folder, 1), [...calls.flat(), begun('call_4')].map(line).join(''));
  const drain = createDrain(db, folder, leftJournals(folder), false);
  while (drain.step());
  expect(stored).toBe(4);
  expect(Object.keys(rowsOf(db)).sort()).toEqual(['call_1', 'call_2', 'call_3', 'call_4']);
});

it('a begin that is replayed alone changes neither a settled nor an interrupted call', () => {
  const folder = tempFolder();
  const db = freshDatabase();
  writeFileSync(journalPath(folder, 1), [begun('call_1'), served('call_1'), begun('call_2')].map(line).join(''));
  replay(db, folder);
  const begins = line(begun('call_1')) + line(begun('call_2'));
  writeFileSync(journalPath(folder, 2), begins);
  const drain = createDrain(db, folder, [], false);
  drain.extend([{ file: 2, size: Buffer.byteLength(begins) }]);
  while (drain.step());
  expect(rowsOf(db)).toEqual({ call_1: served('call_1'), call_2: interrupted(begun('call_2')) });
});

it('only calls from before the start are interrupted: one that begins later runs on', () => {
  const folder = tempFolder();
  const db = freshDatabase();
  writeFileSync(journalPath(folder, 1), line(begun('call_1')));
  const drain = createDrain(db, folder, leftJournals(folder), true);
  while (drain.step());
  const later = line(begun('call_2'));
  writeFileSync(journalPath(folder, 2), later);
  drain.extend([{ file: 2, size: Buffer.byteLength(later) }]);
  while (drain.step());
  expect(rowsOf(db)).toEqual({ call_1: interrupted(begun('call_1')), call_2: begun('call_2') });
});

it('a late end still settles a call that was taken for interrupted', () => {
  const folder = tempFolder();
  const db = freshDatabase();
  writeFileSync(journalPath(folder, 1), line(begun('call_1')));
  replay(db, folder);
  writeFileSync(journalPath(folder, 2), line(served('call_1')));
  replay(db, folder);
  expect(rowsOf(db)).toEqual({ call_1: served('call_1') });
});

it('whole lines that are no call are passed over and counted', () => {
  const folder = tempFolder();
  const db = freshDatabase();
  const { keyId: _keyId, ...half } = served('call_9');
  const lines = [
    '{"id":"call_8"}\n',
    line(served('call_1')),
    `${JSON.stringify(half)}\n`,
    '\0\0\0\n',
    '\n',
    line(served('call_2')),
  ];
  writeFileSync(journalPath(folder, 1), lines.join(''));
  const drain = createDrain(db, folder, leftJournals(folder), true);
  while (drain.step());
  expect(rowsOf(db)).toEqual({ call_1: served('call_1'), call_2: served('call_2') });
  expect(drain.damagedLines()).toBe(3);
});

it('a file is deleted once a newer one is known and all its rows are in, the last one only at the end', () => {
  const folder = tempFolder();
  const db = freshDatabase();
  const first = line(begun('call_1'));
  const second = line(served('call_1'));
  const drain = createDrain(db, folder, [], false);
  writeFileSync(journalPath(folder, 1), first);
  drain.extend([{ file: 1, size: first.length }]);
  while (drain.step());
  expect(existsSync(journalPath(folder, 1))).toBe(true);
  expect(rowsOf(db)).toEqual({ call_1: begun('call_1') });

  writeFileSync(journalPath(folder, 2), second);
  drain.extend([{ file: 2, size: Buffer.byteLength(second) }]);
  while (drain.step());
  expect([existsSync(journalPath(folder, 1)), existsSync(journalPath(folder, 2))]).toEqual([false, true]);
  expect(drain.position()).toEqual({ file: 2, offset: Buffer.byteLength(second) });
  drain.finish();
  expect(existsSync(journalPath(folder, 2))).toBe(false);
});

it('a refused transaction moves nothing, and the same rows go in later', () => {
  const folder = tempFolder();
  const path = `${folder}/relay.db`;
  const db = new Sqlite(path, { timeout: 0 });
  db.pragma('journal_mode = WAL');
  for (const sql of migrations) db.exec(sql);
  writeFileSync(journalPath(folder, 1), line(begun('call_1')) + line(served('call_1')));
  const drain = createDrain(db, folder, leftJournals(folder), true);
  const other = new Sqlite(path);
  other.exec('BEGIN IMMEDIATE');
  expect(() => drain.step()).toThrow('database is locked');
  expect(() => drain.step()).toThrow('database is locked');
  expect(drain.position()).toEqual({ file: 0, offset: 0 });
  other.exec('ROLLBACK');
  while (drain.step());
  expect(rowsOf(db)).toEqual({ call_1: served('call_1') });
  other.close();
  db.close();
});

it('a line longer than a chunk is read whole', () => {
  const folder = tempFolder();
  const db = freshDatabase();
  const long = served('call_1', { reason: 'x'.repeat(700_000) });
  writeFileSync(journalPath(folder, 1), line(begun('call_0')) + line(long) + line(served('call_2')));
  replay(db, folder);
  expect(rowsOf(db)).toEqual({ call_0: interrupted(begun('call_0')), call_1: long, call_2: served('call_2') });
});

it('the decisions of a call are stored apart from it, once however often they are replayed, and go with it', () => {
  const folder = tempFolder();
  const db = freshDatabase();
  const decided = `${JSON.stringify({ ...served('call_1'), decisions: [[1, 'a'], [2]] })}\n`;
  writeFileSync(journalPath(folder, 1), decided + line(served('call_2')));
  replay(db, folder);
  writeFileSync(journalPath(folder, 2), decided);
  replay(db, folder);
  const stored = () => db.prepare('SELECT call_id, body FROM decisions').all();
  expect(stored()).toEqual([{ call_id: 'call_1', body: '[[1,"a"],[2]]' }]);
  expect(rowsOf(db)).toEqual({ call_1: served('call_1'), call_2: served('call_2') });
  db.exec("DELETE FROM calls WHERE id = 'call_1'");
  expect(stored()).toEqual([]);
});

it('a call that was let go does not come back from a journal that a kill left, and is not counted again', () => {
  const folder = tempFolder();
  const db = freshDatabase();
  const gone = served('call_gone', { startedAt: 1_000 });
  const late = served('call_late', { startedAt: 5_000 });
  writeFileSync(
    journalPath(folder, 3),
    [begun('call_gone', { startedAt: 1_000 }), gone, begun('call_late', { startedAt: 5_000 }), late].map(line).join(''),
  );
  const upkeep = { step: () => false, isLetGo: (startedAt: number) => startedAt <= 2_000, touched: () => {} };
  const drain = createDrain(db, folder, leftJournals(folder), true, Date.now, upkeep);
  while (drain.step());
  expect(rowsOf(db)).toEqual({ call_late: late });
  expect(db.prepare('SELECT sum(calls) FROM rollups WHERE grain = 3600000').pluck().get()).toBe(1);
});

it('a transaction that breaks off in the middle adds nothing to the sums: the calls are counted once', () => {
  const folder = tempFolder();
  const db = freshDatabase();
  // The disk is full after the first call of the transaction, until it is not.
  db.exec(
    `CREATE TRIGGER full BEFORE INSERT ON calls WHEN NEW.id = 'call_2' BEGIN SELECT RAISE(ABORT, 'disk is full'); END`,
  );
  const failing = served('call_2', { status: 'error', errorCode: 'x', attempts: [] });
  writeFileSync(journalPath(folder, 1), line(served('call_1')) + line(failing));
  const drain = createDrain(db, folder, leftJournals(folder), true);
  expect(() => drain.step()).toThrow('disk is full');
  expect(() => drain.step()).toThrow('disk is full');
  db.exec('DROP TRIGGER full');
  while (drain.step());
  const count = (sql: string) => db.prepare(sql).pluck().get();
  expect([
    rowsOf(db),
    count('SELECT sum(calls) FROM rollups WHERE grain = 86400000'),
    count('SELECT count(*) FROM calls JOIN call_facets ON call_facets.id = calls.facets'),
    count('SELECT count(*) FROM failures JOIN causes ON causes.id = failures.cause'),
  ]).toEqual([{ call_1: served('call_1'), call_2: failing }, 2, 2, 1]);
});
