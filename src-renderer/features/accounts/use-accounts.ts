import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { addAccount, getAccounts } from '../../api/account-requests.ts';
import { queryKeys } from '../../api/query-keys.ts';

export const useAccounts = () => useQuery({ queryKey: queryKeys.accounts, queryFn: getAccounts });

export function useAddAccount(onAdded: () => void) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: addAccount,
    onSuccess: onAdded,
    onSettled: () => queries.invalidateQueries({ queryKey: queryKeys.accounts }),
  });
}

/** Does one thing to an account, then reads again what that may have changed. */
export function useAccountAction(id: string) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (action: () => Promise<unknown>) => action(),
    onSettled: () => {
      void queries.invalidateQueries({ queryKey: queryKeys.account(id) });
      return queries.invalidateQueries({ queryKey: queryKeys.accounts });
    },
  });
}
