import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, readdirSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { applicationId } from '../../../src-main/ledger/migrate.ts';
import { migrations } from '../../../src-main/ledger/migrations.ts';
import { openDatabase } from '../../../src-main/ledger/open-database.ts';
import { tempFolder } from './temp-folder.ts';

const now = Date.UTC(2026, 6, 1);

/** The tables of a schema with their columns, in order. */
function tablesOf(db: Sqlite.Database): Map<string, { name: string; type: string }[]> {
  const names = db.prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'").pluck();
  const columns = db.prepare<[string], { name: string; type: string }>(
    'SELECT name, type FROM pragma_table_info(?) ORDER BY cid',
  );
  return new Map(names.all().map((name) => [String(name), columns.all(String(name))]));
}

/** A value of a column's type that no other row of it has. */
function valueFor(type: string, column: string, row: number): string | number | Buffer {
  if (type === 'INTEGER') return 1_800_000_000_000 + row;
  if (type === 'REAL') return row + 0.5;
  if (type === 'BLOB') return Buffer.from(`${column} ${row}`);
  return `${column} ${row} Zoë`;
}

const singleRows = new Set(['rollup_backlog', 'facets_backlog', 'retention']);

/** A database as the version of Relay that knew `version` migrations would have left it, with three rows in every table. */
function olderDatabase(version: number, rows = 3): string {
  const path = join(tempFolder(), 'relay.db');
  const db = new Sqlite(path);
  db.pragma('auto_vacuum = INCREMENTAL');
  db.pragma('journal_mode = WAL');
  for (const sql of migrations.slice(0, version)) db.exec(sql);
  for (const [table, columns] of tablesOf(db)) {
    if (singleRows.has(table) || table.includes('search') || table.includes('fts')) continue;
    const marks = columns.map(() => '?').join(', ');
    const insert = db.prepare(`INSERT INTO ${table} (${columns.map(({ name }) => name).join(', ')}) VALUES (${marks})`);
    for (let row = 0; row < rows; row += 1) insert.run(columns.map(({ name, type }) => valueFor(type, name, row)));
  }
  db.pragma(`application_id = ${applicationId}`);
  db.pragma(`user_version = ${version}`);
  db.close();
  return path;
}

/** What is made again from other tables may be gone. */
const madeAgain = new Set(['slice_spans']);

/** All rows of all tables, by the columns of `shape`. */
function rowsOf(db: Sqlite.Database, shape: ReturnType<typeof tablesOf>): Record<string, unknown[]> {
  return Object.fromEntries(
    [...shape]
      .filter(([table]) => !madeAgain.has(table))
      .map(([table, columns]) => [
        table,
        db
          .prepare(
            `SELECT ${columns.map(({ name }) => name).join(', ')} FROM ${table} ORDER BY ${columns.map((_, at) => at + 1).join(', ')}`,
          )
          .all(),
      ]),
  );
}

const schemaOf = (db: Sqlite.Database): unknown =>
  db.prepare('SELECT type, name, tbl_name FROM sqlite_schema ORDER BY type, name').all();

async function schemaOfToday(): Promise<unknown> {
  const { db } = await openDatabase({ path: join(tempFolder(), 'relay.db'), recover: false, now });
  const schema = schemaOf(db);
  db.close();
  return schema;
}

