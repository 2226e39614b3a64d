import { type RequestHandler, Router } from 'express';
import { foundImportSchema, signInCallbackSchema, signInStartSchema } from '../../src-shared/contract/sign-in.ts';
import { actorOf } from './actor.ts';
import { allowMethods } from './allow-methods.ts';
import { readJsonBody } from './json-body.ts';
import { parseInput } from './parse-input.ts';
import type { AccountsPort, SignInsPort } from './ports.ts';

const bodyLimitBytes = 16 * 1024;

/** What leads to accounts: /accounts/sign-ins and /accounts/found. */
export function signInsResource(
  signIns: SignInsPort,
  accounts: Pick<AccountsPort, 'as'>,
  once: RequestHandler,
): Router {
  const router = Router();
  router
    .route('/found')
    .get(async (_request, response) => {
      response.json({ logins: await signIns.found() });
    })
    .post(...readJsonBody(bodyLimitBytes), once, async (request, response) => {
      const input = parseInput(foundImportSchema, request.body);
      const content = await signIns.readFound(input.path);
      const control = accounts.as(actorOf(request));
      response.status(201).json(await control.importAuthJson({ type: 'auth-json', content, ...input }));
    })
    .all(allowMethods('GET', 'POST'));
  router
    .route('/sign-ins')
    .get(async (_request, response) => {
      response.json({ signIns: await signIns.list() });
    })
    .post(...readJsonBody(bodyLimitBytes), async (request, response) => {
      response.status(201).json(await signIns.start(parseInput(signInStartSchema, request.body), actorOf(request)));
    })
    .all(allowMethods('GET', 'POST'));
  router
    .route('/sign-ins/:id')
    .get(async (request, response) => {
      response.json(await signIns.get(request.params.id));
    })
    .delete(async (request, response) => {
      response.json(await signIns.cancel(request.params.id));
    })
    .all(allowMethods('GET', 'DELETE'));
  router
    .route('/sign-ins/:id/callback')
    .post(...readJsonBody(bodyLimitBytes), async (request, response) => {
      response.json(await signIns.paste(request.params.id, parseInput(signInCallbackSchema, request.body).url));
    })
    .all(allowMethods('POST'));
  return router;
}
