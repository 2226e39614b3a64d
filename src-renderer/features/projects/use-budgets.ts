import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { BudgetChange } from '../../../src-shared/contract/budget.ts';
import { changeBudget, createBudget, getBudgets, removeBudget } from '../../api/budget-requests.ts';
import { queryKeys } from '../../api/query-keys.ts';

/** How often what budgets came to is read again while it is seen. */
export const budgetsAgainMs = 5_000;

export const useBudgets = () =>
  useQuery({ queryKey: queryKeys.budgets, queryFn: getBudgets, refetchInterval: budgetsAgainMs });

export function useBudgetChanges() {
  const queries = useQueryClient();
  const onSettled = () => queries.invalidateQueries({ queryKey: queryKeys.budgets });
  return {
    create: useMutation({ mutationFn: createBudget, onSettled }),
    change: useMutation({
      mutationFn: ({ id, change }: { id: string; change: BudgetChange }) => changeBudget(id, change),
      onSettled,
    }),
    remove: useMutation({ mutationFn: removeBudget, onSettled }),
  };
}
