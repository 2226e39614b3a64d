import { type RequestHandler, Router } from 'express';
import { type AccountView, accountCreateSchema, accountOrderSchema } from '../../src-shared/contract/account.ts';
import { accountControlRoutes } from './account-control-routes.ts';
import { actorOf } from './actor.ts';
import { allowMethods } from './allow-methods.ts';
import { auditPage } from './audit-resource.ts';
import { createEntityTags } from './entity-tag.ts';
import { readJsonBody } from './json-body.ts';
import { parseInput } from './parse-input.ts';
import type { AccountsPort } from './ports.ts';

/** The order of accounts, as the whole list has it. */
const tags = createEntityTags<readonly AccountView[]>((accounts) => accounts.map(({ id }) => id));

/** Room for the text of an auth.json; the contract bounds it at 1,000,000 characters. */
const bodyLimitBytes = 2 * 1024 * 1024;

export function accountsResource(accounts: AccountsPort, once: RequestHandler): Router {
  const router = Router();
  router
    .route('/')
    .get(async (_request, response) => {
      const views = await accounts.views();
      tags.mark(response, views);
      response.json({ accounts: views });
    })
    .post(...readJsonBody(bodyLimitBytes), once, async (request, response) => {
      const input = parseInput(accountCreateSchema, request.body);
      const control = accounts.as(actorOf(request));
      const account = input.type === 'api-key' ? await control.addApiKey(input) : await control.importAuthJson(input);
      response.status(201).json(account);
    })
    .all(allowMethods('GET', 'POST'));
  router
    .route('/order')
    .put(...readJsonBody(64 * 1024), async (request, response) => {
      tags.check(request, await accounts.views());
      const { ids } = parseInput(accountOrderSchema, request.body);
      response.json({ accounts: await accounts.as(actorOf(request)).order(ids) });
    })
    .all(allowMethods('PUT'));
  router
    .route('/:id/audit')
    .get(async (request, response) => {
      response.json(await auditPage(accounts.audit, request.query, request.params.id));
    })
    .all(allowMethods('GET'));
  router
    .route('/:id/models')
    .get(async (request, response) => {
      response.json(await accounts.models(request.params.id));
    })
    .all(allowMethods('GET'));
  router
    .route('/:id/refresh-usage')
    .post(async (request, response) => {
      response.json(await accounts.refreshUsage(request.params.id));
    })
    .all(allowMethods('POST'));
  router.use(accountControlRoutes(accounts));
  return router;
}
