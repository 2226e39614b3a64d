import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import { useLiveState } from '../../api/live.ts';
import { queryKeys } from '../../api/query-keys.ts';

/** After a lost connection everything that is shown is read again, but calls: their events go on where they were left. */
export function useRenewal(): void {
  const queries = useQueryClient();
  const { state } = useLiveState();
  const before = useRef(state);
  useEffect(() => {
    const wasLost = before.current === 'lost';
    before.current = state;
    if (!wasLost || state !== 'live') return;
    const [calls] = queryKeys.allCalls;
    void queries.invalidateQueries({ predicate: ({ queryKey }) => queryKey[0] !== calls });
  }, [state, queries]);
}
