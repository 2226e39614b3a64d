import Sqlite from 'better-sqlite3';
import type { Database } from '../../src-main/ledger/database.ts';
import { migrations } from '../../src-main/ledger/migrations.ts';

/** The ledger's real schema in memory, behind the interface that other rooms get. */
export function createMemoryDatabase(): Database & { close(): void } {
  const sqlite = new Sqlite(':memory:');
  for (const sql of migrations) sqlite.exec(sql);
  return {
    async all(sql, params = []) {
      return sqlite.prepare<unknown[], Record<string, unknown>>(sql).all(...params);
    },
    async run(statements) {
      sqlite.transaction(() => {
        for (const { sql, params = [] } of statements) sqlite.prepare(sql).run(...params);
      })();
    },
    close: () => sqlite.close(),
  };
}
