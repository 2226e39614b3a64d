import { once } from 'node:events';
import { type Response, Router } from 'express';
import { type CallFilter, type CallRecord, callFilterSchema } from '../../src-shared/contract/call.ts';
import { callCsvHead, callCsvLine } from '../../src-shared/format/call-csv.ts';
import { jsonLine } from '../../src-shared/format/json-line.ts';
import { allowMethods } from './allow-methods.ts';
import { parseInput } from './parse-input.ts';
import type { LedgerPort } from './ports.ts';

const PAGE = 500;

/** All calls of a filter as a file, newest first, read page by page as fast as they are taken. */
export function callListExport(ledger: LedgerPort): Router {
  const router = Router();
  router
    .route('/export.csv')
    .get(async (request, response) => {
      const filter = parseInput(callFilterSchema, request.query);
      await sendFile(
        response,
        'text/csv; charset=utf-8',
        'calls.csv',
        callCsvHead(),
        pages(ledger, filter),
        callCsvLine,
      );
    })
    .all(allowMethods('GET'));
  router
    .route('/export.jsonl')
    .get(async (request, response) => {
      const filter = parseInput(callFilterSchema, request.query);
      await sendFile(response, 'application/jsonl', 'calls.jsonl', '', pages(ledger, filter), jsonLine);
    })
    .all(allowMethods('GET'));
  return router;
}

async function* pages(ledger: LedgerPort, filter: CallFilter): AsyncGenerator<readonly CallRecord[]> {
  let cursor: string | null = null;
  do {
    const page = await ledger.calls({ ...filter, limit: PAGE, ...(cursor === null ? {} : { cursor }) });
    yield page.calls;
    cursor = page.nextCursor;
  } while (cursor !== null);
}

async function sendFile(
  response: Response,
  type: string,
  name: string,
  head: string,
  parts: AsyncGenerator<readonly CallRecord[]>,
  line: (call: CallRecord) => string,
): Promise<void> {
  // What is refused is refused before the file begins.
  const first = await parts.next();
  response.setHeader('content-type', type);
  response.setHeader('content-disposition', `attachment; filename="relay-${name}"`);
  response.write(head);
  const gone = new AbortController();
  response.once('close', () => gone.abort());
  try {
    for (let part = first; part.done !== true; part = await parts.next()) {
      const text = part.value.map(line).join('');
      if (!response.write(text)) await once(response, 'drain', { signal: gone.signal });
      if (gone.signal.aborted) return;
    }
    response.end();
  } catch {
    // The reader has gone, or the log failed: a file that is cut short must not look whole.
    response.destroy();
  }
}
