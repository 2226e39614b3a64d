import { keepPreviousData, useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { queryKeys } from '../../api/query-keys.ts';
import {
  getAffinities,
  getRouting,
  previewRoute,
  releaseAffinities,
  releaseAffinity,
  replayRoutes,
} from '../../api/routing-requests.ts';
import type { RoutingChoice } from './routing-choice.ts';

/** Scores change with every call; the replay reads an hour of the log. */
const lookEveryMs = 5_000;
const replayEveryMs = 60_000;
const hourMs = 3_600_000;
const pageSize = 100;

export const useRouting = () =>
  useQuery({ queryKey: queryKeys.routing, queryFn: getRouting, staleTime: 0, refetchInterval: lookEveryMs });

/** What a choice would have made of the last hour. */
export const useReplay = (choice: RoutingChoice) =>
  useQuery({
    queryKey: [...queryKeys.routing, 'replay', choice],
    queryFn: ({ signal }) => replayRoutes({ ...choice, since: Date.now() - hourMs }, signal),
    placeholderData: keepPreviousData,
    staleTime: replayEveryMs / 2,
    refetchInterval: replayEveryMs,
  });

/** Where a call would go now; for the newest call's model where `model` is `''`. */
export const usePreview = (choice: RoutingChoice, model: string) =>
  useQuery({
    queryKey: [...queryKeys.routing, 'preview', choice, model],
    queryFn: ({ signal }) => previewRoute({ ...choice, ...(model === '' ? {} : { model }) }, signal),
    placeholderData: keepPreviousData,
    staleTime: 0,
    refetchInterval: lookEveryMs,
    retry: false,
  });

export const useAffinities = () =>
  useInfiniteQuery({
    queryKey: queryKeys.affinities,
    initialPageParam: null as string | null,
    queryFn: ({ pageParam, signal }) => getAffinities(pageParam, pageSize, signal),
    getNextPageParam: (page) => page.nextCursor,
    staleTime: 0,
    // Pages are read one after the other: whoever has scrolled far is left in peace.
    refetchInterval: ({ state }) => ((state.data?.pages.length ?? 0) > 2 ? false : lookEveryMs),
  });

export function useRelease() {
  const queries = useQueryClient();
  const onSettled = () =>
    Promise.all([queryKeys.affinities, queryKeys.routing].map((queryKey) => queries.invalidateQueries({ queryKey })));
  return {
    one: useMutation({ mutationFn: releaseAffinity, onSettled }),
    all: useMutation({ mutationFn: releaseAffinities, onSettled }),
  };
}

/** What it was once it has not changed for a moment: typing asks once, not with every letter. */
export function useSettled<Value>(value: Value, quietMs = 300): Value {
  const [settled, setSettled] = useState(value);
  const text = JSON.stringify(value);
  useEffect(() => {
    const timer = window.setTimeout(() => setSettled(JSON.parse(text)), quietMs);
    return () => window.clearTimeout(timer);
  }, [text, quietMs]);
  return settled;
}
