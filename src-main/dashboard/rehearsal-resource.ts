import { Router } from 'express';
import { allowMethods } from './allow-methods.ts';
import type { RehearsalPort } from './ports.ts';

export function rehearsalResource(rehearsal: RehearsalPort): Router {
  const router = Router();
  router
    .route('/')
    .get(async (_request, response) => {
      response.json(await rehearsal.view());
    })
    .post(async (_request, response) => {
      response.status(202).json(await rehearsal.start());
    })
    .all(allowMethods('GET', 'POST'));
  return router;
}
