import { Router } from 'express';
import { failureQuerySchema } from '../../src-shared/contract/failure.ts';
import { allowMethods } from './allow-methods.ts';
import { parseInput } from './parse-input.ts';
import type { LedgerPort } from './ports.ts';

/** GET /api/errors: failures by their cause. Their calls are GET /api/calls?cause=. */
export function errorsResource(ledger: Pick<LedgerPort, 'failures'>): Router {
  const router = Router();
  router
    .route('/')
    .get(async (request, response) => {
      response.json(await ledger.failures(parseInput(failureQuerySchema, request.query)));
    })
    .all(allowMethods('GET'));
  return router;
}
