import { closeSync, existsSync, openSync, readSync, rmSync } from 'node:fs';
import type { Database } from 'better-sqlite3';
import { createBacklog } from './backlog.ts';
import { callSelection, type JournalLine, readCallRow, readJournalLine, upsertDecisions } from './call-row.ts';
import { type CallStorePorts, createCallStore } from './call-store.ts';
import { type JournalFile, type JournalPosition, journalPath } from './journal-files.ts';

/** How much of the journal one transaction takes at most. */
const chunkBytes = 256 * 1024;

export interface Drain {
  /** Tells how far the journal has been written. */
  extend(files: readonly JournalFile[]): void;
  /** Brings one chunk into the database; `false` when nothing was left. Throws as SQLite does, and then nothing has moved. */
  step(): boolean;
  /** Everything before it is in the database. */
  position(): JournalPosition;
  /** Whole lines that were no call. */
  damagedLines(): number;
  /** Work that can wait: sums of older calls, old minutes, what is not kept any longer. `false` when there is none. Throws as `step` does. */
  idle(): boolean;
  /** Deletes the last file when all of it is in the database: for the end of a run. */
  finish(): void;
}

/** What else is done with the database between the calls. */
export interface Upkeep extends CallStorePorts {
  /** `false` when there is nothing to do for now. Throws as SQLite does. */
  step(): boolean;
}

interface Source {
  readonly file: number;
  size: number;
  offset: number;
}

/**
 * Moves the journal into the database in order. A file goes when a newer one is known and all its rows are committed.
 * `left` are the files of an earlier run: after them, calls that are still in flight were interrupted.
 */
export function createDrain(
  db: Database,
  folder: string,
  left: readonly JournalFile[],
  interrupt: boolean,
  now: () => number = Date.now,
  upkeep: Upkeep = { step: () => false, isLetGo: () => false, touched: () => {} },
): Drain {
  const store = createCallStore(db, upkeep);
  const backlog = createBacklog(db, store, now);
  const sources: Source[] = left.map(({ file, size }) => ({ file, size, offset: 0 }));
  let leftFiles = left.length;
  let interruptPending = interrupt;
  let damaged = 0;
  let position: JournalPosition = { file: 0, offset: 0 };
  const explain = db.prepare(upsertDecisions);
  const commit = db.transaction((lines: readonly string[], replayed: boolean): number => {
    store.forget();
    const read = lines.map(readJournalLine).filter((line) => line !== null);
    for (const { call, decisions } of lastStates(read)) {
      if (store.put(call, replayed) && decisions.length > 0) explain.run(call.id, JSON.stringify(decisions));
    }
    store.write();
    return lines.length - read.length;
  });
  const running = db.prepare<[], Record<string, unknown>>(
    `SELECT ${callSelection} FROM calls WHERE status = 'inflight' AND status <> 'ok'`,
  );
  const interruptRunning = db.transaction((): void => {
    store.forget();
    for (const row of running.all()) {
      const call = readCallRow(row);
      store.put({ ...call, status: 'interrupted', reason: call.reason ?? 'Relay stopped before this call ended.' });
    }
    store.write();
  });

  function take(source: Source): void {
    const { text, length } = readLines(journalPath(folder, source.file), source.offset, source.size);
    const lines = text.split('\n').filter((line) => line !== '');
    damaged += commit.immediate(lines, leftFiles > 0);
    source.offset += length;
    position = { file: source.file, offset: source.offset };
  }

  function step(): boolean {
    const [source, next] = sources;
    if (source !== undefined && source.offset < source.size) {
      take(source);
      return true;
    }
    if (source !== undefined && (leftFiles > 0 || next !== undefined)) {
      rmSync(journalPath(folder, source.file), { force: true });
      sources.shift();
      leftFiles = Math.max(0, leftFiles - 1);
      position = { file: next?.file ?? source.file + 1, offset: 0 };
      return true;
    }
    return false;
  }

  return {
    step() {
      if (interruptPending && leftFiles === 0) {
        interruptRunning.immediate();
        interruptPending = false;
      }
      return step();
    },
    extend(files) {
      for (const { file, size } of files) {
        const known = sources.find((source) => source.file === file);
        if (known !== undefined) known.size = Math.max(known.size, size);
        // A writer that died may have deleted a file without having said so.
        else if (file >= position.file && existsSync(journalPath(folder, file)))
          sources.push({ file, size, offset: 0 });
      }
    },
    // Only a call that is in the sums may go, and only whole sums can be summed up.
    idle: () => backlog.step() || upkeep.step(),
    position: () => position,
    damagedLines: () => damaged,
    finish() {
      const [source] = sources;
      if (sources.length !== 1 || source === undefined || source.offset < source.size) return;
      rmSync(journalPath(folder, source.file), { force: true });
    },
  };
}

/** The last state of each call, in the place of its first: one that began and ended within a chunk is stored once. */
function lastStates(lines: readonly JournalLine[]): Iterable<JournalLine> {
  const states = new Map<string, JournalLine>();
  for (const line of lines) {
    const { id, status } = line.call;
    if (status !== 'inflight' || !states.has(id)) states.set(id, line);
  }
  return states.values();
}

/** The whole lines from `offset` on, and how many bytes were read for them. A last line without an end was torn: it is skipped. */
function readLines(path: string, offset: number, size: number): { text: string; length: number } {
  const descriptor = openSync(path, 'r');
  try {
    for (let wanted = chunkBytes; ; wanted *= 2) {
      const bytes = Buffer.alloc(Math.min(wanted, size - offset));
      const length = readSync(descriptor, bytes, 0, bytes.length, offset);
      const end = bytes.lastIndexOf(0x0a, length - 1) + 1;
      if (end > 0) return { text: bytes.toString('utf8', 0, end), length: end };
      if (length < bytes.length || offset + length >= size) return { text: '', length: size - offset };
    }
  } finally {
    closeSync(descriptor);
  }
}
