import { type Response, Router } from 'express';
import { usageExportQuerySchema, usageHoursQuerySchema, usageQuerySchema } from '../../src-shared/contract/usage.ts';
import { allowMethods } from './allow-methods.ts';
import { answerTagged } from './entity-tag.ts';
import { parseInput } from './parse-input.ts';
import type { UsagePort } from './ports.ts';

/** GET /api/usage, and the same as a file: what is exported is what is shown. */
export function usageResource(usage: UsagePort): Router {
  const router = Router();
  router
    .route('/')
    .get(async (request, response) => {
      const text = await usage.usageText(parseInput(usageQuerySchema, request.query), 'json');
      answerTagged(request, response, text);
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
      const text = await usage.usageText(parseInput(usageExportQuerySchema, request.query), 'csv');
      sendFile(response, 'text/csv; charset=utf-8', 'usage.csv', text);
    })
    .all(allowMethods('GET'));
  router
    .route('/export.json')
    .get(async (request, response) => {
      const text = await usage.usageText(parseInput(usageExportQuerySchema, request.query), 'json');
      sendFile(response, 'application/json', 'usage.json', text);
    })
    .all(allowMethods('GET'));
  return router;
}

function sendFile(response: Response, type: string, name: string, text: string): void {
  response.setHeader('content-type', type);
  response.setHeader('content-disposition', `attachment; filename="relay-${name}"`);
  response.end(text);
}
