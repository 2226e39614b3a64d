import Sqlite, { type Database } from 'better-sqlite3';
import { type RawBodies, rawBytes } from './bodies.ts';
import type { SqlStatement } from './database.ts';
import type { Drain } from './drain.ts';
import type { FromWriter } from './writer-messages.ts';

const shortestRetryMs = 10;
const longestRetryMs = 500;
/** How often a transaction of another room is tried against a locked database: about ten seconds. */
const runTries = 25;

export interface WriteLoopPorts {
  readonly db: Database;
  readonly drain: Drain;
  readonly keepBodies: (bodies: RawBodies) => void;
  readonly send: (message: FromWriter) => void;
  /** Everything that was there to do at the start is done, or waits for someone else's lock. */
  readonly onStarted: () => void;
  /** Flushes committed transactions to the disk itself. */
  readonly sync: () => void;
  /** A commit of calls has happened that is not flushed yet. */
  readonly syncLater: () => void;
  /** Everything is done after `finish`. */
  readonly onFinished: () => void;
}

export interface WriteLoop {
  /** Looks for work, unless it is at it. */
  wake(): void;
  run(id: number, statements: readonly SqlStatement[]): void;
  /** Comes after all calls that are there. */
  keep(bodies: RawBodies): void;
  finish(): void;
}

/** One transaction at a time, the next one with all that has queued up meanwhile; refused ones are tried again in order. */
export function createWriteLoop(ports: WriteLoopPorts): WriteLoop {
  const { db, drain, send } = ports;
  const runs: { id: number; statements: readonly SqlStatement[]; tries: number }[] = [];
  const bodies: RawBodies[] = [];
  let working = false;
  let finishing = false;
  let retryMs = shortestRetryMs;
  let stuckReason: string | null = null;

  const runAll = db.transaction((statements: readonly SqlStatement[]): void => {
    for (const { sql, params } of statements) db.prepare(sql).run(...(params ?? []));
  });

  const sayCommitted = (): void =>
    send({ type: 'committed', position: drain.position(), damagedLines: drain.damagedLines() });

  /** These rows are few and dear, so they are on the disk itself before anyone is told. */
  function runNext(run: (typeof runs)[number]): void {
    try {
      runAll.immediate(run.statements);
      ports.sync();
      send({ type: 'ran', id: run.id, failure: null });
    } catch (error) {
      run.tries += 1;
      if (isBusy(error) && run.tries < runTries) throw error;
      send({ type: 'ran', id: run.id, failure: describe(error) });
    }
    runs.shift();
  }

  function keepNext(next: RawBodies): void {
    let kept = true;
    try {
      ports.keepBodies(next);
    } catch (error) {
      if (isBusy(error) && !finishing) throw error;
      kept = false;
    }
    bodies.shift();
    send({ type: 'bodies', bytes: rawBytes(next), kept });
  }

  function step(): boolean {
    const [run] = runs;
    if (run !== undefined) {
      runNext(run);
      return true;
    }
    if (!drain.step()) {
      ports.onStarted();
      const [next] = bodies;
      if (next === undefined) return !finishing && drain.idle();
      keepNext(next);
      return true;
    }
    ports.syncLater();
    sayCommitted();
    return true;
  }

  function work(): void {
    let more: boolean;
    try {
      more = step();
    } catch (error) {
      waitAndRetry(error);
      return;
    }
    retryMs = shortestRetryMs;
    if (stuckReason !== null) sayCommitted();
    stuckReason = null;
    if (more) {
      setImmediate(work);
      return;
    }
    working = false;
    ports.onStarted();
    if (finishing) ports.onFinished();
  }

  /** The calls are safe in the journal, so someone else's lock holds up neither the start nor a call. */
  function waitAndRetry(error: unknown): void {
    const reason = describe(error);
    if (reason !== stuckReason) send({ type: 'stuck', busy: isBusy(error), reason });
    stuckReason = reason;
    ports.onStarted();
    setTimeout(work, retryMs);
    retryMs = Math.min(longestRetryMs, retryMs * 2);
  }

  function wake(): void {
    if (working) return;
    working = true;
    work();
  }

  return {
    wake,
    run(id, statements) {
      runs.push({ id, statements, tries: 0 });
      wake();
    },
    keep(given) {
      bodies.push(given);
      wake();
    },
    finish() {
      finishing = true;
      wake();
    },
  };
}

export function isBusy(error: unknown): boolean {
  return error instanceof Sqlite.SqliteError && /^SQLITE_(BUSY|LOCKED)/.test(error.code);
}

function describe(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
