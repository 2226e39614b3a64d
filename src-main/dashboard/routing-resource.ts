import { Router } from 'express';
import { routingPreviewSchema, routingReplaySchema } from '../../src-shared/contract/routing.ts';
import { allowMethods } from './allow-methods.ts';
import { readJsonBody } from './json-body.ts';
import { parseInput } from './parse-input.ts';
import type { RoutingPort } from './ports.ts';

const MOST_BYTES = 64 * 1024;

export function routingResource(routing: RoutingPort): Router {
  const router = Router();
  router
    .route('/')
    .get(async (_request, response) => {
      response.json(await routing.view());
    })
    .all(allowMethods('GET'));
  router
    .route('/preview')
    .post(...readJsonBody(MOST_BYTES), async (request, response) => {
      response.json(await routing.preview(parseInput(routingPreviewSchema, request.body)));
    })
    .all(allowMethods('POST'));
  router
    .route('/replay')
    .post(...readJsonBody(MOST_BYTES), async (request, response) => {
      response.json(await routing.runReplay(parseInput(routingReplaySchema, request.body)));
    })
    .all(allowMethods('POST'));
  return router;
}
