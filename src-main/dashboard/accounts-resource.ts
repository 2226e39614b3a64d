import { Router } from 'express';
import { accountCreateSchema } from '../../src-shared/contract/account.ts';
import { allowMethods } from './allow-methods.ts';
import { readJsonBody } from './json-body.ts';
import { parseInput } from './parse-input.ts';
import type { AccountsPort } from './ports.ts';

/** Room for the text of an auth.json; the contract bounds it at 1,000,000 characters. */
const bodyLimitBytes = 2 * 1024 * 1024;

export function accountsResource(accounts: AccountsPort): Router {
  const router = Router();
  router
    .route('/')
    .get(async (_request, response) => {
      response.json({ accounts: await accounts.views() });
    })
    .post(...readJsonBody(bodyLimitBytes), async (request, response) => {
      const input = parseInput(accountCreateSchema, request.body);
      const account = input.type === 'api-key' ? await accounts.addApiKey(input) : await accounts.importAuthJson(input);
      response.status(201).json(account);
    })
    .all(allowMethods('GET', 'POST'));
  router
    .route('/:id')
    .delete(async (request, response) => {
      await accounts.remove(request.params.id);
      response.status(204).end();
    })
    .all(allowMethods('DELETE'));
  router
    .route('/:id/enable')
    .post(async (request, response) => {
      response.json(await accounts.setEnabled(request.params.id, true));
    })
    .all(allowMethods('POST'));
  router
    .route('/:id/disable')
    .post(async (request, response) => {
      response.json(await accounts.setEnabled(request.params.id, false));
    })
    .all(allowMethods('POST'));
  return router;
}
