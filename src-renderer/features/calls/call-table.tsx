// biome-ignore-all lint/a11y/useSemanticElements: only the rows in view exist, which a table element cannot say
import { useVirtualizer } from '@tanstack/react-virtual';
import { type UIEvent, useEffect, useRef } from 'react';
import type { CallRecord } from '../../../src-shared/contract/call.ts';
import { CallRow, rowHeight } from './call-row.tsx';

interface CallTableProps {
  readonly rows: readonly CallRecord[];
  readonly activeId: string | null;
  readonly onOpen: (id: string) => void;
  /** Told when the reader leaves the newest call, and when they are back at it. */
  readonly onTop: (atTop: boolean) => void;
  /** Asked for when the end of what was read comes near. */
  readonly onEnd: () => void;
}

/** How near the end more is asked for, in rows. */
const aheadRows = 40;

/** A table of any length: only the rows in view exist. */
export function CallTable({ rows, activeId, onOpen, onTop, onEnd }: CallTableProps) {
  const scroller = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    getItemKey: (index) => rows[index]?.id ?? index,
    overscan: 12,
  });

  const activeIndex = activeId === null ? -1 : rows.findIndex((call) => call.id === activeId);
  // Only a move of the reader's own scrolls: new rows above must not.
  // biome-ignore lint/correctness/useExhaustiveDependencies: the index of the same call changes with every new row
  useEffect(() => {
    if (activeIndex >= 0) virtual.scrollToIndex(activeIndex, { align: 'auto' });
  }, [activeId]);

  const onScroll = ({ currentTarget: { scrollTop, clientHeight, scrollHeight } }: UIEvent<HTMLDivElement>) => {
    onTop(scrollTop < rowHeight / 2);
    if (scrollHeight - scrollTop - clientHeight < aheadRows * rowHeight) onEnd();
  };

  return (
    <div className="@container/calls flex min-h-0 min-w-0 flex-1 flex-col bg-surface">
      <div
        role="grid"
        aria-label="Calls, newest first"
        aria-rowcount={rows.length + 1}
        aria-activedescendant={activeIndex < 0 ? undefined : rowId(activeId)}
        tabIndex={0}
        className="flex min-h-0 flex-1 flex-col -outline-offset-2"
      >
        <HeaderRow />
        <div
          ref={scroller}
          onScroll={onScroll}
          role="rowgroup"
          tabIndex={-1}
          className="min-h-0 flex-1 overflow-y-scroll [overflow-anchor:none]"
        >
          <div role="presentation" className="relative" style={{ height: virtual.getTotalSize() }}>
            {virtual.getVirtualItems().map((item) => {
              const call = rows[item.index];
              if (call === undefined) return null;
              return (
                <CallRow
                  key={item.key}
                  id={rowId(call.id)}
                  call={call}
                  index={item.index}
                  active={call.id === activeId}
                  top={item.start}
                  onOpen={onOpen}
                />
              );
            })}
          </div>
        </div>
      </div>
    </div>
  );
}

const rowId = (callId: string | null): string => `call-row-${callId}`;

function HeaderRow() {
  return (
    <div
      role="row"
      aria-rowindex={1}
      tabIndex={-1}
      className="hidden shrink-0 overflow-y-scroll border-b border-line bg-canvas [scrollbar-color:transparent_transparent] @min-[34rem]/calls:block"
    >
      <div className="call-columns h-8 text-sm font-medium text-muted" role="presentation">
        <Header label="Status" hidden />
        <Header label="Age" />
        <Header label="Model" />
        <Header label="Account" />
        <Header label="Client" from="wide" />
        <Header label="Key" from="wide" />
        <Header label="Input" figure from="medium" />
        <Header label="Output" figure from="medium" />
        <Header label="Cost" title="What the same tokens cost at API prices" figure from="medium" />
        <Header label="First" title="Time to the first output" figure />
        <Header label="Total" title="Time to the last byte" figure />
      </div>
    </div>
  );
}

/** From which width of the table a column is shown. */
const shownFrom = {
  narrow: '',
  medium: 'hidden @min-[50rem]/calls:block',
  wide: 'hidden @min-[68rem]/calls:block',
} as const;

function Header(column: {
  label: string;
  title?: string;
  figure?: boolean;
  hidden?: boolean;
  from?: keyof typeof shownFrom;
}) {
  return (
    <div
      role="columnheader"
      tabIndex={-1}
      title={column.title}
      className={`truncate ${column.figure ? 'text-right' : ''} ${shownFrom[column.from ?? 'narrow']}`}
    >
      {column.hidden ? <span className="sr-only">{column.label}</span> : column.label}
    </div>
  );
}
