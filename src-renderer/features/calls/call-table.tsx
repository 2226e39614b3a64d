// biome-ignore-all lint/a11y/useSemanticElements: only the rows in view exist, which a table element cannot say
import { useVirtualizer } from '@tanstack/react-virtual';
import { type UIEvent, useEffect, useRef } from 'react';
import type { CallRecord } from '../../../src-shared/contract/call.ts';
import { CallRow, rowHeight } from './call-row.tsx';
import type { ColumnLayout } from './column-layout.ts';

interface CallTableProps {
  readonly rows: readonly CallRecord[];
  readonly activeId: string | null;
  readonly layout: ColumnLayout;
  readonly onOpen: (id: string) => void;
  /** Told when the reader leaves the newest call, and when they are back at it. */
  readonly onTop: (atTop: boolean) => void;
  /** Asked for when the end of what was read comes near. */
  readonly onEnd: () => void;
}

/** How near the end more is asked for, in rows. */
const aheadRows = 40;

/** A table of any length: only the rows in view exist. */
export function CallTable({ rows, activeId, layout, onOpen, onTop, onEnd }: CallTableProps) {
  const scroller = useRef<HTMLDivElement>(null);
  // By index, not by id: rows are of one height, and a new one on top must not have all others measured anew.
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
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
    <div className="@container/calls flex min-h-0 min-w-0 flex-1 flex-col overflow-x-auto overflow-y-hidden bg-surface">
      <div
        role="grid"
        aria-label="Calls, newest first"
        aria-rowcount={rows.length + 1}
        aria-activedescendant={activeIndex < 0 ? undefined : rowId(activeId)}
        tabIndex={0}
        style={layout.minWidth === 0 ? undefined : { minWidth: `${layout.minWidth}rem` }}
        className="flex min-h-0 flex-1 flex-col -outline-offset-2"
      >
        <HeaderRow layout={layout} />
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
                  key={call.id}
                  id={rowId(call.id)}
                  call={call}
                  index={item.index}
                  active={call.id === activeId}
                  top={item.start}
                  layout={layout}
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

function HeaderRow({ layout }: { layout: ColumnLayout }) {
  return (
    <div
      role="row"
      aria-rowindex={1}
      tabIndex={-1}
      className="hidden shrink-0 overflow-y-scroll border-b border-line bg-canvas [scrollbar-color:transparent_transparent] @min-[34rem]/calls:block"
    >
      <div
        className={`${layout.className} h-8 text-sm font-medium text-muted`}
        style={layout.style}
        role="presentation"
      >
        <div role="columnheader" tabIndex={-1}>
          <span className="sr-only">Status</span>
        </div>
        {layout.columns.map(({ name, column, className }) => (
          <div
            key={name}
            role="columnheader"
            tabIndex={-1}
            title={column.title}
            className={`truncate ${column.figure ? 'text-right' : ''} ${className}`}
          >
            {column.label}
          </div>
        ))}
      </div>
    </div>
  );
}
