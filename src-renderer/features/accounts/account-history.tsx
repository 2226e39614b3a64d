import { useQuery } from '@tanstack/react-query';
import type { Actor } from '../../../src-shared/contract/audit.ts';
import { getAccountAudit } from '../../api/account-requests.ts';
import { queryKeys } from '../../api/query-keys.ts';
import { ErrorState, LoadingState } from '../../components/page.tsx';
import { RelativeTime } from '../../components/relative-time.tsx';

const shownEntries = 20;

const actors: Readonly<Record<Actor, string>> = {
  dashboard: 'Dashboard',
  cli: 'Command line',
  tray: 'Tray',
  api: 'API',
  automatic: 'Relay itself',
};

/** Who did what to an account, newest first. */
export function AccountHistory({ id }: { id: string }) {
  const audit = useQuery({
    queryKey: queryKeys.accountAudit(id),
    queryFn: () => getAccountAudit(id, shownEntries),
    staleTime: 0,
  });
  if (audit.isPending) return <LoadingState />;
  if (audit.isError) return <ErrorState error={audit.error} onRetry={() => void audit.refetch()} />;
  const { entries, nextCursor } = audit.data;
  if (entries.length === 0) return <p className="text-muted">Nothing has been changed about this account yet.</p>;
  return (
    <>
      <table className="w-full">
        <thead className="sr-only">
          <tr>
            <th>When</th>
            <th>Who</th>
            <th>What</th>
          </tr>
        </thead>
        <tbody className="divide-y divide-line">
          {entries.map(({ id: entry, at, actor, detail }) => (
            <tr key={entry} className="align-top max-sm:grid max-sm:grid-cols-[4rem_1fr] max-sm:py-1.5 sm:h-8">
              <td className="w-20 py-1.5 pr-3 whitespace-nowrap text-muted max-sm:py-0">
                <RelativeTime at={at} />
              </td>
              <td className="w-28 py-1.5 pr-3 whitespace-nowrap text-muted max-sm:py-0">{actors[actor]}</td>
              <td className="py-1.5 break-words max-sm:col-span-2 max-sm:py-0">{detail}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {nextCursor !== null && <p className="pt-3 text-sm text-muted">The last {shownEntries} changes are shown.</p>}
    </>
  );
}
