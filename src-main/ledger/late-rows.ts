import type { Timers } from '../../src-shared/domain/timers.ts';
import type { Database, SqlStatement } from './database.ts';

/**
 * Keeps the rows of a table like what is in memory, a moment later: no call waits for it. All that has changed until then is one
 * transaction, never two at once; what the database refuses is tried again with the next.
 */
export interface LateRows {
  /** The row with this key is new or has changed. */
  changed(key: string): void;
  gone(key: string): void;
  /** Run once, before the rows. */
  also(statement: SqlStatement): void;
  /** Something has changed that `statements` knows of by itself. */
  soon(): void;
  /** Resolves when everything so far is written, or was refused. */
  settled(): Promise<void>;
  /** The same, for the last time. */
  stop(): Promise<void>;
}

export interface LateRowsPorts {
  readonly database: Database;
  readonly timers: Timers;
  readonly afterMs: number;
  /** What writes these rows as they are in memory now, and erases those. */
  readonly statements: (changed: readonly string[], gone: readonly string[]) => readonly SqlStatement[];
  /** These rows are in the table now, as they were when they were taken. */
  readonly written?: (changed: readonly string[]) => void;
  readonly failed: (error: unknown) => void;
}

export function createLateRows(ports: LateRowsPorts): LateRows {
  const { database, timers, afterMs, statements, written, failed } = ports;
  let changed = new Set<string>();
  let gone = new Set<string>();
  let others: SqlStatement[] = [];
  let lane = Promise.resolve();
  let cancel: (() => void) | null = null;
  let stopped = false;

  const write = async (): Promise<void> => {
    const taken = { changed, gone, others };
    const all = [...others, ...statements([...changed], [...gone])];
    if (all.length === 0) return;
    changed = new Set();
    gone = new Set();
    others = [];
    try {
      await database.run(all);
      written?.([...taken.changed]);
    } catch (error) {
      // What has happened meanwhile is newer than what failed.
      for (const key of taken.changed) if (!gone.has(key)) changed.add(key);
      for (const key of taken.gone) if (!changed.has(key)) gone.add(key);
      others = [...taken.others, ...others];
      soon();
      throw error;
    }
  };

  const settled = (): Promise<void> => {
    cancel?.();
    cancel = null;
    lane = lane.then(write).catch(failed);
    return lane;
  };

  const soon = (): void => {
    if (stopped) return;
    cancel ??= timers.set(afterMs, () => void settled());
  };

  return {
    changed(key) {
      gone.delete(key);
      changed.add(key);
      soon();
    },
    gone(key) {
      changed.delete(key);
      gone.add(key);
      soon();
    },
    also(statement) {
      others.push(statement);
    },
    soon,
    settled,
    stop() {
      stopped = true;
      return settled();
    },
  };
}
