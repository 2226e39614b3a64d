import { ArrowUp, Pause, Play } from 'lucide-react';
import { useMemo, useRef, useState } from 'react';
import { useLocation, useParams, useSearch } from 'wouter';
import { Button } from '../../components/button.tsx';
import { Code } from '../../components/code.tsx';
import { EmptyState, ErrorState, LoadingState, Page } from '../../components/page.tsx';
import { formatCount } from '../../format/figures.ts';
import { useShortcuts } from '../shell/use-shortcuts.ts';
import { type CallFilter, filterSearch, readFilter } from './call-filter.ts';
import { CallFilterBar } from './call-filter-bar.tsx';
import { CallPanel } from './call-panel.tsx';
import { CallTable } from './call-table.tsx';
import { columnChoice, keepColumnChoice } from './column-choice.ts';
import { columnLayout } from './column-layout.ts';
import { ColumnMenu } from './column-menu.tsx';
import { ExportMenu } from './export-menu.tsx';
import type { CallPlace } from './merge-calls.ts';
import { SavedFilterMenu } from './saved-filter-menu.tsx';
import { useCallFeed } from './use-call-feed.ts';

export function CallsPage() {
  const { id: openId = null } = useParams<{ id?: string }>();
  const [, navigate] = useLocation();
  const search = useSearch();
  const filter = useMemo(() => readFilter(search), [search]);
  const [columns, setColumns] = useState(columnChoice);
  const layout = useMemo(() => columnLayout(columns), [columns]);
  const [activeId, setActiveId] = useState(openId);
  const [paused, setPaused] = useState(false);
  /** The newest call that is shown while the list is held: paused, scrolled down, or with a call open. */
  const [heldAt, setHeldAt] = useState<CallPlace | null>(null);
  const [tableKey, setTableKey] = useState(0);
  const searchField = useRef<HTMLInputElement>(null);
  const { rows, waiting, pages } = useCallFeed(filter, heldAt);

  const query = filterSearch(filter);
  const hold = () => setHeldAt((held) => held ?? rows[0] ?? null);
  const open = (id: string) => {
    hold();
    setActiveId(id);
    navigate(`/calls/${encodeURIComponent(id)}${query}`, { replace: openId !== null });
  };
  const close = () => {
    navigate(`/calls${query}`);
    if (!paused) setHeldAt(null);
  };
  const jumpToNewest = () => {
    setHeldAt(null);
    setPaused(false);
    setActiveId(null);
    setTableKey((key) => key + 1);
  };
  const togglePause = () => {
    setPaused(!paused);
    if (paused && openId === null) setHeldAt(null);
    else hold();
  };
  const onTop = (atTop: boolean) => {
    if (!atTop) hold();
    else if (!paused && openId === null) setHeldAt(null);
  };
  const move = (by: number) => {
    const here = rows.findIndex((call) => call.id === activeId);
    const next = rows[here === -1 ? 0 : Math.min(rows.length - 1, Math.max(0, here + by))];
    if (next === undefined) return;
    if (openId === null) setActiveId(next.id);
    else open(next.id);
    hold();
  };
  const onEnd = () => {
    if (pages.hasNextPage && !pages.isFetchingNextPage) void pages.fetchNextPage();
  };

  useShortcuts('calls', {
    next: () => move(1),
    previous: () => move(-1),
    open: activeId === null ? null : () => open(activeId),
    close: openId === null ? null : close,
    pause: togglePause,
    newest: jumpToNewest,
    search: () => searchField.current?.focus(),
  });

  const filterBy = (to: string) => {
    // What another filter shows is read from its newest call on.
    setHeldAt(null);
    setPaused(false);
    setActiveId(null);
    setTableKey((key) => key + 1);
    navigate(`/calls${to}`, { replace: true });
  };
  const onFilter = (next: CallFilter) => filterBy(filterSearch(next));
  return (
    <Page
      title="Calls"
      fill
      actions={
        <>
          <CallFilterBar filter={filter} onChange={onFilter} searchRef={searchField} />
          <ColumnMenu
            choice={columns}
            onChange={(choice) => {
              keepColumnChoice(choice);
              setColumns(choice);
            }}
          />
          <SavedFilterMenu search={query} onPick={filterBy} />
          <ExportMenu search={query} />
          <Button onClick={togglePause} title="p">
            {paused ? <Play size={14} /> : <Pause size={14} />}
            <span className="max-sm:sr-only">{paused ? 'Resume' : 'Pause'}</span>
          </Button>
        </>
      }
    >
      <div className="relative flex min-h-0 flex-1">
        <div className="relative flex min-h-0 min-w-0 flex-1 flex-col">
          {waiting > 0 && (
            <div className="pointer-events-none absolute inset-x-0 top-10 z-10 flex justify-center">
              <Button look="primary" className="pointer-events-auto shadow-overlay" onClick={jumpToNewest} title="n">
                <ArrowUp size={14} />
                {formatCount(waiting)} new
              </Button>
            </div>
          )}
          {rows.length > 0 ? (
            <CallTable key={tableKey} {...{ rows, activeId, layout, onTop, onEnd }} onOpen={open} />
          ) : pages.isPending ? (
            <LoadingState />
          ) : pages.isError ? (
            <ErrorState error={pages.error} onRetry={() => void pages.refetch()} />
          ) : query !== '' ? (
            <EmptyState title="No call matches">
              <Button onClick={() => filterBy('')}>Clear the filter</Button>
            </EmptyState>
          ) : (
            <NoCalls />
          )}
        </div>
        {openId !== null && <CallPanel key={openId} id={openId} onClose={close} />}
      </div>
    </Page>
  );
}

function NoCalls() {
  return (
    <EmptyState title="No calls yet">
      <p>
        Point a client at <Code>{`${location.origin}/v1`}</Code> with a Relay key, and each call appears here as it
        happens. The Keys page makes a key and the lines to paste.
      </p>
    </EmptyState>
  );
}
