// biome-ignore-all lint/a11y/useSemanticElements: only the rows in view exist, which a table element cannot say
import { memo } from 'react';
import type { CallRecord } from '../../../src-shared/contract/call.ts';
import { unknown } from '../../format/figures.ts';
import { StatusDot } from './call-status.tsx';
import type { ColumnLayout } from './column-layout.ts';

/** In pixels; every row has it, so that a place in the log is a place on the screen. */
export const rowHeight = 34;

interface CallRowProps {
  readonly id: string;
  readonly call: CallRecord;
  readonly index: number;
  readonly active: boolean;
  readonly top: number;
  readonly layout: ColumnLayout;
  readonly onOpen: (id: string) => void;
}

export const CallRow = memo(function CallRow({ id, call, index, active, top, layout, onOpen }: CallRowProps) {
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the page's own keys move and open (j, k, Enter)
    <div
      id={id}
      role="row"
      aria-rowindex={index + 2}
      aria-selected={active}
      tabIndex={-1}
      onClick={() => onOpen(call.id)}
      style={{ height: rowHeight, transform: `translateY(${top}px)` }}
      className="absolute inset-x-0 cursor-pointer border-b border-line/70 hover:bg-hover aria-selected:bg-selected"
    >
      <div role="presentation" className={`${layout.className} h-full`} style={layout.style}>
        <div role="gridcell" tabIndex={-1}>
          <StatusDot status={call.status} />
        </div>
        {layout.columns.map(({ name, column, className }) => {
          const content = column.cell(call);
          const look = content === unknown ? 'text-faint' : column.muted ? 'text-muted' : '';
          return (
            <div
              key={name}
              role="gridcell"
              tabIndex={-1}
              title={column.hover?.(call)}
              className={`truncate ${column.figure ? 'text-right' : ''} ${look} ${className}`}
            >
              {content}
            </div>
          );
        })}
      </div>
    </div>
  );
});
