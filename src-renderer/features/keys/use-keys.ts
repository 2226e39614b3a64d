import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { KeyPatch } from '../../../src-shared/contract/key.ts';
import { changeKey, createKey, getKeys, getKeyUse, revokeKey, rotateKey } from '../../api/key-requests.ts';
import { queryKeys } from '../../api/query-keys.ts';

/** How often keys' last uses and the use of their limits are read again while the page is seen. */
const listMs = 10_000;
const useMs = 2_000;

export const useKeys = () => useQuery({ queryKey: queryKeys.keys, queryFn: getKeys, refetchOnWindowFocus: 'always' });

export const useLiveKeys = () =>
  useQuery({
    queryKey: queryKeys.keys,
    queryFn: getKeys,
    refetchOnWindowFocus: 'always',
    refetchInterval: listMs,
  });

export const useKeyUse = () =>
  useQuery({ queryKey: queryKeys.keyUse, queryFn: getKeyUse, refetchInterval: useMs, staleTime: 0 });

/** The answers of `create` and `rotate` hold a key's secret: they are forgotten as soon as nothing shows them. */
export function useKeyChanges() {
  const queries = useQueryClient();
  const onSettled = () => queries.invalidateQueries({ queryKey: queryKeys.keys });
  return {
    create: useMutation({ mutationFn: createKey, onSettled, gcTime: 0 }),
    rotate: useMutation({
      mutationFn: ({ id, graceMs }: { id: string; graceMs: number }) => rotateKey(id, graceMs),
      onSettled,
      gcTime: 0,
    }),
    change: useMutation({
      mutationFn: ({ id, patch }: { id: string; patch: KeyPatch }) => changeKey(id, patch),
      onSettled,
    }),
    revoke: useMutation({ mutationFn: ({ id, cut }: { id: string; cut: boolean }) => revokeKey(id, cut), onSettled }),
  };
}
