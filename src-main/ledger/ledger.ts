import { join } from 'node:path';
import type { CallList, CallQuery, CallRecord, CallValues, CallValuesQuery } from '../../src-shared/contract/call.ts';
import { type CallBodies, callBodiesSchema } from '../../src-shared/contract/call-bodies.ts';
import type { FailureList, FailureQuery } from '../../src-shared/contract/failure.ts';
import type { Kept } from '../../src-shared/contract/status.ts';
import type { UsageHours, UsageHoursQuery, UsageQuery, UsageView } from '../../src-shared/contract/usage.ts';
import type { Clock } from '../../src-shared/domain/clock.ts';
import { RelayError } from '../../src-shared/domain/relay-error.ts';
import { createSlotMap } from '../../src-shared/domain/slot-map.ts';
import type { UsageForm } from '../../src-shared/format/usage-text.ts';
import { type BackupMade, backUp, dropUnsent } from './backup.ts';
import type { RawBodies } from './bodies.ts';
import type { Database } from './database.ts';
import { createJournal, type JournalLimits, journalLimits } from './journal.ts';
import { isBefore, type JournalDisk, journalFolder, leftJournals, nodeDisk } from './journal-files.ts';
import { createKept } from './kept.ts';
import { createReader } from './reader.ts';
import type { RetentionLimits } from './retention.ts';
import { readCursor } from './search/call-cursor.ts';
import { mergePage } from './search/call-page.ts';
import { startWriter } from './writer.ts';

/**
 * The writer hears of new rows this often at most; what queued up until then is one transaction. A transaction costs more than its rows,
 * and nobody waits for it: calls are safe in the journal, and lists show them from memory meanwhile.
 */
const announceMs = 50;
/** How often lines that the disk refused are tried again. */
const retryMs = 1_000;
const closePatienceMs = 3_000;

export interface LedgerState {
  /** `behind`: all calls are safe in the journal, the database is not taking them. `degraded`: calls may be lost. */
  readonly state: 'ok' | 'behind' | 'degraded';
  readonly reason: string | null;
  /** Calls of this run whose end is in no file. */
  readonly dropped: number;
}

export interface Ledger {
  /**
   * Writes a call's begin down: a kill of the process cannot lose it any more. Never throws, never waits for the database.
   * The record must not be changed afterwards.
   */
  begin(call: CallRecord): void;
  /** The same for a call's end, with its final record and its decisions, each a JSON text. */
  settle(call: CallRecord, decisions?: readonly string[]): void;
  /** Newest first, with calls that began or ended a moment ago. */
  calls(query: CallQuery): Promise<CallList>;
  call(id: string): Promise<CallRecord | null>;
  /** What settled calls can be filtered by. */
  values(query: CallValuesQuery): Promise<CallValues>;
  /** Failures by their cause. */
  failures(query: FailureQuery): Promise<FailureList>;
  /** The decisions that were settled with a call, as they were given. */
  decisions(id: string): Promise<unknown[]>;
  /** Keeps bodies of a call a moment later, redacted; never waits, and drops them where too many wait. `null` only counts some that were dropped. */
  keepBodies(bodies: RawBodies | null): void;
  /** `null` where none are kept of this call. */
  bodies(id: string): Promise<CallBodies | null>;
  /** Erases the bodies of one call, or all that are there; how many calls had any. */
  eraseBodies(id: string | null): Promise<number>;
  /** How much is kept from now on, and whose days are summed up for long windows; everything, and none, until this is said. */
  keep(limits: RetentionLimits, timeZone?: string): void;
  /** A checked copy of the database at `path`, made meanwhile. Rejects with `conflict` where there is a file, and `storage_error`. */
  backUp(path: string): Promise<BackupMade>;
  /** How much the log holds now. Rejects with `storage_error`. */
  kept(): Promise<Kept>;
  /** Sums over any window. `timeZone` is the person's own. */
  usage(query: UsageQuery, timeZone: string): Promise<UsageView>;
  /** The same as text. Rejects with `invalid_value` where that would be too many rows. */
  usageText(query: UsageQuery, form: UsageForm, timeZone: string): Promise<string>;
  /** The same by hour of the week. */
  usageHours(query: UsageHoursQuery, timeZone: string): Promise<UsageHours>;
  /** What had to be done to open the database, in sentences. */
  readonly notices: readonly string[];
  state(): LedgerState;
  /** Called at once with every call that begins or ends; returns how to stop it. */
  onChange(listener: (call: CallRecord) => void): () => void;
  readonly database: Database;
  /** Resolves when everything written down so far is in the database; waits as long as that takes. */
  flush(): Promise<void>;
  close(): Promise<void>;
}

