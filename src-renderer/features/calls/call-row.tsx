// biome-ignore-all lint/a11y/useSemanticElements: only the rows in view exist, which a table element cannot say
import { memo } from 'react';
import type { CallRecord } from '../../../src-shared/contract/call.ts';
import { RelativeTime } from '../../components/relative-time.tsx';
import { formatCount, formatDuration, formatMoney, unknown } from '../../format/figures.ts';
import { StatusDot } from './call-status.tsx';

/** In pixels; every row has it, so that a place in the log is a place on the screen. */
export const rowHeight = 34;

interface CallRowProps {
  readonly id: string;
  readonly call: CallRecord;
  readonly index: number;
  readonly active: boolean;
  readonly top: number;
  readonly onOpen: (id: string) => void;
}

export const CallRow = memo(function CallRow({ id, call, index, active, top, onOpen }: CallRowProps) {
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
      <div role="presentation" className="call-columns h-full">
        <div role="gridcell" tabIndex={-1}>
          <StatusDot status={call.status} />
        </div>
        <Cell className="text-muted">
          <RelativeTime at={call.startedAt} bare />
        </Cell>
        <Cell title={modelTitle(call)}>
          <Model call={call} />
        </Cell>
        <Cell>
          <Account call={call} />
        </Cell>
        <Cell className="hidden text-muted @min-[68rem]/calls:block" title={call.userAgent ?? undefined}>
          {call.client ?? call.userAgent ?? unknown}
        </Cell>
        <Cell className="hidden text-muted @min-[68rem]/calls:block">{call.keyName}</Cell>
        <Figure className="hidden @min-[50rem]/calls:block">{formatCount(call.inputTokens)}</Figure>
        <Figure className="hidden @min-[50rem]/calls:block">{formatCount(call.outputTokens)}</Figure>
        <Figure className="hidden @min-[50rem]/calls:block">{formatMoney(call.costMicroUsd)}</Figure>
        <Figure className="hidden @min-[34rem]/calls:block">{formatDuration(call.ttftMs)}</Figure>
        <Figure>{formatDuration(call.durationMs)}</Figure>
      </div>
    </div>
  );
});

function Cell({
  className = '',
  title,
  children,
}: {
  className?: string;
  title?: string | undefined;
  children: React.ReactNode;
}) {
  return (
    <div role="gridcell" tabIndex={-1} title={title} className={`truncate ${className}`}>
      {children}
    </div>
  );
}

function Figure({ className = '', children }: { className?: string; children: string }) {
  return (
    <div
      role="gridcell"
      tabIndex={-1}
      className={`truncate text-right ${children === unknown ? 'text-faint' : ''} ${className}`}
    >
      {children}
    </div>
  );
}

function Model({ call }: { call: CallRecord }) {
  const other = call.modelRan !== null && call.modelRan !== call.modelAsked;
  const effort = call.effort === null || call.modelAsked.endsWith(`-${call.effort}`) ? null : call.effort;
  return (
    <>
      {call.modelAsked}
      {other && <span className="text-muted"> → {call.modelRan}</span>}
      {effort !== null && <span className="text-muted"> {effort}</span>}
    </>
  );
}

const modelTitle = (call: CallRecord): string =>
  `Asked for ${call.modelAsked}${call.modelRan === null ? '' : `, ran ${call.modelRan}`}`;

/** Who answered; how often it had to be tried; or, where nobody did, why. */
function Account({ call }: { call: CallRecord }) {
  if (call.status === 'error') return <span className="text-bad">{call.errorCode ?? 'error'}</span>;
  const moved = call.attempts.length > 1;
  const spliced = call.spliced === 1 ? 'once' : `${call.spliced} times`;
  return (
    <>
      {call.accountLabel ?? <span className="text-faint">{unknown}</span>}
      {moved && (
        <span className="ml-1.5 rounded bg-warn-tint px-1 text-xs text-warn" title={`${call.attempts.length} attempts`}>
          ×{call.attempts.length}
        </span>
      )}
      {call.spliced > 0 && (
        <span
          className="ml-1.5 rounded bg-warn-tint px-1 text-xs text-warn"
          title={`Broke off and was continued ${spliced}`}
        >
          spliced
        </span>
      )}
    </>
  );
}
