import { parentPort, workerData } from 'node:worker_threads';
import Sqlite, { type Database } from 'better-sqlite3';
import { RelayError } from '../../src-shared/domain/relay-error.ts';
import { usageText } from '../../src-shared/format/usage-text.ts';
import { readFailures } from './failures/failure-query.ts';
import type { FromReader, ReadAnswer, ReadRequest, ToReader } from './reader-messages.ts';
import { selectCall } from './search/call-page.ts';
import { searchCalls } from './search/call-search.ts';
import { readCallValues } from './search/call-values.ts';
import { readUsageHours } from './usage/usage-hours.ts';
import { readUsage } from './usage/usage-query.ts';

/** Readers of a WAL database wait for no writer, only for the moment in which another program recovers the log. */
const busyMs = 2_000;

const port = parentPort;
if (port === null) throw new Error('reader-worker is started by the ledger, as a worker thread');
const path: string = workerData;
let opened: Database | undefined;

/** Not before the first question: the thread is started while the writer still creates or migrates the file. */
function connection(): Database {
  opened ??= new Sqlite(path, { readonly: true, fileMustExist: true, timeout: busyMs });
  return opened;
}

function answer(request: ReadRequest): ReadAnswer {
  try {
    const db = connection();
    if (request.type === 'calls') {
      return { type: 'calls', found: searchCalls(db, request.query, request.except) };
    }
    if (request.type === 'call') return { type: 'call', call: selectCall(db, request.id) };
    if (request.type === 'values') return { type: 'values', values: readCallValues(db, request.query) };
    if (request.type === 'failures') {
      return { type: 'failures', failures: readFailures(db, request.query, request.now) };
    }
    if (request.type === 'hours') return { type: 'hours', hours: readUsageHours(db, request.query, request.context) };
    if (request.type === 'usage') return { type: 'usage', usage: readUsage(db, request.query, request.context) };
    if (request.type === 'usageText')
      return { type: 'usageText', text: usageText(readUsage(db, request.query, request.context), request.form) };
    const statement = db.prepare<unknown[], Record<string, unknown>>(request.sql);
    return { type: 'all', rows: statement.all(...request.params) };
  } catch (error) {
    if (error instanceof RelayError) return { type: 'refused', message: error.message, param: error.param };
    return { type: 'failed', reason: error instanceof Error ? error.message : String(error) };
  }
}

port.on('message', (message: ToReader) => {
  const reply: FromReader = { request: message.request, ...answer(message) };
  port.postMessage(reply);
});
