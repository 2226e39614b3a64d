import Sqlite from 'better-sqlite3';
import { migrations } from '../../../src-main/ledger/migrations.ts';

let image: Buffer | undefined;

/** An empty database in memory with today's schema; made once and copied, because properties ask for hundreds. */
export function freshDatabase(): Sqlite.Database {
  if (image === undefined) {
    const db = new Sqlite(':memory:');
    for (const sql of migrations) db.exec(sql);
    image = db.serialize();
    db.close();
  }
  return new Sqlite(image);
}
