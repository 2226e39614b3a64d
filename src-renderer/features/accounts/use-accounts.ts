import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { queryKeys } from '../../api/query-keys.ts';
import { addAccount, getAccounts, removeAccount, setAccountEnabled } from '../../api/requests.ts';

export const useAccounts = () => useQuery({ queryKey: queryKeys.accounts, queryFn: getAccounts });

export function useAccountChanges() {
  const queries = useQueryClient();
  const onSettled = () => queries.invalidateQueries({ queryKey: queryKeys.accounts });
  return {
    add: useMutation({ mutationFn: addAccount, onSettled }),
    remove: useMutation({ mutationFn: removeAccount, onSettled }),
    setEnabled: useMutation({
      mutationFn: ({ id, enabled }: { id: string; enabled: boolean }) => setAccountEnabled(id, enabled),
      onSettled,
    }),
  };
}
