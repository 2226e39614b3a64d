import type { CallQuery, CallRecord } from '../../../src-shared/contract/call.ts';

export interface CallFilter {
  readonly text: string;
  readonly status: CallRecord['status'] | null;
  /** What the address keeps the list to, by the names of the API's own filters. */
  readonly only: Readonly<Partial<Pick<CallQuery, OnlyName>>>;
}

/** Filters that other pages lead here with. */
export const onlyNames = ['model', 'accountId', 'keyId', 'project', 'member', 'client', 'endpoint', 'cause'] as const;
export type OnlyName = (typeof onlyNames)[number];

/** A place in the log: newest first, by time and then by id. */
export type CallPlace = Pick<CallRecord, 'startedAt' | 'id'>;

interface MergedCalls {
  readonly rows: readonly CallRecord[];
  /** Calls that are newer than where the list is held. */
  readonly waiting: number;
}

/**
 * The log as read, with what live events said since. Where the list is held, newer calls are counted and kept back, so
 * nothing moves under the reader's eyes; the rows that are shown still change in place.
 */
export function mergeCalls(
  read: readonly CallRecord[],
  live: ReadonlyMap<string, CallRecord>,
  filter: CallFilter,
  heldAt: CallPlace | null,
): MergedCalls {
  const calls = new Map(read.map((call) => [call.id, call]));
  for (const call of live.values()) {
    // What the log found by its text search stays found, even where only the log can see why.
    if (calls.has(call.id) ? hasStatus(call, filter) : matches(call, filter)) calls.set(call.id, call);
    else calls.delete(call.id);
  }
  const ordered = [...calls.values()].sort(compareNewestFirst);
  const first = heldAt === null ? 0 : ordered.findIndex((call) => compareNewestFirst(call, heldAt) >= 0);
  const waiting = first === -1 ? ordered.length : first;
  return { rows: waiting === 0 ? ordered : ordered.slice(waiting), waiting };
}

function compareNewestFirst(a: CallPlace, b: CallPlace): number {
  if (a.startedAt !== b.startedAt) return b.startedAt - a.startedAt;
  return a.id === b.id ? 0 : a.id < b.id ? 1 : -1;
}

const hasStatus = (call: CallRecord, filter: CallFilter): boolean =>
  filter.status === null || call.status === filter.status;

const isOnly = (call: CallRecord, { only }: CallFilter): boolean =>
  (only.model === undefined || only.model === call.modelAsked || only.model === call.modelRan) &&
  (only.accountId === undefined || only.accountId === call.accountId) &&
  (only.keyId === undefined || only.keyId === call.keyId) &&
  (only.project === undefined || only.project === (call.project ?? '')) &&
  (only.member === undefined || only.member === (call.member ?? '')) &&
  (only.client === undefined || only.client === (call.client ?? '')) &&
  (only.endpoint === undefined || only.endpoint === call.endpoint) &&
  // What a call failed of, only the log knows.
  only.cause === undefined;

function matches(call: CallRecord, filter: CallFilter): boolean {
  if (!hasStatus(call, filter) || !isOnly(call, filter)) return false;
  const text = filter.text.trim().toLowerCase();
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
