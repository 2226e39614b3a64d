import { Router } from 'express';
import { secretsMoveSchema } from '../../src-shared/contract/secrets.ts';
import { actorOf } from './actor.ts';
import { allowMethods } from './allow-methods.ts';
import { readJsonBody } from './json-body.ts';
import { parseInput } from './parse-input.ts';
import type { SecretsPort } from './ports.ts';

export function secretsResource(secrets: SecretsPort): Router {
  const router = Router();
  router
    .route('/')
    .get(async (_request, response) => {
      response.json(await secrets.view());
    })
    .all(allowMethods('GET'));
  router
    .route('/move')
    .post(...readJsonBody(8 * 1024), async (request, response) => {
      response.json(await secrets.move(parseInput(secretsMoveSchema, request.body), actorOf(request)));
    })
    .all(allowMethods('POST'));
  return router;
}