describe('a database of an older Relay', () => {
  const versions = migrations.slice(1).map((_, index) => index + 1);

  it.each(versions)('of version %i is migrated with every row of every table as it was', async (version) => {
    const path = olderDatabase(version);
    const old = new Sqlite(path, { readonly: true });
    const shape = tablesOf(old);
    const before = rowsOf(old, shape);
    old.close();
    const { db, notices } = await openDatabase({ path, recover: false, now });
    expect(rowsOf(db, shape)).toEqual(before);
    expect(db.pragma('integrity_check', { simple: true })).toBe('ok');
    expect([db.pragma('user_version', { simple: true }), schemaOf(db), notices]).toEqual([
      migrations.length,
      await schemaOfToday(),
      [],
    ]);
    db.close();
    const copy = new Sqlite(`${path}.before-v${version + 1}`, { readonly: true });
    expect([copy.pragma('user_version', { simple: true }), rowsOf(copy, shape)]).toEqual([version, before]);
    copy.close();
  });

  it('killed at any statement of its migration is found as it was before, and a later start finishes', async () => {
    const path = olderDatabase(1);
    const shape = tablesOf(new Sqlite(path, { readonly: true }));
    const today = await schemaOfToday();
    const before = rowsOf(new Sqlite(path, { readonly: true }), shape);
    const moments: string[] = [];
    const folder = tempFolder();
    // What a kill leaves is what the system has of the files at that moment: they are copied at every statement.
    const split = splitting((at) => {
      const place = join(folder, String(at).padStart(3, '0'));
      for (const suffix of ['', '-wal']) {
        if (existsSync(path + suffix)) copyFileSync(path + suffix, `${place}.db${suffix}`);
      }
      moments.push(`${place}.db`);
    });
    const { db } = await openDatabase({ path, recover: false, now, migrations: split.migrations });
    split.end();
    db.close();
    expect(moments.length).toBeGreaterThan(migrations.length);
    for (const moment of moments) {
      const left = new Sqlite(moment);
      expect([left.pragma('user_version', { simple: true }), rowsOf(left, shape)], basename(moment)).toEqual([
        1,
        before,
      ]);
      left.close();
    }
    for (const moment of moments.filter((_, index) => index % 9 === 0)) {
      const { db: finished } = await openDatabase({ path: moment, recover: false, now });
      expect([schemaOf(finished), rowsOf(finished, shape)]).toEqual([today, before]);
      finished.close();
    }
  });

  it('leaves copies of the last two versions beside it, and no more', async () => {
    const path = olderDatabase(3);
    for (const version of [4, 5, 6, migrations.length]) {
      const { db } = await openDatabase({ path, recover: false, now, migrations: migrations.slice(0, version) });
      db.close();
    }
    expect(readdirSync(dirname(path)).sort()).toEqual(['relay.db', 'relay.db.before-v6', 'relay.db.before-v7']);
  });
});

/** The migrations with each statement run by itself, and `before` told of each. */
function splitting(before: (statement: number) => void) {
  const { exec } = Sqlite.prototype;
  let statement = 0;
  Sqlite.prototype.exec = function (this: Sqlite.Database, sql: string) {
    for (const one of statementsOf(sql)) {
      before(statement);
      statement += 1;
      exec.call(this, one);
    }
    return this;
  };
  return {
    migrations,
    end() {
      Sqlite.prototype.exec = exec;
    },
  };
}

/** A trigger is one statement with others in it. */
function statementsOf(sql: string): string[] {
  const parts = sql.split(/;\s*(?:\n|$)/).filter((part) => part.trim() !== '');
  const statements: string[] = [];
  let open = '';
  for (const part of parts) {
    const text = open === '' ? part : `${open};\n${part}`;
    const isTrigger = /\bCREATE TRIGGER\b/i.test(text);
    if (isTrigger && !/\bEND\s*$/i.test(text)) open = text;
    else {
      statements.push(`${text};`);
      open = '';
    }
  }
  return statements;
}

const released = [
  '2d1ec690c647',
  '5b69db211115',
  '6e8ffdcefafa',
  '28012c6a4be8',
  '88569b7982e0',
  '16534685fb12',
  'aab48fe534ed',
  '6840ad2ed6db',
  '7d248392c119',
  '7446f5c2d72b',
  '73465cae6bd9',
  '5c0f08f49d56',
  '3a00739def49',
  'c74d3738b39d',
  'caef05f7e1f9',
  'fe9e42b9a745',
  'daf8d7241987',
  'fc3b181e2219',
];

it('a migration that was released is never edited', () => {
  const digests = migrations.map((sql) => createHash('sha256').update(sql).digest('hex').slice(0, 12));
  // One that is new is added at the end, once databases are made with it.
  expect(digests.slice(0, released.length)).toEqual(released);
});
