import { Router } from 'express';
import { budgetChangeSchema, budgetCreateSchema } from '../../src-shared/contract/budget.ts';
import { allowMethods } from './allow-methods.ts';
import { readJsonBody } from './json-body.ts';
import { parseInput } from './parse-input.ts';
import type { BudgetsPort } from './ports.ts';

export function budgetsResource(budgets: BudgetsPort): Router {
  const router = Router();
  router
    .route('/')
    .get(async (_request, response) => {
      response.json({ budgets: await budgets.list() });
    })
    .post(...readJsonBody(8 * 1024), async (request, response) => {
      response.status(201).json(await budgets.create(parseInput(budgetCreateSchema, request.body)));
    })
    .all(allowMethods('GET', 'POST'));
  router
    .route('/:id')
    .patch(...readJsonBody(8 * 1024), async (request, response) => {
      response.json(await budgets.change(request.params.id, parseInput(budgetChangeSchema, request.body)));
    })
    .delete(async (request, response) => {
      await budgets.remove(request.params.id);
      response.status(204).end();
    })
    .all(allowMethods('PATCH', 'DELETE'));
  return router;
}
