import type { Database, SqlStatement } from '../ledger/database.ts';

/** Writes that no call waits for. While one transaction runs, newer values replace waiting ones. */
export interface LateWrites {
  /** `name` is what the statement writes: a later one of the same owner and name takes its place. */
  put(owner: string, name: string, statement: SqlStatement): void;
  /** Forgets what waits for an owner, and resolves when nothing of it is being written. */
  forget(owner: string): Promise<void>;
  /** Resolves when everything put so far was written or has failed. */
  settled(): Promise<void>;
}

export function createLateWrites(database: Database, failed: (error: unknown) => void): LateWrites {
  const waiting = new Map<string, Map<string, SqlStatement>>();
  let running: Promise<void> | null = null;

  const drain = async (): Promise<void> => {
    // Lets everything that one event of an upstream changes go into one transaction.
    await Promise.resolve();
    while (waiting.size > 0) {
      const statements = [...waiting.values()].flatMap((each) => [...each.values()]);
      waiting.clear();
      await database.run(statements).catch(failed);
    }
    running = null;
  };

  return {
    put(owner, name, statement) {
      const own = waiting.get(owner) ?? new Map<string, SqlStatement>();
      own.set(name, statement);
      waiting.set(owner, own);
      running ??= drain();
    },
    async forget(owner) {
      waiting.delete(owner);
      await running;
    },
    async settled() {
      await running;
    },
  };
}
