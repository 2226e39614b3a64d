import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { expect, it, onTestFinished, vi } from 'vitest';
import { type JournalDisk, nodeDisk } from '../../../src-main/ledger/journal-files.ts';
import { type Ledger, type LedgerOptions, openLedger } from '../../../src-main/ledger/ledger.ts';
import type { CallRecord } from '../../../src-shared/contract/call.ts';
import { begun, interrupted, served } from './sample-call.ts';
import { tempFolder } from './temp-folder.ts';

// Each opening starts two threads, which takes its time on a machine that is busy with other tests.
vi.setConfig({ testTimeout: 60_000 });

const clock = { now: () => Date.UTC(2026, 6, 1), monotonic: () => 0 };

async function open(dataDir: string, more: Partial<LedgerOptions> = {}): Promise<Ledger> {
  const ledger = await openLedger({ dataDir, clock, ...more });
  onTestFinished(() => ledger.close());
  return ledger;
}

const list = async (ledger: Ledger): Promise<CallRecord[]> => (await ledger.calls({ limit: 500 })).calls;

const storedIds = (dataDir: string): unknown[] => {
  const db = new Sqlite(join(dataDir, 'relay.db'), { readonly: true });
  try {
    return db.prepare('SELECT id FROM calls ORDER BY id').pluck().all();
  } finally {
    db.close();
  }
};

/** Resolves with the first notice that fits. */
function notice(fits: RegExp): { onNotice(sentence: string): void; came: Promise<string> } {
  const { promise, resolve } = Promise.withResolvers<string>();
  return {
    came: promise,
    onNotice(sentence) {
      if (fits.test(sentence)) resolve(sentence);
    },
  };
}

it('a call is in the list at once, and the same before and after it has reached the database', async () => {
  const dataDir = tempFolder();
  const ledger = await open(dataDir);
  const later = { startedAt: 1_800_000_000_005 };
  ledger.begin(begun('call_1'));
  ledger.begin(begun('call_2', later));
  ledger.settle(served('call_1'));
  const expected = [begun('call_2', later), served('call_1')];
  expect(await list(ledger)).toEqual(expected);
  expect(await ledger.call('call_1')).toEqual(served('call_1'));
  await ledger.flush();
  expect(storedIds(dataDir)).toEqual(['call_1', 'call_2']);
  expect(await list(ledger)).toEqual(expected);
  expect(await ledger.call('call_1')).toEqual(served('call_1'));
  expect(await ledger.call('call_9')).toBeNull();
  expect(ledger.state()).toEqual({ state: 'ok', reason: null, dropped: 0 });
});

it('a call that has ended is forgotten once it is in the database, so that one that is let go of is gone; one that runs is not', async () => {
  const ledger = await open(tempFolder());
  ledger.begin(begun('call_1'));
  ledger.settle(served('call_1'), ['{"chosen":"a"}']);
  ledger.begin(begun('call_2'));
  await ledger.flush();
  await ledger.database.run([{ sql: 'DELETE FROM decisions' }, { sql: 'DELETE FROM calls' }]);
  expect([await ledger.call('call_1'), await ledger.decisions('call_1'), await list(ledger)]).toEqual([
    null,
    [],
    [begun('call_2')],
  ]);
});

it('the decisions of a call can be read before and after they have reached the database, and are in no list', async () => {
  const dataDir = tempFolder();
  const ledger = await open(dataDir);
  const other = new Sqlite(join(dataDir, 'relay.db'));
  other.exec('BEGIN IMMEDIATE');
  ledger.begin(begun('call_1'));
  ledger.settle(served('call_1'), ['[1,"a"]', '[2]']);
  const heard: CallRecord[] = [];
  ledger.onChange((call) => heard.push(call));
  ledger.settle(served('call_2'));
  const read = async () => [await ledger.decisions('call_1'), await ledger.decisions('call_2'), await list(ledger)];
  const expected = [[[1, 'a'], [2]], [], [served('call_2'), served('call_1')]];
  expect(await read()).toEqual(expected);
  other.exec('ROLLBACK');
  other.close();
  await ledger.flush();
  expect(await read()).toEqual(expected);
  expect(heard).toEqual([served('call_2')]);
});

it('a run that ends leaves no journal; the next one finds its calls, the unfinished as interrupted', async () => {
  const dataDir = tempFolder();
  const first = await open(dataDir);
  first.begin(begun('call_1'));
  first.settle(served('call_1'));
  first.begin(begun('call_2'));
  await first.close();
  expect(readdirSync(join(dataDir, 'logs')).filter((name) => name.endsWith('.journal'))).toEqual([]);
  const second = await open(dataDir);
  expect(await list(second)).toEqual([interrupted(begun('call_2')), served('call_1')]);
});

