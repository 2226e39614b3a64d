import type { CallRecord } from '../../../src-shared/contract/call.ts';
import type { CallFilter } from './call-filter.ts';
import { fitsFields, fitsFilter } from './fits-filter.ts';

/** A place in the log: newest first, by time and then by id. */
export type CallPlace = Pick<CallRecord, 'startedAt' | 'id'>;

interface MergedCalls {
  readonly rows: readonly CallRecord[];
  /** Calls that are newer than where the list is held. */
  readonly waiting: number;
}

/**
 * The log as read, newest first, with what live events said since. Where the list is held, newer calls are counted and
 * kept back, so nothing moves under the reader's eyes; the rows that are shown still change in place. The log's own rows
 * are looked at and not sorted: with 100,000 of them this runs many times a second.
 */
export function mergeCalls(
  read: readonly CallRecord[],
  live: ReadonlyMap<string, CallRecord>,
  filter: CallFilter,
  heldAt: CallPlace | null,
): MergedCalls {
  const known = new Set<string>();
  const kept: CallRecord[] = [];
  for (const call of read) {
    const now = live.get(call.id);
    if (now === undefined) kept.push(call);
    else if (!known.has(call.id)) {
      known.add(call.id);
      // What the log found by its text or cause stays found, even where only the log can see why.
      if (fitsFields(now, filter)) kept.push(now);
    }
  }
  const arrived = [...live.values()].filter((call) => !known.has(call.id) && fitsFilter(call, filter));
  arrived.sort(compareNewestFirst);
  const rows = zip(ordered(kept), arrived);
  const waiting = heldAt === null ? 0 : countNewer(rows, heldAt);
  return { rows: waiting === 0 ? rows : rows.slice(waiting), waiting };
}

/** The log answers in order; only what it did not is sorted. */
const ordered = (calls: CallRecord[]): CallRecord[] =>
  calls.every((call, index) => index === 0 || compareNewestFirst(calls[index - 1]!, call) <= 0)
    ? calls
    : calls.sort(compareNewestFirst);

/** Two lists, each newest first, as one. */
function zip(a: readonly CallRecord[], b: readonly CallRecord[]): CallRecord[] {
  const both: CallRecord[] = [];
  let [i, j] = [0, 0];
  while (i < a.length && j < b.length) {
    if (compareNewestFirst(a[i]!, b[j]!) <= 0) both.push(a[i++]!);
    else both.push(b[j++]!);
  }
  for (; i < a.length; i += 1) both.push(a[i]!);
  for (; j < b.length; j += 1) both.push(b[j]!);
  return both;
}

function countNewer(rows: readonly CallRecord[], place: CallPlace): number {
  const first = rows.findIndex((call) => compareNewestFirst(call, place) >= 0);
  return first === -1 ? rows.length : first;
}

function compareNewestFirst(a: CallPlace, b: CallPlace): number {
  if (a.startedAt !== b.startedAt) return b.startedAt - a.startedAt;
  return a.id === b.id ? 0 : a.id < b.id ? 1 : -1;
}
