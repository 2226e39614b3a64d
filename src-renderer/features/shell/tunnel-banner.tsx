import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Globe } from 'lucide-react';
import { formatClockTime } from '../../../src-shared/format/clock-time.ts';
import { closeTunnel } from '../../api/bridge-requests.ts';
import { messageOf } from '../../api/client.ts';
import { queryKeys } from '../../api/query-keys.ts';
import { getStatus } from '../../api/requests.ts';
import { Button } from '../../components/button.tsx';
import { useNow } from '../../components/use-now.ts';

/** Says on every page that Relay can be reached from the internet, and ends that. */
export function TunnelBanner() {
  const now = useNow();
  const queries = useQueryClient();
  const { data } = useQuery({ queryKey: queryKeys.status, queryFn: getStatus });
  const close = useMutation({
    mutationFn: closeTunnel,
    onSuccess: () =>
      Promise.all([queryKeys.status, queryKeys.keys].map((queryKey) => queries.invalidateQueries({ queryKey }))),
  });
  const tunnel = data?.tunnel ?? null;
  if (tunnel === null) return null;
  return (
    <div
      role="status"
      className="flex flex-wrap items-center gap-x-3 gap-y-1 border-b border-warn-fill/40 bg-warn-tint px-4 py-1.5"
    >
      <Globe size={15} className="shrink-0 text-warn" aria-hidden />
      <span className="min-w-0 flex-1 basis-60 break-words">
        <strong className="font-semibold">Tunnel open</strong> at {new URL(tunnel.baseUrl).host} until{' '}
        {formatClockTime(tunnel.expiresAt, now)}: whoever has its key can use your accounts from anywhere.
        {close.error !== null && ` ${messageOf(close.error)}`}
      </span>
      <Button className="ml-auto h-6" disabled={close.isPending} onClick={() => close.mutate()}>
        Stop
      </Button>
    </div>
  );
}
