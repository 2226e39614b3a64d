import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { queryKeys } from '../../api/query-keys.ts';
import { getRehearsal, startRehearsal } from '../../api/requests.ts';

const lookEveryMs = 500;

/** The last rehearsal, followed while it runs; it goes on when this page is left. */
export function useRehearsal() {
  const queries = useQueryClient();
  const rehearsal = useQuery({
    queryKey: queryKeys.rehearsal,
    queryFn: getRehearsal,
    staleTime: 0,
    refetchInterval: ({ state }) => (state.data?.state === 'running' ? lookEveryMs : false),
  });
  const start = useMutation({
    mutationFn: startRehearsal,
    onSuccess: (view) => void queries.setQueryData(queryKeys.rehearsal, view),
  });
  return { rehearsal, start };
}
