import { type RequestHandler, Router } from 'express';
import { tunnelStartSchema } from '../../src-shared/contract/tunnel.ts';
import { actorOf } from './actor.ts';
import { allowMethods } from './allow-methods.ts';
import { readOptionalJson } from './json-body.ts';
import { parseInput } from './parse-input.ts';
import type { TunnelPort } from './ports.ts';

/** `once` answers a repeated POST without doing it again. */
export function tunnelResource(tunnel: TunnelPort, once: RequestHandler): Router {
  const router = Router();
  router
    .route('/')
    .get(async (_request, response) => {
      response.json(await tunnel.view());
    })
    .post(...readOptionalJson(1_024), once, async (request, response) => {
      const wanted = parseInput(tunnelStartSchema, request.body ?? {});
      response.status(201).json(await tunnel.start(wanted, actorOf(request)));
    })
    .delete(async (request, response) => {
      response.json(await tunnel.stop(actorOf(request)));
    })
    .all(allowMethods('GET', 'POST', 'DELETE'));
  return router;
}
