import { Router } from 'express';
import { allowMethods } from './allow-methods.ts';
import type { ClientsPort } from './ports.ts';

/** Clients that can be pointed at Relay. What is written goes into the home of whoever runs Relay, and nowhere else. */
export function clientsResource(clients: ClientsPort): Router {
  const router = Router();
  router
    .route('/')
    .get(async (_request, response) => {
      response.json(await clients.list());
    })
    .all(allowMethods('GET'));
  router
    .route('/seen')
    .get(async (_request, response) => {
      response.json(await clients.seen());
    })
    .all(allowMethods('GET'));
  const actions = ['plan', 'connect', 'undo', 'verify', 'recipe'] as const;
  for (const action of actions) {
    router
      .route(`/:id/${action}`)
      .post(async (request, response) => {
        response.status(action === 'recipe' ? 201 : 200).json(await clients[action](request.params.id));
      })
      .all(allowMethods('POST'));
  }
  return router;
}