export interface LedgerOptions {
  readonly dataDir: string;
  readonly clock: Clock;
  /** Consent to keep a damaged or foreign database aside and begin a new one. */
  readonly recover?: boolean;
  /** One sentence for a person about something that happened to the log. */
  readonly onNotice?: (sentence: string) => void;
  readonly disk?: JournalDisk;
  readonly limits?: JournalLimits;
  /** How long `close` waits for someone else's lock; the journal keeps what is left. */
  readonly closePatienceMs?: number;
}

/** Opens the call log of a data folder. Rejects with `storage_error` where it cannot be used, and leaves it as it was. */
export async function openLedger(options: LedgerOptions): Promise<Ledger> {
  const { dataDir, clock, onNotice = () => {}, disk = nodeDisk } = options;
  const databasePath = join(dataDir, 'relay.db');
  const folder = journalFolder(dataDir);
  const left = prepareFolder(folder, disk);
  const recent = createSlotMap<CallRecord>();
  const recentDecisions = createSlotMap<readonly string[]>();
  const listeners = new Set<(call: CallRecord) => void>();
  const firstFile = (left.at(-1)?.file ?? 0) + 1;
  const journal = createJournal({
    folder,
    disk,
    firstFile,
    left,
    limits: options.limits ?? journalLimits,
    onForget(call) {
      if (recent.get(call.id) !== call) return;
      recent.delete(call.id);
      recentDecisions.delete(call.id);
    },
  });
  let stuck: { readonly busy: boolean; readonly reason: string } | null = null;
  let damagedLines = 0;
  let lastState: LedgerState['state'] = 'ok';
  let announced = { file: firstFile, offset: 0 };
  let announceTimer: NodeJS.Timeout | null = null;
  let retryTimer: NodeJS.Timeout | null = null;
  let progress = Promise.withResolvers<void>();

  // Side by side with the writer: the other rooms read their tables as soon as the ledger is open.
  const reader = createReader(databasePath);
  reader.warm();
  const writer = await startWriter(
    { databasePath, journalFolder: folder, left, interrupt: true, recover: options.recover ?? false, now: clock.now() },
    {
      onCommitted(message) {
        stuck = null;
        damagedLines = message.damagedLines;
        journal.acknowledge(message.position);
        move();
        if (isBefore(announced, journal.written())) announceSoon();
      },
      onStuck(message) {
        stuck = message;
        move();
      },
      onRestart() {
        stuck = null;
        announced = journal.committed();
        announce();
      },
    },
  ).catch(async (error) => {
    await reader.close();
    throw error;
  });
  for (const notice of writer.notices) onNotice(notice);
  dropUnsent(folder);

  function announceSoon(): void {
    announceTimer ??= setTimeout(announce, announceMs);
  }

  function announce(): void {
    if (announceTimer !== null) clearTimeout(announceTimer);
    announceTimer = null;
    const written = journal.written();
    if (!isBefore(announced, written)) return;
    writer.announce(journal.files().filter((one) => one.file >= announced.file));
    announced = written;
  }

  /** Wakes who waits for the database, and says once when the log's state has changed. */
  function move(): void {
    const waiters = progress;
    progress = Promise.withResolvers<void>();
    waiters.resolve();
    const now = state();
    if (now.state === lastState) return;
    lastState = now.state;
    onNotice(now.reason ?? 'The call log is complete again.');
  }

  function state(): LedgerState {
    const dropped = journal.dropped() + damagedLines;
    const refused = journal.failure();
    if (refused !== null) {
      const reason = `Calls go on but cannot be written down: ${refused}. Free space in the data folder.`;
      return { state: 'degraded', reason, dropped };
    }
    if (stuck === null) return { state: 'ok', reason: null, dropped };
    return stuck.busy
      ? { state: 'behind', reason: 'Another program holds the database. Calls wait in the journal.', dropped }
      : { state: 'degraded', reason: `The database refuses the call log (${stuck.reason}).`, dropped };
  }

  function retry(): void {
    if (retryTimer !== null) clearTimeout(retryTimer);
    retryTimer = null;
    journal.retry();
    if (journal.heldLines() > 0) retryTimer = setTimeout(retry, retryMs);
    announceSoon();
    move();
  }

  function record(call: CallRecord, decisions: readonly string[] = []): void {
    recent.set(call.id, call);
    if (decisions.length > 0) recentDecisions.set(call.id, decisions);
    if (journal.append(call, decisions)) {
      if (!isBefore(journal.committed(), announced)) announceSoon();
    } else {
      if (journal.heldLines() > 0) retryTimer ??= setTimeout(retry, retryMs);
      move();
    }
    for (const listener of listeners) {
      try {
        listener(call);
      } catch (error) {
        onNotice(`Something that watches the call log failed: ${error instanceof Error ? error.message : 'unknown'}.`);
      }
    }
  }

  async function flush(): Promise<void> {
    if (journal.heldLines() > 0) retry();
    while (journal.heldLines() > 0) await progress.promise;
    const target = journal.written();
    announce();
    while (isBefore(journal.committed(), target)) await progress.promise;
  }

  return {
    begin: (call) => record(call),
    settle: record,
    async calls(query) {
      readCursor(query.cursor);
      const newest = recent.values();
      const stored = await reader.calls(
        query,
        newest.map((call) => call.id),
      );
      return mergePage(query, stored, newest);
    },
    call: async (id) => recent.get(id) ?? (await reader.call(id)),
    async decisions(id) {
      const waiting = recentDecisions.get(id);
      if (waiting !== undefined) return waiting.map((text): unknown => JSON.parse(text));
      const [row] = await reader.all('SELECT body FROM decisions WHERE call_id = ?', [id]);
      return row === undefined ? [] : JSON.parse(String(row['body']));
    },
    keepBodies: writer.keepBodies,
    async bodies(id) {
      const [row] = await reader.all('SELECT content FROM bodies WHERE call_id = ?', [id]);
      return row === undefined ? null : callBodiesSchema.parse(JSON.parse(String(row['content'])));
    },
    async eraseBodies(id) {
      const [where, params] = id === null ? ['', []] : [' WHERE call_id = ?', [id]];
      const [row] = await reader.all(`SELECT count(*) AS n FROM bodies${where}`, params);
      await writer.run([{ sql: `DELETE FROM bodies${where}`, params }]);
      return Number(row?.['n'] ?? 0);
    },
    keep: writer.keep,
    async backUp(path) {
      await flush();
      return backUp(databasePath, path);
    },
    kept: createKept(reader.all, writer.droppedBodies, clock.monotonic),
    values: reader.values,
    failures: (query) => reader.failures(query, clock.now()),
    usageHours: (query, timeZone) => reader.usageHours(query, { now: clock.now(), timeZone }),
    usageText: (query, form, timeZone) => reader.usageText(query, form, { now: clock.now(), timeZone }),
    usage: (query, timeZone) => reader.usage(query, { now: clock.now(), timeZone }),
    notices: writer.notices,
    state,
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    database: { all: (sql, params = []) => reader.all(sql, params), run: (statements) => writer.run(statements) },
    flush,
    async close() {
      await reader.close();
      if (journal.heldLines() > 0) journal.retry();
      announce();
      if (retryTimer !== null) clearTimeout(retryTimer);
      journal.close();
      await writer.close(options.closePatienceMs ?? closePatienceMs);
      if (announceTimer !== null) clearTimeout(announceTimer);
    },
  };
}

function prepareFolder(folder: string, disk: JournalDisk): ReturnType<typeof leftJournals> {
  try {
    disk.makeFolder(folder);
    return leftJournals(folder);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new RelayError('storage_error', { message: `The data folder cannot be used: ${why}.`, cause: error });
  }
}
