import { Router } from 'express';
import { RelayError } from '../../src-shared/domain/relay-error.ts';
import { allowMethods } from './allow-methods.ts';
import type { LedgerPort } from './ports.ts';

/** /api/bodies: all that is kept of prompts and answers, to be seen and erased. */
export function bodiesResource(ledger: LedgerPort): Router {
  const router = Router();
  router
    .route('/')
    .get(async (_request, response) => {
      response.json((await ledger.kept()).bodies);
    })
    .delete(async (_request, response) => {
      response.json({ erased: await ledger.eraseBodies(null) });
    })
    .all(allowMethods('GET', 'DELETE'));
  return router;
}

/** /api/calls/{id}/bodies */
export function callBodiesResource(ledger: LedgerPort): Router {
  const router = Router({ mergeParams: true });
  router
    .route('/:id/bodies')
    .get(async (request, response) => {
      const bodies = await ledger.bodies(request.params.id);
      if (bodies === null) throw nothingKept();
      response.json(bodies);
    })
    .delete(async (request, response) => {
      if ((await ledger.eraseBodies(request.params.id)) === 0) throw nothingKept();
      response.status(204).end();
    })
    .all(allowMethods('GET', 'DELETE'));
  return router;
}

const nothingKept = (): RelayError =>
  new RelayError('not_found', {
    message:
      'No bodies of this call are kept. They are for keys that ask for it (relay keys change ID --capture failed), and go after a while.',
  });
