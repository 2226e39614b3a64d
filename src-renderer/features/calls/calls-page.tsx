import { ArrowUp, Pause, Play } from 'lucide-react';
import { useMemo, useRef, useState } from 'react';
import { useLocation, useParams, useSearch } from 'wouter';
import { callFilterSchema } from '../../../src-shared/contract/call.ts';
import { Button } from '../../components/button.tsx';
import { Code } from '../../components/code.tsx';
import { EmptyState, ErrorState, LoadingState, Page } from '../../components/page.tsx';
import { formatCount } from '../../format/figures.ts';
import { useShortcuts } from '../shell/use-shortcuts.ts';
import { CallFilterBar, isStatus } from './call-filter-bar.tsx';
import { CallPanel } from './call-panel.tsx';
import { CallTable } from './call-table.tsx';
import { type CallFilter, type CallPlace, type OnlyName, onlyNames } from './merge-calls.ts';
import { OnlyChips } from './only-chips.tsx';
import { useCallFeed } from './use-call-feed.ts';

const noFilter = { text: '', status: null };

export function CallsPage() {
  const { id: openId = null } = useParams<{ id?: string }>();
  const [, navigate] = useLocation();
  const search = useSearch();
  const only = useMemo(() => readOnly(search), [search]);
  const [typed, setFilter] = useState<Omit<CallFilter, 'only'>>(() => ({ ...noFilter, status: readStatus(search) }));
  const filter = useMemo(() => ({ ...typed, only }), [typed, only]);
  const [activeId, setActiveId] = useState(openId);
  const [paused, setPaused] = useState(false);
  /** The newest call that is shown while the list is held: paused, scrolled down, or with a call open. */
  const [heldAt, setHeldAt] = useState<CallPlace | null>(null);
  const [tableKey, setTableKey] = useState(0);
  const searchField = useRef<HTMLInputElement>(null);
  const { rows, waiting, pages } = useCallFeed(filter, heldAt);

  const query = search === '' ? '' : `?${search}`;
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

  const clear = (name: OnlyName) => {
    const left = new URLSearchParams(search);
    left.delete(name);
    navigate(`${location.pathname}${left.size === 0 ? '' : `?${left}`}`);
  };
  const filtered = filter.text.trim() !== '' || filter.status !== null || Object.keys(only).length > 0;
  return (
    <Page
      title="Calls"
      fill
      actions={
        <>
          <CallFilterBar filter={typed} onChange={setFilter} searchRef={searchField} />
          <Button onClick={togglePause} title="p">
            {paused ? <Play size={14} /> : <Pause size={14} />}
            <span className="max-sm:sr-only">{paused ? 'Resume' : 'Pause'}</span>
          </Button>
        </>
      }
    >
      <OnlyChips only={only} onClear={clear} />
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
            <CallTable key={tableKey} {...{ rows, activeId, onTop, onEnd }} onOpen={open} />
          ) : pages.isPending ? (
            <LoadingState />
          ) : pages.isError ? (
            <ErrorState error={pages.error} onRetry={() => void pages.refetch()} />
          ) : filtered ? (
            <EmptyState title="No call matches">
              <Button
                onClick={() => {
                  setFilter(noFilter);
                  navigate('/calls');
                }}
              >
                Clear the filter
              </Button>
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

const onlySchema = callFilterSchema.pick({
  model: true,
  accountId: true,
  keyId: true,
  project: true,
  member: true,
  client: true,
  endpoint: true,
  cause: true,
});

function readOnly(search: string): CallFilter['only'] {
  const given = new URLSearchParams(search);
  const named = onlyNames.flatMap((name) => (given.has(name) ? [[name, given.get(name) ?? ''] as const] : []));
  // An address with a filter that the log does not know is shown as if it had none.
  return onlySchema.safeParse(Object.fromEntries(named)).data ?? {};
}

function readStatus(search: string): CallFilter['status'] {
  const status = new URLSearchParams(search).get('status');
  return status !== null && isStatus(status) ? status : null;
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
