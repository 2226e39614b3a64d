import { Download, ZoomOut } from 'lucide-react';
import { useState } from 'react';
import { useLocation, useSearch } from 'wouter';
import type { UsageGroup, UsageView } from '../../../src-shared/contract/usage.ts';
import { usageExport } from '../../api/usage-requests.ts';
import { AsOf } from '../../components/as-of.tsx';
import { Button } from '../../components/button.tsx';
import { Menu } from '../../components/menu.tsx';
import { Notice } from '../../components/notice.tsx';
import { ErrorState, Page } from '../../components/page.tsx';
import { Panel } from '../../components/panel.tsx';
import { Skeleton } from '../../components/skeleton.tsx';
import { Tabs } from '../../components/tabs.tsx';
import { formatCount } from '../../format/figures.ts';
import { HeatMapTable } from './heat-map-table.tsx';
import { measures } from './measures.ts';
import { NoUsage } from './no-usage.tsx';
import { ShapeChoice, UsageChart } from './usage-chart.tsx';
import { UsageChoices } from './usage-choices.tsx';
import { UsageFilters } from './usage-filters.tsx';
import { groupRows, timeRows } from './usage-rows.tsx';
import { dimensionNames, readUsageState, type UsageState, usageQueryOf, writeUsageState } from './usage-state.ts';
import { UsageTable } from './usage-table.tsx';
import { UsageTiles } from './usage-tiles.tsx';
import { widerWindow } from './usage-window.ts';
import { useUsage, useUsageBefore, useUsageHours } from './use-usage.ts';
import { WindowChoice } from './window-choice.tsx';

export function UsagePage() {
  const search = useSearch();
  const [, navigate] = useLocation();
  const state = readUsageState(search);
  const usage = useUsage(state);
  const before = useUsageBefore(state);
  const view = usage.data;
  const measure = measures[state.measure];
  const change = (next: Partial<UsageState>) => {
    const query = writeUsageState({ ...state, ...next });
    // Places that one wants to come back from are left in the history; a look at another measure is none.
    const isPlace = next.window !== undefined || next.filters !== undefined;
    navigate(query === '' ? '/usage' : `/usage?${query}`, { replace: !isPlace });
  };
  const only = (key: UsageGroup['key']) => {
    const filters = Object.fromEntries(Object.entries(key).map(([name, value]) => [name, value ?? '']));
    change({ filters: { ...state.filters, ...filters } });
  };
  const zoomed = typeof state.window === 'object';
  return (
    <Page
      title="Usage"
      note={view === undefined ? undefined : <AsOf at={usage.dataUpdatedAt} />}
      actions={
        <>
          {zoomed && (
            <Button
              onClick={() => change({ window: widerWindow(state.window, Date.now()) })}
              title="Three times as wide"
              className="h-7.5 max-sm:px-2"
            >
              <ZoomOut size={14} aria-hidden />
              <span className="max-sm:sr-only">Zoom out</span>
            </Button>
          )}
          <WindowChoice window={state.window} onChange={(window) => change({ window })} />
          <ExportMenu state={state} />
        </>
      }
    >
      <div className="grid min-w-0 gap-4">
        <UsageFilters filters={state.filters} names={view?.names ?? {}} onChange={(filters) => change({ filters })} />
        {view !== undefined && view.uncounted > 0 && (
          <Notice>Older calls are still being counted: {formatCount(view.uncounted)} are left.</Notice>
        )}
        {view === undefined && usage.isError ? (
          <ErrorState error={usage.error} onRetry={() => void usage.refetch()} />
        ) : (
          <>
            <UsageTiles
              totals={view?.totals ?? null}
              previous={state.compare ? (view?.previous ?? null) : null}
              measure={state.measure}
              onMeasure={(name) => change({ measure: name })}
            />
            <Panel
              title={measure.title}
              action={
                <span className="flex items-center gap-1">
                  <label className="flex cursor-pointer items-center gap-1.5 px-2 text-muted hover:text-ink">
                    <input
                      type="checkbox"
                      checked={state.compare}
                      onChange={(event) => change({ compare: event.target.checked })}
                    />
                    Compare<span className="max-sm:hidden"> with the window before</span>
                  </label>
                  {measure.sums && <ShapeChoice shape={state.shape} onChange={(shape) => change({ shape })} />}
                </span>
              }
            >
              <div className="border-b border-line px-4 py-2">
                <UsageChoices state={state} onChange={change} />
              </div>
              {view === undefined ? (
                <Skeleton className="mx-4 mt-3 mb-2 h-67" />
              ) : view.totals.calls === 0 ? (
                <NoUsage state={state} onChange={change} />
              ) : (
                <UsageChart
                  view={view}
                  before={state.compare ? (before.data ?? null) : null}
                  measure={measure}
                  shape={state.shape}
                  onZoom={(from, to) => change({ window: { from, to } })}
                />
              )}
            </Panel>
            {view === undefined && <Skeleton className="h-72" />}
            {view !== undefined && view.totals.calls > 0 && <Details view={view} state={state} onFilter={only} />}
          </>
        )}
      </div>
    </Page>
  );
}

interface DetailsProps {
  readonly view: UsageView;
  readonly state: UsageState;
  readonly onFilter: (key: UsageGroup['key']) => void;
}

/** The same figures as numbers, and the hours of the week. */
function Details({ view, state, onFilter }: DetailsProps) {
  const [tab, setTab] = useState<'groups' | 'time'>('groups');
  const hours = useUsageHours(state);
  const grouped = view.groups.length > 0;
  const byTime = tab === 'time' || !grouped;
  const title = state.by.map((name) => dimensionNames[name]).join(' · ');
  return (
    <>
      <Panel
        title={byTime ? 'Over time' : `By ${title.toLowerCase()}`}
        action={
          grouped ? (
            <Tabs label="Rows" names={{ groups: title, time: 'Time' }} value={tab} onChange={setTab} />
          ) : undefined
        }
      >
        <UsageTable
          key={byTime ? 'time' : title}
          caption={byTime ? 'Usage over time' : `Usage by ${title.toLowerCase()}`}
          first={byTime ? 'Time' : title}
          rows={byTime ? timeRows(view) : groupRows(view, state.filters, onFilter)}
          totals={view.totals}
          previous={state.compare ? view.previous : null}
        />
      </Panel>
      {hours.data !== undefined && (
        <Panel title="Hours of the week">
          <HeatMapTable usage={hours.data} measure={measures[state.measure]} />
        </Panel>
      )}
    </>
  );
}

/** Files with exactly what is shown: the same window, steps, groups and filters. */
function ExportMenu({ state }: { state: UsageState }) {
  const save = (kind: 'csv' | 'json') => () => {
    const link = document.createElement('a');
    link.href = usageExport(usageQueryOf(state, Date.now()), kind);
    link.download = '';
    link.click();
  };
  return (
    <Menu
      label="Export"
      groups={[
        [
          { name: 'CSV, for a spreadsheet', onSelect: save('csv') },
          { name: 'JSON, as the API has it', onSelect: save('json') },
        ],
      ]}
      trigger={
        <Button className="h-7.5 max-sm:px-2">
          <Download size={14} aria-hidden />
          <span className="max-sm:sr-only">Export</span>
        </Button>
      }
    />
  );
}
