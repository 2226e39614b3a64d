import { useQuery } from '@tanstack/react-query';
import type { PublicStatus } from '../../../src-shared/contract/public-status.ts';
import type { StatusView } from '../../../src-shared/contract/status.ts';
import { queryKeys } from '../../api/query-keys.ts';
import { getPublicStatus, getStatus } from '../../api/requests.ts';
import { AsOf } from '../../components/as-of.tsx';
import { Notice } from '../../components/notice.tsx';
import { ErrorState, Page } from '../../components/page.tsx';
import { Panel } from '../../components/panel.tsx';
import { SkeletonRows } from '../../components/skeleton.tsx';
import { formatCount } from '../../format/figures.ts';
import { IncidentList } from './incident-list.tsx';
import { RelayFacts } from './relay-facts.tsx';
import { stateFills } from './state-look.ts';
import { SubsystemRow } from './subsystem-row.tsx';

/** Relay measures its parts every 30 s. */
const againMs = 10_000;

/** How Relay is and was, part by part, and what it is. */
export function StatusPage() {
  const measured = useQuery({
    queryKey: queryKeys.publicStatus,
    queryFn: getPublicStatus,
    staleTime: 0,
    refetchOnWindowFocus: 'always',
    refetchInterval: againMs,
  });
  // Told by live events too, but without what the log holds.
  const whole = useQuery({
    queryKey: queryKeys.wholeStatus,
    queryFn: getStatus,
    staleTime: 0,
    refetchInterval: againMs,
  });
  return (
    <Page title="Status" note={measured.data === undefined ? undefined : <AsOf at={measured.dataUpdatedAt} />}>
      <div className="mx-auto grid max-w-6xl gap-4">
        {whole.data !== undefined && <LogNotices ledger={whole.data.ledger} />}
        {measured.data !== undefined && <Measured status={measured.data} />}
        {measured.data === undefined && measured.isPending && <SkeletonRows what="the status" rows={5} />}
        {measured.data === undefined && measured.isError && (
          <ErrorState error={measured.error} onRetry={() => void measured.refetch()} />
        )}
        {whole.data !== undefined && (
          <Panel title="This Relay">
            <RelayFacts status={whole.data} />
          </Panel>
        )}
      </div>
    </Page>
  );
}

function Measured({ status }: { status: PublicStatus }) {
  return (
    <>
      <p role="status" className="flex items-center gap-2.5 text-lg font-semibold">
        <span className={`size-3 shrink-0 rounded-full ${stateFills[status.state]}`} aria-hidden />
        {status.sentence}
      </p>
      <Panel title="Parts">
        <ul className="divide-y divide-line">
          {status.subsystems.map((subsystem) => (
            <SubsystemRow key={subsystem.id} subsystem={subsystem} at={status.at} />
          ))}
        </ul>
      </Panel>
      <Panel title="Incidents">
        <IncidentList incidents={status.incidents} />
      </Panel>
    </>
  );
}

/** What is wrong with the log now, and what had to be done to open its database. */
function LogNotices({ ledger }: { ledger: StatusView['ledger'] }) {
  return (
    <>
      {ledger.notices.map((sentence) => (
        <Notice key={sentence} kind="warning">
          {sentence} Look through your accounts and keys; the file that was kept can be given to someone who repairs it.
        </Notice>
      ))}
      {ledger.state !== 'ok' && (
        <Notice kind="warning">
          {ledger.reason ?? 'The log is behind: calls are served, and are written down late.'}
          {ledger.dropped > 0 && ` ${formatCount(ledger.dropped)} records are missing.`}
        </Notice>
      )}
    </>
  );
}
