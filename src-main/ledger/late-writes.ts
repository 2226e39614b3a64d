import type { Database, SqlStatement } from './database.ts';

/** Writes that no call waits for. While one transaction runs, newer values replace waiting ones. */
export interface LateWrites {
  /** `name` says what the statement writes; a later one of the same name takes its place. */
  put(name: string, statement: SqlStatement): void;
  /** Resolves when everything put so far was written or has failed. */
  settled(): Promise<void>;
}

export function createLateWrites(database: Database, failed: (error: unknown) => void): LateWrites {
  const waiting = new Map<string, SqlStatement>();
  let running: Promise<void> | null = null;

  const drain = async (): Promise<void> => {
    // Lets everything that one event of an upstream changes go into one transaction.
    await Promise.resolve();
    while (waiting.size > 0) {
      const statements = [...waiting.values()];
      waiting.clear();
      await database.run(statements).catch(failed);
    }
    running = null;
  };

  return {
    put(name, statement) {
      waiting.set(name, statement);
      running ??= drain();
    },
    async settled() {
      await running;
    },
  };
}
