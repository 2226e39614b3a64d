import { useInfiniteQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import type { CallQuery } from '../../../src-shared/contract/call.ts';
import { useLiveCalls } from '../../api/live.ts';
import { queryKeys } from '../../api/query-keys.ts';
import { getCalls } from '../../api/requests.ts';
import type { CallFilter } from './call-filter.ts';
import { type CallPlace, mergeCalls } from './merge-calls.ts';

const pageSize = 200;

/** The calls that match, newest first: pages of the log as far as they were scrolled to, and live ones on top. */
export function useCallFeed(filter: CallFilter, heldAt: CallPlace | null) {
  const query: Partial<CallQuery> = { limit: pageSize, ...filter };
  const pages = useInfiniteQuery({
    queryKey: [...queryKeys.allCalls, query],
    initialPageParam: '',
    queryFn: ({ pageParam, signal }) => getCalls(pageParam === '' ? query : { ...query, cursor: pageParam }, signal),
    getNextPageParam: (page) => page.nextCursor,
    placeholderData: (previous) => previous,
  });
  const live = useLiveCalls();
  const { data } = pages;
  // Apart from what live events change: it may be long.
  const read = useMemo(() => data?.pages.flatMap((page) => page.calls) ?? [], [data]);
  const merged = useMemo(() => mergeCalls(read, live, filter, heldAt), [read, live, filter, heldAt]);
  return { ...merged, pages };
}
