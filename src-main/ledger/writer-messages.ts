import type { RawBodies } from './bodies.ts';
import type { SqlStatement } from './database.ts';
import type { JournalFile, JournalPosition } from './journal-files.ts';
import type { RetentionLimits } from './retention.ts';

/** What the writer's thread is started with. */
export interface WriterSetup {
  readonly databasePath: string;
  readonly journalFolder: string;
  /** Files of an earlier run, replayed before anything else. */
  readonly left: readonly JournalFile[];
  /** Whether calls in flight belong to a run that is over. */
  readonly interrupt: boolean;
  readonly recover: boolean;
  readonly now: number;
}

export type ToWriter =
  | { readonly type: 'journal'; readonly files: readonly JournalFile[] }
  | { readonly type: 'run'; readonly id: number; readonly statements: readonly SqlStatement[] }
  | { readonly type: 'bodies'; readonly bodies: RawBodies }
  | { readonly type: 'keep'; readonly limits: RetentionLimits; readonly timeZone: string | null }
  | { readonly type: 'close' };

export type FromWriter =
  | { readonly type: 'ready'; readonly notices: readonly string[] }
  | { readonly type: 'refused'; readonly message: string; readonly param: string | null }
  | { readonly type: 'committed'; readonly position: JournalPosition; readonly damagedLines: number }
  /** Bodies are in the database, or could not be kept. */
  | { readonly type: 'bodies'; readonly bytes: number; readonly kept: boolean }
  | { readonly type: 'ran'; readonly id: number; readonly failure: string | null }
  /** The database refuses writes; they are tried again. `busy`: another program holds its lock. */
  | { readonly type: 'stuck'; readonly busy: boolean; readonly reason: string };
