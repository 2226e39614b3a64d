import {
  type BudgetChange,
  type BudgetCreate,
  budgetListSchema,
  budgetSchema,
} from '../../src-shared/contract/budget.ts';
import { ask, send } from './client.ts';

const at = (id: string): string => `/api/budgets/${encodeURIComponent(id)}`;

export const getBudgets = () => ask(budgetListSchema, '/api/budgets');
export const createBudget = (body: BudgetCreate) => ask(budgetSchema, '/api/budgets', { method: 'POST', body });
export const changeBudget = (id: string, body: BudgetChange) => ask(budgetSchema, at(id), { method: 'PATCH', body });
export const removeBudget = (id: string) => send(at(id), { method: 'DELETE' });
