import { existsSync, readdirSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { expect, it } from 'vitest';
import { callParams, upsertCall } from '../../../src-main/ledger/call-row.ts';
import { migrations } from '../../../src-main/ledger/migrations.ts';
import { type OpenedDatabase, openDatabase } from '../../../src-main/ledger/open-database.ts';
import { served } from './sample-call.ts';
import { tempFolder } from './temp-folder.ts';

const now = Date.UTC(2026, 6, 1, 12, 30, 15, 250);

const open = (path: string, more: { recover?: boolean; migrations?: string[] } = {}): Promise<OpenedDatabase> =>
  openDatabase({ path, recover: false, now, ...more });

/** A closed database of today's version with a key, an account and 400 calls. */
async function filledDatabase(): Promise<string> {
  const path = join(tempFolder(), 'relay.db');
  const { db } = await open(path);
  for (let n = 0; n < 400; n += 1) db.prepare(upsertCall).run(...callParams(served(`call_${n}`)));
  db.exec(`INSERT INTO keys (id, name, prefix, digest, created_at) VALUES ('key_1', 'laptop', 'sk-relay-abc', 'd1', 5);
    INSERT INTO accounts (id, label, kind, wire, enabled, models, created_at)
      VALUES ('acc_1', 'me', 'chatgpt', 'responses', 1, '[]', 6);`);
  db.close();
  return path;
}

const schemaOf = (db: Sqlite.Database): unknown =>
  db.prepare('SELECT type, name, sql FROM sqlite_schema ORDER BY name').all();

function overwrite(path: string, from: number, bytes: string): void {
  const file = readFileSync(path);
  file.write(bytes, from, 'latin1');
  writeFileSync(path, file);
}

it('a new database is private to its owner, in WAL mode, and marked as Relay’s', async () => {
  const path = join(tempFolder(), 'relay.db');
  const { db, notices } = await open(path);
  expect({
    notices,
    journal: db.pragma('journal_mode', { simple: true }),
    version: db.pragma('user_version', { simple: true }),
    application: db.pragma('application_id', { simple: true }),
    mode: statSync(path).mode & 0o777,
  }).toEqual({ notices: [], journal: 'wal', version: migrations.length, application: 0x524c4159, mode: 0o600 });
  db.close();
});

it('a file left empty by a kill at the very first start is a new database', async () => {
  const path = join(tempFolder(), 'relay.db');
  writeFileSync(path, '');
  const { db } = await open(path);
  expect(db.pragma('user_version', { simple: true })).toBe(migrations.length);
  db.close();
});

it('opening again changes nothing: no table twice, no copy, no row lost', async () => {
  const path = await filledDatabase();
  const first = await open(path);
  const schema = schemaOf(first.db);
  first.db.close();
  const second = await open(path);
  expect(schemaOf(second.db)).toEqual(schema);
  expect(second.db.prepare('SELECT count(*) FROM calls').pluck().get()).toBe(400);
  second.db.close();
  expect(readdirSync(join(path, '..'))).toEqual(['relay.db']);
});

it('two openings at once migrate once', async () => {
  const path = join(tempFolder(), 'relay.db');
  const opened = await Promise.all([open(path), open(path), open(path)]);
  const [first, second, third] = opened.map(({ db }) => schemaOf(db));
  expect([second, third]).toEqual([first, first]);
  for (const { db } of opened) db.close();
});

it('an older database is copied with all its rows, then migrated', async () => {
  const path = await filledDatabase();
  const newer = [...migrations, 'CREATE TABLE extra (id TEXT); INSERT INTO extra SELECT id FROM keys;'];
  const { db } = await open(path, { migrations: newer });
  expect(db.prepare('SELECT id FROM extra').all()).toEqual([{ id: 'key_1' }]);
  expect(db.pragma('user_version', { simple: true })).toBe(newer.length);
  db.close();
  const copy = new Sqlite(`${path}.before-v${newer.length}`, { readonly: true });
  expect(copy.prepare('SELECT count(*) FROM calls').pluck().get()).toBe(400);
  expect(copy.pragma('user_version', { simple: true })).toBe(migrations.length);
  copy.close();
});

it('a migration that fails at any statement leaves the old version with its rows, and a later start can finish it', async () => {
  const path = await filledDatabase();
  const statements = ['CREATE TABLE one (id TEXT);', 'ALTER TABLE keys ADD COLUMN extra TEXT;', 'DROP TABLE rests;'];
  const before = await open(path);
  const schema = schemaOf(before.db);
  before.db.close();
  for (let good = 0; good <= statements.length; good += 1) {
    const broken = [...statements.slice(0, good), 'INSERT INTO nowhere VALUES (1);'].join('\n');
    await expect(open(path, { migrations: [...migrations, broken] })).rejects.toThrow('no such table: nowhere');
    const { db } = await open(path);
    expect(schemaOf(db)).toEqual(schema);
    db.close();
  }
  const { db } = await open(path, { migrations: [...migrations, statements.join('\n')] });
  expect(db.pragma('user_version', { simple: true })).toBe(migrations.length + 1);
  db.close();
});

it('a database made by a newer version is refused, and not a byte of it changes', async () => {
  const path = await filledDatabase();
  const { db } = await open(path, { migrations: [...migrations, 'CREATE TABLE later (id TEXT);'] });
  db.close();
  const before = readFileSync(path);
  for (const recover of [false, true]) {
    await expect(open(path, { recover })).rejects.toMatchObject({
      code: 'storage_error',
      message: `The database ${path} was made by a newer version of Relay. Update Relay, or choose another data folder.`,
    });
  }
  expect(readFileSync(path).equals(before)).toBe(true);
});

it('a newer version is recognised even where its mark is still in the write-ahead log', async () => {
  const path = await filledDatabase();
  const { db } = await open(path, { migrations: [...migrations, 'CREATE TABLE later (id TEXT);'] });
  await expect(open(path)).rejects.toThrow('made by a newer version');
  expect(schemaOf(db)).toContainEqual(expect.objectContaining({ name: 'later' }));
  db.close();
});

const damages: [string, (path: string) => void, RegExp][] = [
  [
    'an overwritten header',
    (path) => overwrite(path, 0, 'this is not a database at all'),
    /is damaged: it does not begin/,
  ],
  ['a text file', (path) => writeFileSync(path, 'hello\n'), /is damaged: it does not begin/],
  ['a truncated file', (path) => truncateSync(path, 20_000), /is damaged: its pages do not fit/],
  ['an overwritten page', (path) => overwrite(path, 8 * 4096, 'X'.repeat(4096)), /is damaged: its pages do not fit/],
];

it.each(damages)('%s is refused with a sentence that says so, and stays as it is', async (_name, damage, sentence) => {
  const path = await filledDatabase();
  damage(path);
  const before = readFileSync(path);
  await expect(open(path)).rejects.toMatchObject({ code: 'storage_error', message: expect.stringMatching(sentence) });
  expect(readFileSync(path).equals(before)).toBe(true);
});

it.each(damages)('with consent, %s is kept aside and a fresh database begun', async (_name, damage) => {
  const path = await filledDatabase();
  damage(path);
  const before = readFileSync(path);
  const { db, notices } = await open(path, { recover: true });
  const kept = `${path}.corrupt-2026-07-01T12-30-15-250Z`;
  expect(readFileSync(kept).equals(before)).toBe(true);
  expect(notices).toEqual([expect.stringContaining(kept)]);
  expect(db.prepare('SELECT count(*) FROM calls').pluck().get()).toBe(0);
  db.close();
});

it('what can still be read of keys and accounts comes over into the fresh database', async () => {
  const path = await filledDatabase();
  const { db: whole } = await open(path);
  const page = Number(whole.prepare("SELECT rootpage FROM sqlite_schema WHERE name = 'calls'").pluck().get());
  whole.close();
  overwrite(path, (page - 1) * 4096, 'X'.repeat(4096));
  const { db, notices } = await open(path, { recover: true });
  expect(db.prepare('SELECT id, name, digest FROM keys').all()).toEqual([
    { id: 'key_1', name: 'laptop', digest: 'd1' },
  ]);
  expect(db.prepare('SELECT id, label FROM accounts').all()).toEqual([{ id: 'acc_1', label: 'me' }]);
  expect(notices).toEqual([expect.stringContaining('carried over: 1 keys, 1 accounts.')]);
  db.close();
});

it('a database of another program is refused, untouched, and kept aside only with consent', async () => {
  const path = join(tempFolder(), 'relay.db');
  const other = new Sqlite(path);
  other.exec("CREATE TABLE notes (text TEXT); INSERT INTO notes VALUES ('mine')");
  other.close();
  const before = readFileSync(path);
  await expect(open(path)).rejects.toMatchObject({
    code: 'storage_error',
    message: expect.stringContaining('belongs to another program. It was not changed.'),
  });
  expect(readFileSync(path).equals(before)).toBe(true);
  const { db } = await open(path, { recover: true });
  expect(existsSync(`${path}.corrupt-2026-07-01T12-30-15-250Z`)).toBe(true);
  expect(db.prepare('SELECT count(*) FROM calls').pluck().get()).toBe(0);
  db.close();
});

it('a new database that another program holds locked is said to be locked, not damaged', async () => {
  const path = join(tempFolder(), 'relay.db');
  const other = new Sqlite(path);
  other.exec('BEGIN EXCLUSIVE');
  await expect(open(path, { recover: true })).rejects.toMatchObject({
    code: 'storage_error',
    message: `The database ${path} is locked by another program. Close it and start Relay again.`,
  });
  other.close();
});

it('a folder that is not there is an error with the path in it', async () => {
  await expect(open('/nowhere/at/all/relay.db')).rejects.toMatchObject({
    code: 'storage_error',
    message: expect.stringContaining('/nowhere/at/all/relay.db cannot be opened'),
  });
});
