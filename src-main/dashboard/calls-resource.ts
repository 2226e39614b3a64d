import { Router } from 'express';
import { type CallDetail, callQuerySchema, callValuesQuerySchema } from '../../src-shared/contract/call.ts';
import { RelayError } from '../../src-shared/domain/relay-error.ts';
import { allowMethods } from './allow-methods.ts';
import { readDecisions } from './call-decisions.ts';
import { parseInput } from './parse-input.ts';
import type { LedgerPort } from './ports.ts';

export function callsResource(ledger: LedgerPort): Router {
  const router = Router();
  router
    .route('/')
    .get(async (request, response) => {
      response.json(await ledger.calls(parseInput(callQuerySchema, request.query)));
    })
    .all(allowMethods('GET'));
  // Before the calls themselves, whose ids are anything.
  router
    .route('/values')
    .get(async (request, response) => {
      response.json(await ledger.values(parseInput(callValuesQuerySchema, request.query)));
    })
    .all(allowMethods('GET'));
  router
    .route('/:id')
    .get(async (request, response) => {
      const call = await ledger.call(request.params.id);
      if (call === null) throw new RelayError('not_found', { message: 'There is no call with this id in the log.' });
      const decisions = readDecisions(await ledger.decisions(call.id));
      response.json({ ...call, decisions } satisfies CallDetail);
    })
    .all(allowMethods('GET'));
  return router;
}
