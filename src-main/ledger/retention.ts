import type { Database } from 'better-sqlite3';
import type { Settings } from '../../src-shared/contract/settings.ts';
import type { BodyLimits } from './bodies.ts';

/** How much of the log is kept. */
export interface RetentionLimits extends BodyLimits {
  readonly callsMs: number;
  /** Of the database, less what has a bound of its own: kept responses and bodies. */
  readonly bytes: number;
  readonly decisionsMs: number;
  readonly bodiesMs: number;
}

const DAY_MS = 86_400_000;

export const retentionOf = (settings: Settings): RetentionLimits => ({
  callsMs: settings['retention.days'] * DAY_MS,
  decisionsMs: settings['retention.decisionDays'] * DAY_MS,
  bytes: settings['retention.bytes'],
  bodiesMs: settings['capture.keepMs'],
  bodiesBytes: settings['capture.bytes'],
  redact: settings['capture.redact'],
});

export interface Retention {
  limit(limits: RetentionLimits): void;
  /** Deletes one batch, or gives some free pages back; `false` when there is nothing to do for now. Throws as SQLite does. */
  step(): boolean;
  /** Whether a call of a replayed journal, which is not in the database, was there and was let go. */
  isLetGo(startedAt: number): boolean;
}

/** What is due is looked for this often. */
const CHECK_MS = 60_000;
/** Calls are never let go for their size before this age: somebody may be looking at them, and a replay can tell them from new ones. */
const YOUNGEST_MS = 3_600_000;
/** Free pages that stay in the file, because the next calls need them. */
const FREE_PAGES = 1_024;
/** A batch that takes longer than this is halved, so that none comes near 50 ms (FAULTS S-10). */
const LONGEST_MS = 20;
const SHORTEST_MS = 5;

export interface RetentionPorts {
  readonly now: () => number;
  readonly monotonic: () => number;
}

/** Lets go of what is too old or too much, oldest first, in small transactions between the inserts. Sums stay (`rollups`). */
export function createRetention(db: Database, { now, monotonic }: RetentionPorts): Retention {
  const state = db.prepare<[], { calls: number; decisions: number }>(
    'SELECT calls_until AS calls, decisions_until AS decisions FROM retention',
  );
  const saveCalls = db.prepare('UPDATE retention SET calls_until = max(calls_until, ?)');
  const saveDecisions = db.prepare('UPDATE retention SET decisions_until = ?');
  const oldCalls = db.prepare<[number, number], { row: number; at: number }>(
    "SELECT rowid AS row, started_at AS at FROM calls WHERE started_at < ? AND status <> 'inflight' ORDER BY started_at, id LIMIT ?",
  );
  const deleteCall = db.prepare('DELETE FROM calls WHERE rowid = ?');
  const decided = db.prepare<[number, number, number], { id: string; at: number }>(
    'SELECT id, started_at AS at FROM calls WHERE started_at > ? AND started_at < ? ORDER BY started_at, id LIMIT ?',
  );
  const sameTime = db.prepare<[number], { id: string; at: number }>(
    'SELECT id, started_at AS at FROM calls WHERE started_at = ?',
  );
  const deleteDecisions = db.prepare('DELETE FROM decisions WHERE call_id = ?');
  const oldBodies = db.prepare('DELETE FROM bodies WHERE rowid IN (SELECT rowid FROM bodies WHERE at < ? LIMIT ?)');
  const oldestBodies = db.prepare(`DELETE FROM bodies WHERE rowid IN (SELECT row FROM (
  SELECT rowid AS row, sum(bytes) OVER (ORDER BY at, rowid) - bytes AS older FROM bodies ORDER BY at, rowid LIMIT ?
) WHERE older < ?)`);
  const bodyBytes = db.prepare<[], number>('SELECT coalesce(sum(bytes), 0) FROM bodies').pluck();
  const otherBytes = db
    .prepare<[], number>(
      'SELECT (SELECT coalesce(sum(bytes), 0) FROM bodies) + (SELECT coalesce(sum(bytes), 0) FROM kept_chains)',
    )
    .pluck();
  const pragma = (name: string): number => Number(db.pragma(name, { simple: true }));
  const shrinks = pragma('auto_vacuum') === 2;
  let letGoUntil = state.get()?.calls ?? 0;
  let limits: RetentionLimits | null = null;
  let checkedAt = Number.NEGATIVE_INFINITY;

  /** Runs work on as many rows as fit into a moment; true where there may be more of it. */
  const paced = (work: (rows: number) => number, most = 10_000): (() => boolean) => {
    let rows = 64;
    return () => {
      const beganAt = monotonic();
      const done = work(rows);
      const tookMs = monotonic() - beganAt;
      if (tookMs > LONGEST_MS) rows = Math.max(8, rows >> 1);
      else if (tookMs < SHORTEST_MS) rows = Math.min(most, rows * 2);
      return done > 0;
    };
  };

  const letGo = db.transaction((before: number, rows: number): number => {
    const calls = oldCalls.all(before, rows);
    for (const { row } of calls) deleteCall.run(row);
    const last = calls.at(-1);
    if (last !== undefined) saveCalls.run(last.at);
    return calls.length;
  });
  const letCallsGo = (before: number, rows: number): number => {
    const gone = letGo.immediate(before, rows);
    if (gone > 0) letGoUntil = state.get()?.calls ?? letGoUntil;
    return gone;
  };

  const forget = db.transaction((before: number, rows: number): number => {
    const from = state.get()?.decisions ?? 0;
    const calls = decided.all(from, before, rows);
    const last = calls.at(-1);
    if (last === undefined) return 0;
    // Calls of the same millisecond go together, because the next batch begins behind it.
    for (const { id } of [...calls, ...sameTime.all(last.at)]) deleteDecisions.run(id);
    saveDecisions.run(last.at);
    return calls.length;
  });

  const logBytes = (): number =>
    (pragma('page_count') - pragma('freelist_count')) * pragma('page_size') - (otherBytes.get() ?? 0);

  const tasks = (kept: () => RetentionLimits): (() => boolean)[] => [
    paced((rows) => oldBodies.run(now() - kept().bodiesMs, rows).changes),
    paced((rows) => oldestBodies.run(rows, (bodyBytes.get() ?? 0) - kept().bodiesBytes).changes),
    paced((rows) => letCallsGo(now() - kept().callsMs, rows)),
    paced((rows) => (logBytes() > kept().bytes ? letCallsGo(now() - YOUNGEST_MS, rows) : 0), 64),
    paced((rows) => forget.immediate(now() - kept().decisionsMs, rows)),
    paced((pages) => {
      const spare = shrinks ? pragma('freelist_count') - FREE_PAGES : 0;
      if (spare > 0) db.pragma(`incremental_vacuum(${Math.min(spare, pages)})`);
      return spare;
    }),
  ];
  const due = tasks(() => limits!);

  return {
    limit(given) {
      limits = given;
      checkedAt = Number.NEGATIVE_INFINITY;
    },
    step() {
      if (limits === null || monotonic() - checkedAt < CHECK_MS) return false;
      if (due.some((task) => task())) return true;
      checkedAt = monotonic();
      return false;
    },
    // A mark in the future was made by a wrong clock: rather a call counted twice than one lost.
    isLetGo: (startedAt) => startedAt <= letGoUntil && letGoUntil <= now(),
  };
}
