import type { QueryClient } from '@tanstack/react-query';
import { createContext, useContext, useSyncExternalStore } from 'react';
import { liveEventSchemas } from '../../src-shared/contract/events.ts';
import { ApiError } from './client.ts';
import { createLiveCalls } from './live-calls.ts';
import { createLiveConnection } from './live-connection.ts';
import { createPace } from './pace.ts';
import { queryKeys } from './query-keys.ts';

/** Calls flow in at most this often: no eye follows more, and each time a long list is put together anew. */
const FLUSH_EVERY_MS = 250;

export type Live = ReturnType<typeof createLive>;

/** Live events flow into what TanStack Query keeps, so pages read one source whether a thing was fetched or told. */
export function createLive(queries: QueryClient) {
  function readAgain(): void {
    calls.clear();
    void queries.invalidateQueries({ queryKey: queryKeys.allCalls });
    void queries.invalidateQueries({ queryKey: queryKeys.keys });
  }
  const calls = createLiveCalls(readAgain);

  function onEvent(name: string, data: string): void {
    switch (name) {
      case 'call': {
        const call = liveEventSchemas.call.parse(JSON.parse(data));
        calls.add(call);
        // Its decisions come with the whole call only, once it is over.
        if (call.status !== 'inflight') void queries.invalidateQueries({ queryKey: queryKeys.call(call.id) });
        return;
      }
      case 'account':
        return void queries.setQueryData(queryKeys.accounts, liveEventSchemas.account.parse(JSON.parse(data)));
      case 'sign-in':
        return void queries.setQueryData(queryKeys.signIns, liveEventSchemas['sign-in'].parse(JSON.parse(data)));
      case 'status':
        return void queries.setQueryData(queryKeys.status, liveEventSchemas.status.parse(JSON.parse(data)));
      case 'reset':
        return readAgain();
    }
  }

  const connection = createLiveConnection({ onEvent, onBatch: createPace(FLUSH_EVERY_MS, calls.flush) });

  // A session can end while the events go on. Asking for them anew tells, and shows, whether it has.
  for (const cache of [queries.getQueryCache(), queries.getMutationCache()]) {
    cache.subscribe((event) => {
      if (event.type !== 'updated' || event.action.type !== 'error') return;
      if (event.action.error instanceof ApiError && event.action.error.status === 401) connection.connect();
    });
  }

  return { calls, connection };
}

const LiveContext = createContext<Live | null>(null);
export const LiveProvider = LiveContext.Provider;

function useLive(): Live {
  const live = useContext(LiveContext);
  if (live === null) throw new Error('There is no LiveProvider above this component.');
  return live;
}

export function useLiveCalls() {
  const { calls } = useLive();
  return useSyncExternalStore(calls.subscribe, calls.snapshot);
}

export function useLiveState() {
  const { connection } = useLive();
  return useSyncExternalStore(connection.subscribe, connection.snapshot);
}

export const useReconnect = (): (() => void) => useLive().connection.connect;
