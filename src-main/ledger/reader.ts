import { Worker } from 'node:worker_threads';
import type { CallQuery, CallRecord, CallValues, CallValuesQuery } from '../../src-shared/contract/call.ts';
import type { FailureList, FailureQuery } from '../../src-shared/contract/failure.ts';
import type { UsageHours, UsageHoursQuery, UsageQuery, UsageView } from '../../src-shared/contract/usage.ts';
import { RelayError } from '../../src-shared/domain/relay-error.ts';
import type { UsageForm } from '../../src-shared/format/usage-text.ts';
import type { SqlValue } from './database.ts';
import type { FromReader, ReadAnswer, ReadRequest, ToReader } from './reader-messages.ts';
import type { FoundCalls } from './search/call-search.ts';
import type { UsageContext } from './usage/measure-query.ts';
import { workerFile } from './worker-file.ts';

/** The thread costs tens of megabytes, so it goes when nobody has asked for this long. */
const idleMs = 30_000;

export interface Reader {
  /** Starts the thread before the first question comes. */
  warm(): void;
  /** The page's rows and one more; calls in `except` are left out. */
  calls(query: CallQuery, except: readonly string[]): Promise<FoundCalls>;
  values(query: CallValuesQuery): Promise<CallValues>;
  failures(query: FailureQuery, now: number): Promise<FailureList>;
  call(id: string): Promise<CallRecord | null>;
  usage(query: UsageQuery, context: UsageContext): Promise<UsageView>;
  /** The same as text, so that the thread that asks has no work with it. Throws `invalid_value` where it would be too many rows. */
  usageText(query: UsageQuery, form: UsageForm, context: UsageContext): Promise<string>;
  usageHours(query: UsageHoursQuery, context: UsageContext): Promise<UsageHours>;
  all(sql: string, params: readonly SqlValue[]): Promise<Record<string, unknown>[]>;
  close(): Promise<void>;
}

interface Waiting {
  resolve(answer: ReadAnswer): void;
  reject(error: RelayError): void;
}

/** Queries on a read-only connection in a thread of their own that goes when it is not needed: no query holds up a stream or an insert. */
export function createReader(databasePath: string): Reader {
  const waiting = new Map<number, Waiting>();
  let nextRequest = 1;
  let worker: Worker | null = null;
  let closed = false;
  let idle: NodeJS.Timeout | undefined;

  function start(): Worker {
    const started = new Worker(workerFile('reader-worker', import.meta.url), {
      workerData: databasePath,
      resourceLimits: { maxOldGenerationSizeMb: 128, maxYoungGenerationSizeMb: 8 },
    });
    let failure = 'the reader stopped';
    started.on('message', (message: FromReader) => {
      const asked = waiting.get(message.request);
      waiting.delete(message.request);
      if (message.type === 'failed') asked?.reject(unreadable(message.reason));
      else if (message.type === 'refused') asked?.reject(refused(message));
      else asked?.resolve(message);
      stopWhenIdle();
    });
    started.on('error', (error) => {
      failure = error instanceof Error ? error.message : String(error);
    });
    started.on('exit', () => {
      if (worker !== started) return;
      worker = null;
      for (const asked of waiting.values()) asked.reject(unreadable(failure));
      waiting.clear();
    });
    return started;
  }

  function stopWhenIdle(): void {
    clearTimeout(idle);
    if (waiting.size === 0) idle = setTimeout(stop, idleMs).unref();
  }

  async function stop(): Promise<void> {
    clearTimeout(idle);
    const stopped = worker;
    worker = null;
    for (const asked of waiting.values()) asked.reject(unreadable('it was closed'));
    waiting.clear();
    await stopped?.terminate();
  }

  function ask(question: ReadRequest): Promise<ReadAnswer> {
    return new Promise((resolve, reject) => {
      if (closed) {
        reject(unreadable('it was closed'));
        return;
      }
      clearTimeout(idle);
      worker ??= start();
      const request = nextRequest;
      nextRequest += 1;
      waiting.set(request, { resolve, reject });
      const message: ToReader = { request, ...question };
      worker.postMessage(message);
    });
  }

  async function answerOf<Type extends ReadRequest['type']>(
    question: ReadRequest & { readonly type: Type },
  ): Promise<Extract<ReadAnswer, { type: Type }>> {
    const answer = await ask(question);
    const isAsked = (given: ReadAnswer): given is Extract<ReadAnswer, { type: Type }> => given.type === question.type;
    if (!isAsked(answer)) throw unreadable('it gave another answer');
    return answer;
  }

  return {
    warm() {
      worker ??= start();
      stopWhenIdle();
    },
    async calls(query, except) {
      return (await answerOf({ type: 'calls', query, except })).found;
    },
    async call(id) {
      return (await answerOf({ type: 'call', id })).call;
    },
    async values(query) {
      return (await answerOf({ type: 'values', query })).values;
    },
    async failures(query, now) {
      return (await answerOf({ type: 'failures', query, now })).failures;
    },
    async usage(query, context) {
      return (await answerOf({ type: 'usage', query, context })).usage;
    },
    async usageText(query, form, context) {
      return (await answerOf({ type: 'usageText', query, form, context })).text;
    },
    async usageHours(query, context) {
      return (await answerOf({ type: 'hours', query, context })).hours;
    },
    async all(sql, params) {
      return (await answerOf({ type: 'all', sql, params })).rows;
    },
    async close() {
      closed = true;
      await stop();
    },
  };
}

const refused = ({ message, param }: { message: string; param: string | null }): RelayError =>
  new RelayError('invalid_value', { message, ...(param === null ? {} : { param }) });

const unreadable = (why: string): RelayError =>
  new RelayError('storage_error', {
    message: `The database could not be read: ${why}. Try again, or run: relay doctor`,
  });
