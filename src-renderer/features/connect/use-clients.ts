import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import {
  connectClient,
  getClients,
  getSeenClients,
  makeRecipe,
  planClient,
  undoClient,
  verifyClient,
} from '../../api/client-setup-requests.ts';
import { queryKeys } from '../../api/query-keys.ts';

const seenEveryMs = 5_000;

/** Their settings are files that other programs write too: looked at again whenever a person comes back. */
export const useClients = () =>
  useQuery({ queryKey: queryKeys.clients, queryFn: getClients, staleTime: 0, refetchOnWindowFocus: 'always' });

export const useSeenClients = () =>
  useQuery({ queryKey: queryKeys.seenClients, queryFn: getSeenClients, staleTime: 0, refetchInterval: seenEveryMs });

/** What can be done about one client. Answers may hold a key: they are forgotten as soon as nothing shows them. */
export function useClientSetup(id: string) {
  const queries = useQueryClient();
  const onSettled = () =>
    Promise.all([queryKeys.clients, queryKeys.keys].map((queryKey) => queries.invalidateQueries({ queryKey })));
  return {
    plan: useMutation({ mutationFn: () => planClient(id), gcTime: 0 }),
    connect: useMutation({ mutationFn: () => connectClient(id), onSettled, gcTime: 0 }),
    undo: useMutation({ mutationFn: () => undoClient(id), onSettled, gcTime: 0 }),
    verify: useMutation({ mutationFn: () => verifyClient(id), gcTime: 0 }),
  };
}

export function useRecipe(id: string) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: () => makeRecipe(id),
    onSettled: () => queries.invalidateQueries({ queryKey: queryKeys.keys }),
    gcTime: 0,
  });
}
