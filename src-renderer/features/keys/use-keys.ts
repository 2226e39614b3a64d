import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { queryKeys } from '../../api/query-keys.ts';
import { createKey, getKeys, revokeKey, rotateKey } from '../../api/requests.ts';

export const useKeys = () => useQuery({ queryKey: queryKeys.keys, queryFn: getKeys, refetchOnWindowFocus: 'always' });

/** The answers of `create` and `rotate` hold a key's secret: they are forgotten as soon as nothing shows them. */
export function useKeyChanges() {
  const queries = useQueryClient();
  const onSettled = () => queries.invalidateQueries({ queryKey: queryKeys.keys });
  return {
    create: useMutation({ mutationFn: createKey, onSettled, gcTime: 0 }),
    rotate: useMutation({ mutationFn: rotateKey, onSettled, gcTime: 0 }),
    revoke: useMutation({ mutationFn: revokeKey, onSettled }),
  };
}
