import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { closeTunnel, getOllama, getTunnel, openTunnel } from '../../api/bridge-requests.ts';
import { createKey } from '../../api/key-requests.ts';
import { queryKeys } from '../../api/query-keys.ts';
import { changeSettings } from '../../api/settings-requests.ts';

/** How often it is looked whether the command line, the tray or the program itself has changed something. */
const againMs = 3_000;

export const useTunnel = () =>
  useQuery({ queryKey: queryKeys.tunnel, queryFn: getTunnel, staleTime: 0, refetchInterval: againMs });

/** The answer of `open` holds a key's secret: it is forgotten as soon as nothing shows it. */
export function useTunnelChanges() {
  const queries = useQueryClient();
  const onSettled = () =>
    Promise.all(
      [queryKeys.tunnel, queryKeys.status, queryKeys.keys].map((queryKey) => queries.invalidateQueries({ queryKey })),
    );
  return {
    open: useMutation({ mutationFn: openTunnel, onSettled, gcTime: 0 }),
    close: useMutation({ mutationFn: closeTunnel, onSettled }),
  };
}

export const useOllama = () =>
  useQuery({ queryKey: queryKeys.ollama, queryFn: getOllama, staleTime: 0, refetchInterval: againMs });

export function useOllamaChanges() {
  const queries = useQueryClient();
  const onSettled = () =>
    Promise.all(
      [queryKeys.ollama, queryKeys.settings, queryKeys.keys].map((queryKey) => queries.invalidateQueries({ queryKey })),
    );
  return {
    /** As the key with this id, or as a new one of its own; its secret is needed nowhere. */
    serve: useMutation({
      mutationFn: async (keyId: string | null) => {
        const own = keyId ?? (await createKey({ name: 'Ollama clients' })).key.id;
        await changeSettings({ 'ollama.enabled': true, 'ollama.keyId': own }, null);
      },
      onSettled,
    }),
    stop: useMutation({ mutationFn: () => changeSettings({ 'ollama.enabled': false }, null), onSettled }),
  };
}
