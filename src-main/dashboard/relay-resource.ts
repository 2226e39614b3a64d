import { Router } from 'express';
import { pauseWishSchema, type RelayState } from '../../src-shared/contract/pause.ts';
import { actorOf } from './actor.ts';
import { allowMethods } from './allow-methods.ts';
import { readJsonBody } from './json-body.ts';
import { parseInput } from './parse-input.ts';
import type { PausePort } from './ports.ts';

/** Relay as a whole: whether it is paused, pausing and resuming it. Each may be asked again without doing more. */
export function relayResource(pause: PausePort): Router {
  const router = Router();
  const state = async (): Promise<RelayState> => ({ pause: await pause.view() });
  router
    .route('/')
    .get(async (_request, response) => {
      response.json(await state());
    })
    .all(allowMethods('GET'));
  router
    .route('/pause')
    .post(...readJsonBody(1_024), async (request, response) => {
      await pause.pause(parseInput(pauseWishSchema, request.body), actorOf(request));
      response.json(await state());
    })
    .all(allowMethods('POST'));
  router
    .route('/resume')
    .post(async (request, response) => {
      await pause.resume(actorOf(request));
      response.json(await state());
    })
    .all(allowMethods('POST'));
  return router;
}
