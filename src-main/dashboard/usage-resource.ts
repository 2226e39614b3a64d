import { type Response, Router } from 'express';
import { usageHoursQuerySchema, usageQuerySchema } from '../../src-shared/contract/usage.ts';
import { usageCsv } from '../../src-shared/format/usage-csv.ts';
import { allowMethods } from './allow-methods.ts';
import { parseInput } from './parse-input.ts';
import type { UsagePort } from './ports.ts';

/** GET /api/usage, and the same as a file: what is exported is what is shown. */
export function usageResource(usage: UsagePort): Router {
  const router = Router();
  router
    .route('/')
    .get(async (request, response) => {
      response.json(await usage.usage(parseInput(usageQuerySchema, request.query)));
    })
    .all(allowMethods('GET'));
  router
    .route('/hours')
    .get(async (request, response) => {
      response.json(await usage.usageHours(parseInput(usageHoursQuerySchema, request.query)));
    })
    .all(allowMethods('GET'));
  router
    .route('/export.csv')
    .get(async (request, response) => {
      const view = await usage.usage(parseInput(usageQuerySchema, request.query));
      sendFile(response, 'text/csv; charset=utf-8', 'usage.csv', usageCsv(view));
    })
    .all(allowMethods('GET'));
  router
    .route('/export.json')
    .get(async (request, response) => {
      const view = await usage.usage(parseInput(usageQuerySchema, request.query));
      sendFile(response, 'application/json', 'usage.json', [JSON.stringify(view, null, 2), '\n']);
    })
    .all(allowMethods('GET'));
  return router;
}

function sendFile(response: Response, type: string, name: string, parts: Iterable<string>): void {
  response.setHeader('content-type', type);
  response.setHeader('content-disposition', `attachment; filename="relay-${name}"`);
  for (const part of parts) response.write(part);
  response.end();
}
