import type { SqlStatement } from './database.ts';

/** A change that is worked out and checked, but not made: rows first, together with those of other rooms, then memory. */
export interface StagedChange {
  readonly statements: readonly SqlStatement[];
  /** The rows are on disk: what is in memory follows. */
  apply(): void | Promise<void>;
}
