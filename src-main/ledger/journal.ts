import type { CallRecord } from '../../src-shared/contract/call.ts';
import { isBefore, type JournalDisk, type JournalFile, type JournalPosition, journalPath } from './journal-files.ts';

export interface JournalLimits {
  /** A file is closed and the next one begun at this size. */
  readonly fileBytes: number;
  /** All files together. Beyond it calls are dropped and counted (FAULTS S-01). */
  readonly totalBytes: number;
  /** Lines that wait in memory while the disk refuses them. */
  readonly heldBytes: number;
  /** Settled calls that are remembered until the database has them. */
  readonly remembered: number;
}

export const journalLimits: JournalLimits = {
  fileBytes: 1024 * 1024,
  totalBytes: 64 * 1024 * 1024,
  heldBytes: 16 * 1024 * 1024,
  remembered: 10_000,
};

export interface JournalOptions {
  readonly folder: string;
  readonly disk: JournalDisk;
  readonly firstFile: number;
  /** What an earlier run left behind; it counts towards `totalBytes`. */
  readonly left: readonly JournalFile[];
  readonly limits: JournalLimits;
  /** A settled call that need not be remembered any longer: it is in the database, or was dropped. */
  readonly onForget: (call: CallRecord) => void;
}

export interface Journal {
  /**
   * Never throws. Survives a kill of the process when it returns `true`; else the line waits in memory, or is dropped.
   * `decisions` are JSON texts that go with the call in the same line.
   */
  append(call: CallRecord, decisions?: readonly string[]): boolean;
  /** Writes what waits in memory, as far as the disk takes it. */
  retry(): void;
  /** The files with their sizes, oldest first, as far as they are not yet in the database. */
  files(): readonly JournalFile[];
  written(): JournalPosition;
  committed(): JournalPosition;
  /** The database holds everything before this position. */
  acknowledge(position: JournalPosition): void;
  /** Why the disk refused the last line; `null` while it takes them. */
  failure(): string | null;
  heldLines(): number;
  dropped(): number;
  close(): void;
}

interface Line {
  readonly call: CallRecord;
  readonly bytes: Buffer;
}

interface SettledMark {
  readonly call: CallRecord;
  readonly end: JournalPosition;
}

const isSettled = (call: CallRecord): boolean => call.status !== 'inflight';

/**
 * JSON lines, one written for a call's begin and one for its end, straight to the page cache. It is the queue between the calls
 * and the database at the same time: the writer reads it from the files, so a row that waits costs no memory.
 */
export function createJournal(options: JournalOptions): Journal {
  const { folder, disk, limits } = options;
  let full: JournalFile[] = [...options.left];
  let descriptor: number | null = null;
  let file = options.firstFile;
  let size = 0;
  let acknowledged: JournalPosition = { file: options.left[0]?.file ?? options.firstFile, offset: 0 };
  let held: Line[] = [];
  let heldBytes = 0;
  const settled: SettledMark[] = [];
  let failure: string | null = null;
  let dropped = 0;
  let closed = false;

  const totalBytes = (): number => full.reduce((sum, one) => sum + one.size, size);

  function open(number: number): void {
    const opened = disk.create(journalPath(folder, number));
    if (descriptor !== null) {
      disk.close(descriptor);
      full.push({ file, size });
    }
    descriptor = opened;
    file = number;
    size = 0;
  }

  function prepareFile(): number {
    if (descriptor === null) open(file);
    else if (size >= limits.fileBytes) {
      try {
        open(file + 1);
      } catch {
        // The file at hand can still grow; the next line tries again.
      }
    }
    if (descriptor === null) throw new Error('The journal has no open file');
    return descriptor;
  }

  /** Written at an explicit position, so that the rest of a line cut short by a full disk is overwritten by the next try. */
  function write(line: Line): boolean {
    try {
      const target = prepareFile();
      const length = disk.write(target, line.bytes, size);
      if (length < line.bytes.length) throw new Error('the disk is full');
    } catch (error) {
      failure = error instanceof Error ? error.message : String(error);
      return false;
    }
    failure = null;
    size += line.bytes.length;
    if (isSettled(line.call)) remember({ call: line.call, end: { file, offset: size } });
    return true;
  }

  function remember(mark: SettledMark): void {
    settled.push(mark);
    if (settled.length <= limits.remembered) return;
    const oldest = settled.shift();
    if (oldest !== undefined) options.onForget(oldest.call);
  }

  /** Only the loss of a settled call is a loss: a call whose begin found no room is still written whole when it settles. */
  function drop(call: CallRecord): false {
    if (isSettled(call)) {
      dropped += 1;
      options.onForget(call);
    }
    return false;
  }

  function append(call: CallRecord, decisions: readonly string[] = []): boolean {
    const line: Line = { call, bytes: Buffer.from(`${lineText(call, decisions)}\n`) };
    // New calls leave the last sixteenth to those that are running already.
    const room = isSettled(call) ? 1 : 15 / 16;
    if (closed || totalBytes() + heldBytes + line.bytes.length > limits.totalBytes * room) {
      failure ??= 'the journal holds as much as it may';
      return drop(call);
    }
    if (held.length === 0 && write(line)) return true;
    if (heldBytes + line.bytes.length > limits.heldBytes * room) return drop(call);
    held.push(line);
    heldBytes += line.bytes.length;
    return false;
  }

  function retry(): void {
    let done = 0;
    for (const line of held) {
      if (!write(line)) break;
      heldBytes -= line.bytes.length;
      done += 1;
    }
    held = held.slice(done);
  }

  function acknowledge(position: JournalPosition): void {
    if (isBefore(position, acknowledged)) return;
    acknowledged = position;
    full = full.filter((one) => one.file >= position.file);
    const waiting = settled.findIndex((mark) => isBefore(position, mark.end));
    const done = settled.splice(0, waiting === -1 ? settled.length : waiting);
    for (const mark of done) options.onForget(mark.call);
  }

  return {
    append,
    retry,
    files: () => (descriptor === null ? full : [...full, { file, size }]),
    written: () => ({ file, offset: size }),
    committed: () => acknowledged,
    acknowledge,
    failure: () => failure,
    heldLines: () => held.length,
    dropped: () => dropped,
    close() {
      closed = true;
      if (descriptor !== null) disk.close(descriptor);
      descriptor = null;
    },
  };
}

/** The call as JSON; its decisions, which are JSON already, become one more member of it. */
function lineText(call: CallRecord, decisions: readonly string[]): string {
  const text = JSON.stringify(call);
  return decisions.length === 0 ? text : `${text.slice(0, -1)},"decisions":[${decisions.join()}]}`;
}
