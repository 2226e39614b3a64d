import { Worker } from 'node:worker_threads';
import { RelayError } from '../../src-shared/domain/relay-error.ts';
import { type RawBodies, rawBytes } from './bodies.ts';
import type { SqlStatement } from './database.ts';
import type { JournalFile } from './journal-files.ts';
import type { RetentionLimits } from './retention.ts';
import { workerFile } from './worker-file.ts';
import type { FromWriter, ToWriter, WriterSetup } from './writer-messages.ts';

/** Bodies that wait for the thread; more are dropped. */
const waitingBytes = 32 * 1024 * 1024;
/** A writer that died is started again this much later. */
const restartMs = 1_000;

export interface WriterEvents {
  onCommitted(message: Extract<FromWriter, { type: 'committed' }>): void;
  onStuck(message: Extract<FromWriter, { type: 'stuck' }>): void;
  /** The thread was lost and is back; it knows of no journal file yet. */
  onRestart(): void;
}

export interface Writer {
  readonly notices: readonly string[];
  /** Tells how far the journal has been written. */
  announce(files: readonly JournalFile[]): void;
  run(statements: readonly SqlStatement[]): Promise<void>;
  /** Takes bodies out of the caller's hands, or drops and counts them where too many wait already. `null` are some that were dropped before. */
  keepBodies(bodies: RawBodies | null): void;
  /** Calls whose bodies were dropped. */
  droppedBodies(): number;
  /** How much is kept from now on. */
  keep(limits: RetentionLimits, timeZone?: string): void;
  /** Finishes what was announced and closes the database; gives up after `patienceMs`. */
  close(patienceMs: number): Promise<void>;
}

interface Waiting {
  resolve(): void;
  reject(error: RelayError): void;
}

/** Starts the thread that owns the database's only writing connection; resolves once it is open and rejects with `storage_error`. */
export async function startWriter(setup: WriterSetup, events: WriterEvents): Promise<Writer> {
  const runs = new Map<number, Waiting>();
  let nextRun = 1;
  let bodyBytes = 0;
  let waitingBodies = 0;
  let droppedBodies = 0;
  let alive = true;
  let closing = false;
  let restart: NodeJS.Timeout | undefined;
  let kept: Extract<ToWriter, { type: 'keep' }> | null = null;

  function receive(message: FromWriter): void {
    if (message.type === 'committed') events.onCommitted(message);
    else if (message.type === 'stuck') events.onStuck(message);
    else if (message.type === 'bodies') {
      bodyBytes -= message.bytes;
      waitingBodies -= 1;
      if (!message.kept) droppedBodies += 1;
    } else if (message.type === 'ran') {
      const run = runs.get(message.id);
      runs.delete(message.id);
      if (message.failure === null) run?.resolve();
      else run?.reject(refused(message.failure));
    }
  }

  function failRuns(): void {
    for (const run of runs.values()) run.reject(refused('its writer stopped'));
    runs.clear();
  }

  function watch(worker: Worker): void {
    worker.on('error', (error) => events.onStuck({ type: 'stuck', busy: false, reason: String(error) }));
    worker.on('exit', () => {
      alive = false;
      droppedBodies += waitingBodies;
      waitingBodies = 0;
      bodyBytes = 0;
      failRuns();
      if (!closing) restart = setTimeout(revive, restartMs);
    });
  }

  /** What was in flight still is: only the first start of a run marks calls as interrupted. */
  async function revive(): Promise<void> {
    try {
      const again = await launch({ ...setup, left: [], interrupt: false, recover: false }, receive);
      if (closing) {
        await again.worker.terminate();
        return;
      }
      current = again.worker;
      alive = true;
      watch(current);
      if (kept !== null) post(kept);
      events.onRestart();
    } catch (error) {
      events.onStuck({ type: 'stuck', busy: false, reason: String(error) });
      if (!closing) restart = setTimeout(revive, restartMs);
    }
  }

  const { worker, notices } = await launch(setup, receive);
  let current = worker;
  watch(current);
  const post = (message: ToWriter): void => current.postMessage(message);

  return {
    notices,
    announce: (files) => post({ type: 'journal', files }),
    keepBodies(bodies) {
      const bytes = bodies === null ? 0 : rawBytes(bodies);
      if (bodies === null || closing || !alive || bodyBytes + bytes > waitingBytes) {
        droppedBodies += 1;
        return;
      }
      bodyBytes += bytes;
      waitingBodies += 1;
      const heads = [bodies.request.body, bodies.answer.body, ...bodies.sent.map(({ body }) => body)];
      current.postMessage({ type: 'bodies', bodies } satisfies ToWriter, [
        ...new Set(heads.flatMap((body) => (body === null ? [] : [body.head.buffer]))),
      ]);
    },
    droppedBodies: () => droppedBodies,
    keep(limits, timeZone) {
      kept = { type: 'keep', limits, timeZone: timeZone ?? null };
      post(kept);
    },
    run: (statements) =>
      new Promise((resolve, reject) => {
        if (closing || !alive) {
          reject(refused(closing ? 'it is closed' : 'its writer is being started again'));
          return;
        }
        const id = nextRun;
        nextRun += 1;
        runs.set(id, { resolve, reject });
        post({ type: 'run', id, statements });
      }),
    async close(patienceMs) {
      closing = true;
      clearTimeout(restart);
      const ended = new Promise<void>((resolve) => {
        if (!alive) resolve();
        else current.once('exit', () => resolve());
      });
      const impatience = setTimeout(() => current.terminate(), patienceMs);
      post({ type: 'close' });
      await ended;
      clearTimeout(impatience);
      failRuns();
    },
  };
}

interface Launched {
  readonly worker: Worker;
  readonly notices: readonly string[];
}

/** Resolves when the database is open; everything else the thread says goes to `receive`. */
function launch(setup: WriterSetup, receive: (message: FromWriter) => void): Promise<Launched> {
  const worker = new Worker(workerFile('writer-worker', import.meta.url), {
    workerData: setup,
    resourceLimits: { maxOldGenerationSizeMb: 64, maxYoungGenerationSizeMb: 8 },
  });
  let refusal = refused('the writer stopped before it began');
  return new Promise((resolve, reject) => {
    worker.on('message', (message: FromWriter) => {
      if (message.type === 'ready') resolve({ worker, notices: message.notices });
      else if (message.type === 'refused') refusal = new RelayError('storage_error', message);
      else receive(message);
    });
    worker.on('error', (error) => {
      refusal = refused(String(error));
    });
    // Only now has the thread let go of the folder.
    worker.on('exit', () => reject(refusal));
  });
}

const refused = (why: string): RelayError =>
  new RelayError('storage_error', { message: `The database did not take a change: ${why}. Try again.` });
