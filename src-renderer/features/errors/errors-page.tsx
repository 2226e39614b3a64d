import { useQuery } from '@tanstack/react-query';
import { useLocation, useSearch } from 'wouter';
import { type CausePhase, causePhases, type FailureList } from '../../../src-shared/contract/failure.ts';
import { getFailures } from '../../api/failure-requests.ts';
import { queryKeys } from '../../api/query-keys.ts';
import { AsOf } from '../../components/as-of.tsx';
import { Button } from '../../components/button.tsx';
import { Swatch } from '../../components/chart-tip.tsx';
import { Notice } from '../../components/notice.tsx';
import { EmptyState, ErrorState, Page } from '../../components/page.tsx';
import { Panel, Tile } from '../../components/panel.tsx';
import { Select, type SelectOption } from '../../components/select.tsx';
import { SkeletonRows } from '../../components/skeleton.tsx';
import { formatCount, unknown } from '../../format/figures.ts';
import { CauseRow } from './cause-row.tsx';
import { phaseNames } from './error-words.ts';

const hour = 3_600_000;
const windows = [
  { value: '1h', name: 'Last hour', ms: hour },
  { value: '24h', name: 'Last 24 hours', ms: 24 * hour },
  { value: '7d', name: 'Last 7 days', ms: 168 * hour },
  { value: '30d', name: 'Last 30 days', ms: 720 * hour },
] as const;
type WindowName = (typeof windows)[number]['value'];

const phases: readonly SelectOption<CausePhase | 'all'>[] = [
  { value: 'all', name: 'Any cause' },
  ...causePhases.map((value) => ({ value, name: phaseNames[value] })),
];

const againMs = 5_000;

export function ErrorsPage() {
  const given = new URLSearchParams(useSearch());
  const [, navigate] = useLocation();
  const shown = windows.find(({ value }) => value === given.get('window')) ?? windows[1];
  const phase = causePhases.find((one) => one === given.get('phase')) ?? 'all';
  const failures = useQuery({
    queryKey: queryKeys.failures(shown.value, phase),
    queryFn: ({ signal }) => {
      const now = Date.now();
      const query = { from: String(now - shown.ms), to: String(now + 1), ...(phase === 'all' ? {} : { phase }) };
      return getFailures(new URLSearchParams(query), signal);
    },
    placeholderData: (previous) => previous,
    refetchInterval: againMs,
  });
  const go = (window: WindowName, next: CausePhase | 'all') => {
    const query = new URLSearchParams({
      ...(window === '24h' ? {} : { window }),
      ...(next === 'all' ? {} : { phase: next }),
    });
    navigate(query.size === 0 ? '/errors' : `/errors?${query}`, { replace: true });
  };
  const list = failures.data;
  return (
    <Page
      title="Errors"
      note={list === undefined ? undefined : <AsOf at={failures.dataUpdatedAt} />}
      actions={
        <>
          <Select label="Cause" value={phase} options={phases} onChange={(next) => go(shown.value, next)} />
          <Select label="Window" value={shown.value} options={windows} onChange={(window) => go(window, phase)} />
        </>
      }
    >
      <div className="grid gap-4">
        {list !== undefined && list.uncounted > 0 && (
          <Notice>Older calls are still being looked through: {formatCount(list.uncounted)} are left.</Notice>
        )}
        <Sums list={list} />
        {list === undefined && failures.isPending && <SkeletonRows what="errors" />}
        {list === undefined && failures.isError && (
          <ErrorState error={failures.error} onRetry={() => void failures.refetch()} />
        )}
        {list?.errors.length === 0 && (
          <EmptyState title="Nothing failed">
            <p>No client saw an error in this window, and no account failed.</p>
            {(shown.value !== '30d' || phase !== 'all') && (
              <Button onClick={() => go('30d', 'all')}>Show the last 30 days</Button>
            )}
          </EmptyState>
        )}
        {list !== undefined && list.errors.length > 0 && (
          <Panel title="By cause" action={<Legend />}>
            <ul aria-label="Causes, what clients saw most first">
              {list.errors.map((cause) => (
                <CauseRow key={cause.id} cause={cause} />
              ))}
            </ul>
            {list.causes > list.errors.length && (
              <p className="border-t border-line px-4 py-2 text-muted">
                {formatCount(list.causes - list.errors.length)} causes more. Choose a shorter window to see them.
              </p>
            )}
          </Panel>
        )}
      </div>
    </Page>
  );
}

function Sums({ list }: { list: FailureList | undefined }) {
  const figure = (value: number | undefined) => (value === undefined ? unknown : formatCount(value));
  return (
    <dl className="grid grid-cols-2 gap-px overflow-hidden rounded-lg border border-line bg-line md:grid-cols-3">
      <Tile name="Seen" figure={figure(list?.seen)} note="calls that failed for their client" />
      <Tile name="Absorbed" figure={figure(list?.absorbed)} note="failed attempts that no client saw" />
      <Tile name="Causes" figure={figure(list?.causes)} note="that are not the same" />
    </dl>
  );
}

function Legend() {
  return (
    <span className="flex gap-4 text-sm text-muted">
      <span className="flex items-center gap-1.5">
        <Swatch color="--bad-fill" /> seen
      </span>
      <span className="flex items-center gap-1.5">
        <Swatch color="--series-rest" /> absorbed
      </span>
    </span>
  );
}
