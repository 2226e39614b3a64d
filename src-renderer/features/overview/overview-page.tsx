import { Link } from 'wouter';
import type { StatusView } from '../../../src-shared/contract/status.ts';
import { clientBaseUrl } from '../../api/client-base-url.ts';
import { CopyButton } from '../../components/copy-button.tsx';
import { Notice } from '../../components/notice.tsx';
import { ErrorState, LoadingState, Page } from '../../components/page.tsx';
import { Panel, Tile } from '../../components/panel.tsx';
import { RelativeTime } from '../../components/relative-time.tsx';
import { useNow } from '../../components/use-now.ts';
import { formatCount, formatDuration, formatShare, unknown } from '../../format/figures.ts';
import { useAccounts } from '../accounts/use-accounts.ts';
import { useCallFeed } from '../calls/use-call-feed.ts';
import { ActivityStrip } from './activity-strip.tsx';
import { AppPanel } from './app-panel.tsx';
import { Attention } from './attention.tsx';
import { BudgetPanel } from './budget-panel.tsx';
import { ErrorsSince } from './errors-since.tsx';
import { FirstSteps } from './first-steps-notice.tsx';
import { PoolHeadroom } from './pool-headroom-panel.tsx';
import { RecentCalls } from './recent-calls.tsx';
import { recentFigures } from './recent-figures.ts';
import { TodayTiles } from './today-tiles.tsx';
import { useStatus } from './use-status.ts';

const everything = {};
const recentCount = 100;

export function OverviewPage() {
  const status = useStatus();
  const accounts = useAccounts();
  const feed = useCallFeed(everything, null);
  const recent = feed.rows.slice(0, recentCount);
  if (status.data === undefined || accounts.data === undefined) {
    const failed = status.isError ? status : accounts.isError ? accounts : null;
    return (
      <Page title="Overview">
        {failed === null ? <LoadingState /> : <ErrorState error={failed.error} onRetry={() => void failed.refetch()} />}
      </Page>
    );
  }
  const list = accounts.data.accounts;
  const figures = recentFigures(recent);
  return (
    <Page title="Overview" note={status.data.demo ? 'Demo: the accounts are simulated' : undefined}>
      <div className="grid gap-4">
        <LedgerNotice ledger={status.data.ledger} />
        <FirstSteps accounts={list.length} called={recent.some(({ status }) => status === 'ok')} />
        <Attention accounts={list} />
        <TodayTiles />
        <ActivityStrip running={status.data.callsInFlight} />
        <dl className="grid grid-cols-2 overflow-hidden rounded-lg border border-line bg-line gap-px md:grid-cols-5">
          <Tile name="In flight" figure={formatCount(status.data.callsInFlight)} note="calls now" />
          <Tile
            name="Accounts ready"
            figure={`${status.data.accounts.ready} / ${status.data.accounts.total}`}
            note={list.length === 0 ? 'none added yet' : 'can take calls'}
          />
          <Tile
            name="Failed"
            figure={figures.settled === 0 ? unknown : formatCount(figures.failed)}
            note={figures.settled === 1 ? 'of the last call' : `of the last ${formatCount(figures.settled)} calls`}
          />
          <Tile
            name="Rescued"
            figure={figures.settled === 0 ? unknown : formatCount(figures.rescued)}
            note="by another account"
          />
          <Tile
            name="First output"
            figure={formatDuration(figures.ttftMs)}
            note={figures.cachedShare === null ? 'median' : `median; ${formatShare(figures.cachedShare)} cached`}
          />
        </dl>
        <div className="grid items-start gap-4 xl:grid-cols-[minmax(0,1fr)_24rem]">
          <Panel
            title="Latest calls"
            action={
              <Link href="/calls" className="text-accent hover:underline">
                All calls
              </Link>
            }
          >
            <RecentCalls calls={recent.slice(0, 12)} isPending={feed.pages.isPending} />
          </Panel>
          <div className="grid gap-4">
            <PoolHeadroom accounts={list} />
            <ErrorsSince />
            <BudgetPanel />
            <Machine status={status.data} />
            <AppPanel />
          </div>
        </div>
      </div>
    </Page>
  );
}

function LedgerNotice({ ledger }: { ledger: StatusView['ledger'] }) {
  if (ledger.state === 'ok') return null;
  return (
    <Notice kind="warning">
      {ledger.reason ?? 'The log is behind: calls are served, and are written down late.'}
      {ledger.dropped > 0 && ` ${formatCount(ledger.dropped)} records are missing.`}
    </Notice>
  );
}

function Machine({ status }: { status: StatusView }) {
  const base = clientBaseUrl(status.url);
  const now = useNow();
  return (
    <Panel title="This Relay">
      <dl className="grid grid-cols-[6.5rem_minmax(0,1fr)] gap-x-3 gap-y-1.5 px-4 py-3">
        <dt className="py-0.5 text-muted">Base URL</dt>
        <dd className="flex items-center gap-1">
          <code className="truncate font-mono text-sm">{base}</code>
          <CopyButton text={base} label="Copy the base URL" />
        </dd>
        <dt className="text-muted">Secrets</dt>
        <dd className="break-words">{status.secrets}</dd>
        <dt className="text-muted">Data</dt>
        <dd className="font-mono text-sm break-all">{status.dataDir}</dd>
        <dt className="text-muted">Version</dt>
        <dd>
          {status.version} on Node {status.node.replace(/^v/, '')}
          {status.desktop ? ', desktop' : ', headless'}
        </dd>
        <dt className="text-muted">Started</dt>
        <dd>{now < status.startedAt ? unknown : <RelativeTime at={status.startedAt} fine />}</dd>
      </dl>
    </Panel>
  );
}
