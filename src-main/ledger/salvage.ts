import Sqlite, { type Database } from 'better-sqlite3';

/** What a person would have to set up again. Calls stay readable in the file that was kept. */
const tables = ['keys', 'accounts', 'settings', 'budgets', 'windows', 'rests'];

/** Copies what can still be read of a damaged Relay database; returns in words what came over. */
export function salvage(target: Database, keptPath: string): string {
  const saved = tables.map((table) => [table, copyTable(target, keptPath, table)] as const);
  const words = saved.filter(([, count]) => count > 0).map(([table, count]) => `${count} ${table}`);
  return words.length === 0 ? 'nothing could be carried over' : `carried over: ${words.join(', ')}`;
}

function copyTable(target: Database, keptPath: string, table: string): number {
  let copied = 0;
  let source: Database | undefined;
  try {
    source = new Sqlite(keptPath, { readonly: true, fileMustExist: true });
    const known = target.prepare(`SELECT name FROM pragma_table_info('${table}')`).pluck().all().map(String);
    const present = new Set(source.prepare(`SELECT name FROM pragma_table_info('${table}')`).pluck().all());
    const columns = known.filter((name) => present.has(name));
    if (columns.length === 0) return 0;
    const list = columns.join(', ');
    const marks = columns.map(() => '?').join(', ');
    const insert = target.prepare(`INSERT OR IGNORE INTO ${table} (${list}) VALUES (${marks})`);
    const rows = source.prepare<[], unknown[]>(`SELECT ${list} FROM ${table}`).raw();
    for (const row of rows.iterate()) copied += insert.run(...row).changes;
  } catch {
    // Damage ends a table where it begins; what was read before it is kept.
  } finally {
    source?.close();
  }
  return copied;
}
