import { type RequestHandler, Router } from 'express';
import { type BudgetView, budgetChangeSchema, budgetCreateSchema } from '../../src-shared/contract/budget.ts';
import { RelayError } from '../../src-shared/domain/relay-error.ts';
import { allowMethods } from './allow-methods.ts';
import { createEntityTags } from './entity-tag.ts';
import { readJsonBody } from './json-body.ts';
import { parseInput } from './parse-input.ts';
import type { BudgetsPort } from './ports.ts';

const tags = createEntityTags<BudgetView>(({ limit, marks }) => ({ limit, marks }));

/** `once` answers a repeated POST without doing it again. */
export function budgetsResource(budgets: BudgetsPort, once: RequestHandler): Router {
  const router = Router();
  const known = async (id: string): Promise<BudgetView | undefined> =>
    (await budgets.list()).find((budget) => budget.id === id);
  router
    .route('/')
    .get(async (_request, response) => {
      response.json({ budgets: await budgets.list() });
    })
    .post(...readJsonBody(8 * 1024), once, async (request, response) => {
      response.status(201).json(await budgets.create(parseInput(budgetCreateSchema, request.body)));
    })
    .all(allowMethods('GET', 'POST'));
  router
    .route('/:id')
    .get(async (request, response) => {
      const budget = await known(request.params.id);
      if (budget === undefined) throw new RelayError('not_found', { message: 'There is no such budget.' });
      tags.answer(response, budget);
    })
    .patch(...readJsonBody(8 * 1024), async (request, response) => {
      tags.check(request, await known(request.params.id));
      tags.answer(response, await budgets.change(request.params.id, parseInput(budgetChangeSchema, request.body)));
    })
    .delete(async (request, response) => {
      tags.check(request, await known(request.params.id));
      await budgets.remove(request.params.id);
      response.status(204).end();
    })
    .all(allowMethods('GET', 'PATCH', 'DELETE'));
  return router;
}
