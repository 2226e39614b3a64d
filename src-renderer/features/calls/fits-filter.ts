import type { CallRecord } from '../../../src-shared/contract/call.ts';
import type { CallFilter } from './call-filter.ts';

/** Whether the log would answer a call to a filter. What it failed of, only the log knows. */
export const fitsFilter = (call: CallRecord, filter: CallFilter): boolean =>
  filter.cause === undefined && fitsFields(call, filter) && hasText(call, filter.text);

/** The same, but for what only the log can see. */
export const fitsFields = (call: CallRecord, filter: CallFilter): boolean =>
  isOrAny(filter.status, call.status) &&
  isOrAny(filter.httpStatus, call.httpStatus) &&
  isOrAny(filter.errorCode, call.errorCode ?? '') &&
  isOrAny(filter.accountId, call.accountId ?? '') &&
  isOrAny(filter.keyId, call.keyId) &&
  isOrAny(filter.project, call.project ?? '') &&
  isOrAny(filter.member, call.member ?? '') &&
  isOrAny(filter.client, call.client ?? '') &&
  (isOrAny(filter.model, call.modelAsked) || isOrAny(filter.model, call.modelRan ?? '')) &&
  isOrAny(filter.modelAsked, call.modelAsked) &&
  isOrAny(filter.modelRan, call.modelRan ?? '') &&
  isOrAny(filter.endpoint, call.endpoint) &&
  isOrAny(filter.conversationId, call.conversationId ?? '') &&
  isOrAny(filter.stream, call.stream) &&
  isOrAny(filter.spliced, call.spliced > 0) &&
  isOrAny(filter.failedOver, call.attempts.length > 1) &&
  isOrAny(filter.overflow, call.overflow) &&
  (filter.from === undefined || call.startedAt >= filter.from) &&
  (filter.to === undefined || call.startedAt < filter.to) &&
  isWithin(call.costMicroUsd, filter.minCostMicroUsd, filter.maxCostMicroUsd) &&
  isWithin(call.ttftMs, filter.minTtftMs, filter.maxTtftMs) &&
  isWithin(call.durationMs, filter.minDurationMs, filter.maxDurationMs);

const isOrAny = <Value>(wanted: Value | undefined, value: Value | null): boolean =>
  wanted === undefined || wanted === value;

function isWithin(value: number | null, min: number | undefined, max: number | undefined): boolean {
  if (min === undefined && max === undefined) return true;
  return value !== null && value >= (min ?? 0) && value <= (max ?? Number.POSITIVE_INFINITY);
}

function hasText(call: CallRecord, wanted = ''): boolean {
  const text = wanted.trim().toLowerCase();
  return text === '' || searchable(call).some((field) => field?.toLowerCase().includes(text));
}

/** What the log itself searches. */
const searchable = (call: CallRecord): (string | null)[] => [
  call.modelAsked,
  call.modelRan,
  call.client,
  call.keyName,
  call.accountLabel,
  call.errorCode,
  call.reason,
];
