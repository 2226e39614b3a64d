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
 * kept back, so nothing moves under the reader's eyes; the rows that are shown still change in place. This runs several times
 * a second: it looks at every live call, and at the log's own rows, which may be 100,000, only when they are new.
 */
export function mergeCalls(
  read: readonly CallRecord[],
  live: ReadonlyMap<string, CallRecord>,
  filter: CallFilter,
  heldAt: CallPlace | null,
): MergedCalls {
  const { rows: log, places } = prepared(read);
  const arrived: CallRecord[] = [];
  const changed: (CallRecord | null)[] = live.size === 0 ? log : [...log];
  let gone = false;
  for (const [id, call] of live) {
    const place = places.get(id);
    if (place === undefined) {
      if (fitsFilter(call, filter)) arrived.push(call);
      continue;
    }
    // What the log found by its text or cause stays found, even where only the log can see why.
    const fits = fitsFields(call, filter);
    changed[place] = fits ? call : null;
    gone ||= !fits;
  }
  const kept = gone ? changed.filter((call) => call !== null) : (changed as CallRecord[]);
  const rows = zip(kept, arrived.sort(compareNewestFirst));
  const waiting = heldAt === null ? 0 : countNewer(rows, heldAt);
  return { rows: waiting === 0 ? rows : rows.slice(waiting), waiting };
}

interface PreparedLog {
  readonly rows: CallRecord[];
  readonly places: ReadonlyMap<string, number>;
}

const logs = new WeakMap<readonly CallRecord[], PreparedLog>();

/** The log in order, each call once, and where each of them is. */
function prepared(read: readonly CallRecord[]): PreparedLog {
  const known = logs.get(read);
  if (known !== undefined) return known;
  const rows = [...new Map(read.map((call) => [call.id, call])).values()];
  // The log answers in order; only what it did not is sorted.
  if (rows.some((call, index) => index > 0 && compareNewestFirst(rows[index - 1]!, call) > 0)) {
    rows.sort(compareNewestFirst);
  }
  const log = { rows, places: new Map(rows.map((call, index) => [call.id, index])) };
  logs.set(read, log);
  return log;
}

/** Two lists, each newest first, as one. */
function zip(a: CallRecord[], b: CallRecord[]): CallRecord[] {
  if (b.length === 0) return a;
  // What arrives is newer than what was read, but for calls of the moment in between.
  if (a.length === 0 || compareNewestFirst(b.at(-1)!, a[0]!) <= 0) return b.concat(a);
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
