import type { Database } from 'better-sqlite3';
import type { CallCursor } from './call-cursor.ts';
import { compareCalls } from './call-cursor.ts';

/** How many rows of one set of facets are read ahead, at first and at most. */
const FIRST_CHUNK = 8;
const LARGEST_CHUNK = 512;

export interface Place extends CallCursor {
  readonly row: number;
  readonly facets: number;
}

/**
 * The calls of these sets of facets, newest first, from `before` down to `from` (ms), as rows of the index alone. Each set is in
 * order in the index; they are merged here, because SQLite would read all of them to sort.
 */
export function* candidates(
  db: Database,
  facets: readonly number[],
  before: CallCursor,
  from: number,
): Generator<Place> {
  const heads = db
    .prepare<unknown[], { facets: number; startedAt: number | null }>(
      `SELECT value AS facets, (SELECT started_at FROM calls INDEXED BY calls_by_facets WHERE facets = value
  AND (started_at, id) < (?, ?) ORDER BY started_at DESC, id DESC LIMIT 1) AS startedAt FROM json_each(?)`,
    )
    .all(before.startedAt, before.id, JSON.stringify(facets));
  const more = db.prepare<unknown[], Place>(
    `SELECT rowid AS row, facets, started_at AS startedAt, id FROM calls INDEXED BY calls_by_facets
  WHERE facets = ? AND (started_at, id) < (?, ?) AND started_at >= ? ORDER BY started_at DESC, id DESC LIMIT ?`,
  );
  const waiting = heads
    .flatMap(({ facets, startedAt }) => (startedAt === null || startedAt < from ? [] : [{ facets, startedAt }]))
    .sort((a, b) => b.startedAt - a.startedAt);
  const open = createHeap();
  let next = 0;

  const read = (set: number, after: CallCursor, chunk: number): void => {
    const places = more.all(set, after.startedAt, after.id, from, chunk);
    if (places.length > 0) open.push({ places, at: 0, chunk });
  };

  for (;;) {
    // A set whose newest call is not older than the newest one known may hold the next call.
    for (let head = waiting[next]; head !== undefined; head = waiting[next]) {
      const newest = open.first();
      if (newest !== undefined && newest.places[newest.at]!.startedAt > head.startedAt) break;
      next += 1;
      read(head.facets, before, FIRST_CHUNK);
    }
    const run = open.pop();
    if (run === undefined) return;
    const place = run.places[run.at]!;
    yield place;
    run.at += 1;
    if (run.at < run.places.length) open.push(run);
    else if (run.places.length === run.chunk) read(place.facets, place, Math.min(LARGEST_CHUNK, run.chunk * 4));
  }
}

interface Run {
  readonly places: readonly Place[];
  at: number;
  readonly chunk: number;
}

/** The run whose next call is the newest comes first. */
function createHeap() {
  const runs: Run[] = [];
  const isBefore = (a: Run, b: Run): boolean => compareCalls(a.places[a.at]!, b.places[b.at]!) < 0;
  return {
    first: (): Run | undefined => runs[0],
    push(run: Run): void {
      let index = runs.push(run) - 1;
      while (index > 0) {
        const parent = (index - 1) >> 1;
        if (!isBefore(runs[index]!, runs[parent]!)) break;
        [runs[index], runs[parent]] = [runs[parent]!, runs[index]!];
        index = parent;
      }
    },
    pop(): Run | undefined {
      const first = runs[0];
      const last = runs.pop();
      if (first === undefined || last === undefined || runs.length === 0) return first;
      runs[0] = last;
      for (let index = 0; ; ) {
        let least = index;
        for (const child of [2 * index + 1, 2 * index + 2]) {
          if (child < runs.length && isBefore(runs[child]!, runs[least]!)) least = child;
        }
        if (least === index) return first;
        [runs[index], runs[least]] = [runs[least]!, runs[index]!];
        index = least;
      }
    },
  };
}
