import { useMutation, useQueryClient } from '@tanstack/react-query';
import { getClients } from '../../api/client-setup-requests.ts';
import { createKey, revokeKey } from '../../api/key-requests.ts';
import { queryKeys } from '../../api/query-keys.ts';
import { sendTestCall } from '../../api/test-call.ts';

const keyLifeMs = 10 * 60_000;

/** A real call from this page, with a key for it alone that ends with it. It is counted as any other call is. */
export function useTestCall(onKey: (keyId: string) => void) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: async () => {
      const { models } = await queries.ensureQueryData({ queryKey: queryKeys.clients, queryFn: getClients });
      const expiresAt = Date.now() + keyLifeMs;
      const { key, secret } = await createKey({ name: 'Test from the dashboard', endpoints: ['responses'], expiresAt });
      onKey(key.id);
      try {
        return await sendTestCall(secret, models[0]?.id ?? 'gpt-5.5');
      } finally {
        await revokeKey(key.id, false).catch(() => undefined);
        void queries.invalidateQueries({ queryKey: queryKeys.keys });
      }
    },
    gcTime: 0,
  });
}
