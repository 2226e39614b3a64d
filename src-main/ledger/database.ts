export type SqlValue = string | number | bigint | null | Uint8Array;

export interface SqlStatement {
  readonly sql: string;
  readonly params?: readonly SqlValue[];
}

/** The database as other rooms see it: they bring SQL, the ledger's two workers run it. The main thread never touches SQLite. */
export interface Database {
  /** Reads on a connection of its own; a long query delays no write. Rejects with `storage_error`. */
  all(sql: string, params?: readonly SqlValue[]): Promise<Record<string, unknown>[]>;
  /** Runs all statements in one transaction; it is on disk when the promise resolves. Rejects with `storage_error`. */
  run(statements: readonly SqlStatement[]): Promise<void>;
}