it('listeners hear of each begin and end at once, until they stop; one that throws harms nobody', async () => {
  const notices: string[] = [];
  const ledger = await open(tempFolder(), { onNotice: (sentence) => notices.push(sentence) });
  const heard: CallRecord[] = [];
  ledger.onChange(() => {
    throw new Error('broken listener');
  });
  const stop = ledger.onChange((call) => heard.push(call));
  ledger.begin(begun('call_1'));
  ledger.settle(served('call_1'));
  expect(heard).toEqual([begun('call_1'), served('call_1')]);
  stop();
  ledger.begin(begun('call_2'));
  expect(heard.length).toBe(2);
  expect(notices[0]).toBe('Something that watches the call log failed: broken listener.');
});

it('while another program holds the write lock, calls begin and settle, lists are complete, and all rows follow', async () => {
  const dataDir = tempFolder();
  const behind = notice(/Another program holds the database/);
  const again = notice(/complete again/);
  const ledger = await open(dataDir, {
    onNotice(sentence) {
      behind.onNotice(sentence);
      again.onNotice(sentence);
    },
  });
  const other = new Sqlite(join(dataDir, 'relay.db'));
  other.exec('BEGIN IMMEDIATE');
  const ids = Array.from({ length: 60 }, (_, n) => `call_${n}`).sort();
  for (const id of ids) {
    ledger.begin(begun(id));
    ledger.settle(served(id));
  }
  await behind.came;
  expect(ledger.state().state).toBe('behind');
  expect((await list(ledger)).map((call) => call.id).sort()).toEqual(ids);
  expect(other.prepare('SELECT count(*) FROM calls').pluck().get()).toBe(0);
  other.exec('ROLLBACK');
  other.close();
  await again.came;
  await ledger.flush();
  expect(storedIds(dataDir)).toEqual(ids);
  expect(ledger.state()).toEqual({ state: 'ok', reason: null, dropped: 0 });
});

it('a lock held at the start delays neither the start nor a call, and old calls in flight are still sorted out', async () => {
  const dataDir = tempFolder();
  const first = await open(dataDir);
  await first.close();
  const journal = [begun('call_1'), served('call_1'), begun('call_2')]
    .map((call) => `${JSON.stringify(call)}\n`)
    .join('');
  writeFileSync(join(dataDir, 'logs', 'calls-4.journal'), journal);
  const other = new Sqlite(join(dataDir, 'relay.db'));
  other.exec('BEGIN IMMEDIATE');
  const second = await open(dataDir);
  second.begin(begun('call_3'));
  expect(second.state().state).toBe('behind');
  expect(await list(second)).toEqual([begun('call_3')]);
  other.exec('ROLLBACK');
  other.close();
  await second.flush();
  expect(await list(second)).toEqual([begun('call_3'), interrupted(begun('call_2')), served('call_1')]);
});

it('closing under someone else’s lock gives up in the end and keeps the calls in the journal', async () => {
  const dataDir = tempFolder();
  const first = await open(dataDir, { closePatienceMs: 100 });
  const other = new Sqlite(join(dataDir, 'relay.db'));
  other.exec('BEGIN IMMEDIATE');
  first.begin(begun('call_1'));
  first.settle(served('call_1'));
  await first.close();
  other.exec('ROLLBACK');
  other.close();
  expect(storedIds(dataDir)).toEqual([]);
  const second = await open(dataDir);
  expect(await list(second)).toEqual([served('call_1')]);
});

it('on a full disk calls go on, the person is told, and everything held is written when space returns', async () => {
  const dataDir = tempFolder();
  let full = false;
  const disk: JournalDisk = {
    ...nodeDisk,
    write(file, bytes, position) {
      if (full) throw new Error('ENOSPC: no space left on device, write');
      return nodeDisk.write(file, bytes, position);
    },
  };
  const notices: string[] = [];
  const ledger = await open(dataDir, { disk, onNotice: (sentence) => notices.push(sentence) });
  ledger.begin(begun('call_1'));
  full = true;
  ledger.settle(served('call_1'));
  ledger.begin(begun('call_2'));
  const reason =
    'Calls go on but cannot be written down: ENOSPC: no space left on device, write. Free space in the data folder.';
  expect(ledger.state()).toEqual({ state: 'degraded', reason, dropped: 0 });
  expect(await list(ledger)).toEqual([begun('call_2'), served('call_1')]);
  full = false;
  await ledger.flush();
  expect(storedIds(dataDir)).toEqual(['call_1', 'call_2']);
  expect(await list(ledger)).toEqual([begun('call_2'), served('call_1')]);
  expect(ledger.state()).toEqual({ state: 'ok', reason: null, dropped: 0 });
  expect(notices).toEqual([reason, 'The call log is complete again.']);
});

