import type { ReactNode } from 'react';
import type { CallRecord } from '../../../src-shared/contract/call.ts';
import { RelativeTime } from '../../components/relative-time.tsx';
import { formatCount, formatDuration, formatMoney, unknown } from '../../format/figures.ts';
import { AccountCell, ModelCell, modelTitle } from './call-cells.tsx';
import type { ColumnName } from './column-choice.ts';
import { visibleText } from './visible-text.ts';

export interface CallColumn {
  readonly label: string;
  readonly title?: string;
  /** From which width of the table it is shown where nothing was chosen; `null` for never. */
  readonly from: 'narrow' | 'small' | 'medium' | 'wide' | null;
  /** A figure, aligned to the right. */
  readonly figure?: boolean;
  readonly muted?: boolean;
  /** In rem, of a normal column. */
  readonly width: number;
  readonly hover?: (call: CallRecord) => string | undefined;
  readonly cell: (call: CallRecord) => ReactNode;
}

const text = (value: string | null): string => (value === null ? unknown : visibleText(value));

export const callColumns: Readonly<Record<ColumnName, CallColumn>> = {
  age: {
    ...{ label: 'Age', from: 'narrow', width: 3, muted: true },
    cell: (call) => <RelativeTime at={call.startedAt} bare />,
  },
  model: {
    ...{ label: 'Model', from: 'narrow', width: 12, hover: modelTitle },
    cell: (call) => <ModelCell call={call} />,
  },
  account: { label: 'Account', from: 'narrow', width: 9, cell: (call) => <AccountCell call={call} /> },
  client: {
    ...{ label: 'Client', from: 'wide', width: 9, muted: true, hover: (call) => call.userAgent ?? undefined },
    cell: (call) => text(call.client ?? call.userAgent),
  },
  key: { label: 'Key', from: 'wide', width: 6, muted: true, cell: (call) => text(call.keyName) },
  project: { label: 'Project', from: null, width: 7, muted: true, cell: (call) => text(call.project) },
  member: { label: 'Member', from: null, width: 7, muted: true, cell: (call) => text(call.member) },
  endpoint: { label: 'Endpoint', from: null, width: 6, muted: true, cell: (call) => call.endpoint },
  http: { label: 'HTTP', from: null, width: 3, figure: true, cell: (call) => call.httpStatus?.toString() ?? unknown },
  attempts: { label: 'Tries', from: null, width: 3, figure: true, cell: (call) => String(call.attempts.length) },
  input: { label: 'Input', from: 'medium', width: 5, figure: true, cell: (call) => formatCount(call.inputTokens) },
  cached: { label: 'Cached', from: null, width: 5, figure: true, cell: (call) => formatCount(call.cachedTokens) },
  output: { label: 'Output', from: 'medium', width: 4, figure: true, cell: (call) => formatCount(call.outputTokens) },
  reasoning: {
    ...{ label: 'Reasoning', from: null, width: 5, figure: true },
    cell: (call) => formatCount(call.reasoningTokens),
  },
  cost: {
    ...{ label: 'Cost', title: 'What the same tokens cost at API prices', from: 'medium', width: 4.5, figure: true },
    cell: (call) => formatMoney(call.costMicroUsd),
  },
  overhead: {
    ...{ label: 'Relay', title: 'Relay’s own share of the time to the first output', from: null, width: 4.5 },
    figure: true,
    cell: (call) => formatDuration(call.overheadMs),
  },
  first: {
    ...{ label: 'First', title: 'Time to the first output', from: 'small', width: 4.5, figure: true },
    cell: (call) => formatDuration(call.ttftMs),
  },
  total: {
    ...{ label: 'Total', title: 'Time to the last byte', from: 'narrow', width: 4.5, figure: true },
    cell: (call) => formatDuration(call.durationMs),
  },
};
