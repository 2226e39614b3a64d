import type { Database } from 'better-sqlite3';
import type { CallRecord } from '../../../src-shared/contract/call.ts';
import type { SqlValue } from '../database.ts';

/** What is remembered of the table; a run has far fewer, unless somebody makes names up. */
const REMEMBERED = 20_000;

const columns: readonly (readonly [name: string, of: (call: CallRecord) => SqlValue])[] = [
  ['status', (call) => call.status],
  ['http_status', (call) => call.httpStatus],
  ['error_code', (call) => call.errorCode],
  ['endpoint', (call) => call.endpoint],
  ['stream', (call) => Number(call.stream)],
  ['key_id', (call) => call.keyId],
  ['key_name', (call) => call.keyName],
  ['project', (call) => call.project],
  ['member', (call) => call.member],
  ['client', (call) => call.client],
  ['model_asked', (call) => call.modelAsked],
  ['model_ran', (call) => call.modelRan],
  ['account_id', (call) => call.accountId],
  ['account_label', (call) => call.accountLabel],
  ['failed_over', (call) => Number(call.attempts.length > 1)],
  ['spliced', (call) => Number(call.spliced > 0)],
  ['overflow', (call) => Number(call.overflow)],
  ['has_reason', (call) => Number(call.reason !== null)],
];

export interface CallFacets {
  /** The id of the call's set of facets, which is made where it is new. */
  idOf(call: CallRecord): number;
  /** After a transaction that came to nothing: what it had made is not there. */
  forget(): void;
}

/** The sets of what calls can be told apart by, as `call_facets` holds them. */
export function createCallFacets(db: Database): CallFacets {
  const names = columns.map(([name]) => name);
  const find = db.prepare<[string], number>('SELECT id FROM call_facets WHERE identity = ?').pluck();
  const add = db.prepare(
    `INSERT INTO call_facets (identity, ${names.join(', ')}) VALUES (?, ${names.map(() => '?').join(', ')})`,
  );
  const known = new Map<string, number>();

  return {
    idOf(call) {
      const values = columns.map(([, of]) => of(call));
      const identity = JSON.stringify(values);
      let id = known.get(identity);
      if (id !== undefined) return id;
      id = find.get(identity) ?? Number(add.run(identity, ...values).lastInsertRowid);
      if (known.size >= REMEMBERED) known.clear();
      known.set(identity, id);
      return id;
    },
    forget: () => known.clear(),
  };
}