it('a second ledger on the same folder is refused and disturbs nothing', async () => {
  const dataDir = tempFolder();
  const first = await open(dataDir);
  first.begin(begun('call_1'));
  await expect(open(dataDir)).rejects.toMatchObject({
    code: 'storage_error',
    message: expect.stringContaining('Another Relay has the call log'),
  });
  first.settle(served('call_1'));
  await first.flush();
  expect(await list(first)).toEqual([served('call_1')]);
  await first.close();
  const second = await open(dataDir);
  expect(await list(second)).toEqual([served('call_1')]);
});

it('a damaged database is refused; with consent it is kept aside, said, and calls of the journal go into the new one', async () => {
  const dataDir = tempFolder();
  mkdirSync(join(dataDir, 'logs'));
  writeFileSync(join(dataDir, 'relay.db'), 'not a database');
  writeFileSync(join(dataDir, 'logs', 'calls-1.journal'), `${JSON.stringify(served('call_1'))}\n`);
  await expect(open(dataDir)).rejects.toMatchObject({
    code: 'storage_error',
    message: expect.stringContaining('is damaged'),
  });
  expect(existsSync(join(dataDir, 'logs', 'calls-1.journal'))).toBe(true);
  const notices: string[] = [];
  const ledger = await open(dataDir, { recover: true, onNotice: (sentence) => notices.push(sentence) });
  expect(notices).toEqual([expect.stringContaining('relay.db.corrupt-2026-07-01')]);
  expect(await list(ledger)).toEqual([served('call_1')]);
});

it('other rooms write in one transaction and read what they wrote; a failing one changes nothing', async () => {
  const { database } = await open(tempFolder());
  const insert = (name: string, value: string) => ({
    sql: 'INSERT INTO settings VALUES (?, ?)',
    params: [name, value],
  });
  await database.run([insert('a', '1'), insert('b', '2')]);
  await expect(database.run([insert('c', '3'), insert('a', '4')])).rejects.toMatchObject({ code: 'storage_error' });
  expect(await database.all('SELECT name, value FROM settings WHERE name <> ? ORDER BY name', ['z'])).toEqual([
    { name: 'a', value: '1' },
    { name: 'b', value: '2' },
  ]);
  await expect(database.all('SELECT nothing FROM nowhere')).rejects.toMatchObject({ code: 'storage_error' });
  await expect(database.all('DELETE FROM settings')).rejects.toMatchObject({ code: 'storage_error' });
  expect((await database.all('SELECT count(*) AS n FROM settings'))[0]).toEqual({ n: 2 });
});

it('a slow query holds up neither inserts nor other rooms’ writes', async () => {
  const ledger = await open(tempFolder());
  const order: string[] = [];
  const endless = ledger.database
    .all('WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 6000000) SELECT sum(i) AS s FROM n')
    .then(() => order.push('query'));
  ledger.begin(begun('call_1'));
  await ledger.flush().then(() => order.push('insert'));
  await ledger.database.run([{ sql: "INSERT INTO settings VALUES ('a', '1')" }]).then(() => order.push('write'));
  await endless;
  expect(order).toEqual(['insert', 'write', 'query']);
});

it('after closing, reads and writes are refused with storage_error and calls still throw nothing', async () => {
  const ledger = await open(tempFolder());
  await ledger.close();
  await expect(ledger.database.all('SELECT 1')).rejects.toMatchObject({ code: 'storage_error' });
  await expect(ledger.database.run([])).rejects.toMatchObject({ code: 'storage_error' });
  ledger.settle(served('call_1'));
  expect(ledger.state().dropped).toBe(1);
});

it('a cursor that is none is refused before anything is read', async () => {
  const ledger = await open(tempFolder());
  await expect(ledger.calls({ limit: 5, cursor: 'nonsense' })).rejects.toMatchObject({
    code: 'invalid_value',
    param: 'cursor',
  });
});

it('a data folder with spaces, other letters and a long path works; one that is a file is refused', async () => {
  const dataDir = join(tempFolder(), 'mein Ordner — データ', 'x'.repeat(200));
  const ledger = await open(dataDir);
  ledger.begin(begun('call_1'));
  await ledger.flush();
  expect(await list(ledger)).toEqual([begun('call_1')]);

  const file = join(tempFolder(), 'file');
  writeFileSync(file, '');
  await expect(open(file)).rejects.toMatchObject({
    code: 'storage_error',
    message: expect.stringContaining('ENOTDIR'),
  });
});
