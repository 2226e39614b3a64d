import type { Database } from 'better-sqlite3';
import { writeBins } from '../../../src-shared/domain/latency-bins.ts';
import { periodEnd, periodStart } from '../../../src-shared/domain/period.ts';
import { type Dimension, type Dimensions, dimensionColumns, dimensions } from './dimensions.ts';
import { addMeasures, type Measures, noMeasures, sumNames } from './measures.ts';
import { writePack } from './packs.ts';
import { measureColumns, readMeasures } from './rollups.ts';
import { type SliceGrain, sliceGrains, sliceName, sliceSets } from './slice-sets.ts';

const HOUR = 3_600_000;
/** A span is summed up this long after its end, when few calls of it are still to come. */
const SETTLE_MS = 10 * 60_000;
/** What is missing is looked for this often. */
const PLAN_MS = 60_000;
/** How long one step works. */
const STEP_MS = 20;

interface Span {
  readonly grain: SliceGrain;
  /** Under which beginning it is marked: hours grow into the span of their day. */
  readonly begin: number;
  readonly at: number;
  readonly until: number;
  readonly zone: string;
}

/** A span that is being summed up: first its hours are read, one at a time, then the sums are written, and last the pack. */
interface Work {
  readonly span: Span;
  readAt: number;
  /** By place, then by the number of the combination of dimensions. */
  readonly places: Map<number, Map<number, Cross>>;
  readonly sets: (readonly Dimension[] | 'pack')[];
}

interface Cross {
  readonly values: Dimensions;
  readonly measures: Measures;
}

export interface SlicePorts {
  readonly now: () => number;
  readonly monotonic: () => number;
}

export interface Slices {
  /** Whose days are summed up; until this is said, nothing is. */
  keepDaysOf(timeZone: string): void;
  /** Within the transaction that changes the sums of the hour that begins there: what was made of them is not right any more. */
  touched(hourAt: number): void;
  /** Does a little; `false` when there is nothing to do. Throws as SQLite does. */
  step(): boolean;
}

/** Sums of few dimensions, for long windows: exact, because a span that is changed afterwards is made anew. */
export function createSlices(db: Database, { now, monotonic }: SlicePorts): Slices {
  const newest = db.prepare<[], number | null>('SELECT max(until) FROM slice_spans').pluck();
  const drop = db.prepare(`DELETE FROM slice_spans WHERE grain <> ${HOUR} AND at <= ? AND until > ?`);
  const cut = db.prepare(`UPDATE slice_spans SET until = ? WHERE grain = ${HOUR} AND at <= ? AND until > ?`);
  const mark = db.prepare('INSERT OR REPLACE INTO slice_spans (grain, at, until, zone) VALUES (?, ?, ?, ?)');
  const clear = db.prepare('DELETE FROM slices WHERE grain = ? AND dims = ? AND at >= ? AND at < ?');
  const insert = db.prepare(
    `INSERT INTO slices (grain, dims, at, a, b, ${measureColumns.join(', ')}) VALUES (?, ?, ?, ?, ?, ${measureColumns.map(() => '?').join(', ')})`,
  );
  const clearPacks = db.prepare('DELETE FROM slice_packs WHERE grain = ? AND at >= ? AND at < ?');
  const keepPack = db.prepare('INSERT INTO slice_packs (grain, at, pack) VALUES (?, ?, ?)');
  const hours = db.prepare<[number, number], Record<string, unknown>>(
    `SELECT dims, ${measureColumns.join(', ')} FROM rollups WHERE grain = ${HOUR} AND at >= ? AND at < ?`,
  );
  const combination = db.prepare<[number], Dimensions>(
    `SELECT ${dimensions.map((name) => `${dimensionColumns[name]} AS ${name}`).join(', ')} FROM rollup_dims WHERE id = ?`,
  );
  let zone: string | null = null;
  let missing: Span[] = [];
  let plannedAt = Number.NEGATIVE_INFINITY;
  let newestUntil = newest.get() ?? 0;
  let work: Work | null = null;

  function plan(timeZone: string): void {
    plannedAt = monotonic();
    db.prepare('DELETE FROM slice_spans WHERE grain <> ? AND zone <> ?').run(HOUR, timeZone);
    const first = db.prepare<[], number | null>(`SELECT min(at) FROM rollups WHERE grain = ${HOUR}`).pluck().get();
    missing = first === null || first === undefined ? [] : [...spansFrom(first, timeZone)];
    newestUntil = newest.get() ?? 0;
  }

  function* spansFrom(first: number, timeZone: string): Generator<Span> {
    const there = db.prepare<[number], [number, number]>('SELECT at, until FROM slice_spans WHERE grain = ?').raw();
    const settled = now() - SETTLE_MS;
    for (const [grain, period, name] of [
      [sliceGrains.month, 'month', timeZone],
      [sliceGrains.day, 'day', timeZone],
      [sliceGrains.hour, 'day', 'UTC'],
    ] as const) {
      const known = new Map(there.all(grain));
      let end: number;
      for (let begin = periodStart(first, period, name); begin < settled; begin = end) {
        end = periodEnd(begin, period, name) ?? settled;
        const at = grain === HOUR ? (known.get(begin) ?? begin) : begin;
        const until = grain === HOUR ? Math.min(end, Math.floor(settled / HOUR) * HOUR) : end;
        const isThere = grain === HOUR ? at >= until : known.has(begin);
        // Days that begin within an hour cannot be made of hours.
        if (!isThere && until <= settled && at % HOUR === 0 && until % HOUR === 0)
          yield { grain, begin, at, until, zone: name };
      }
    }
  }

  function readHour({ span: { grain, at }, readAt, places }: Work): void {
    const place = grain === HOUR ? readAt : at;
    let cross = places.get(place);
    if (cross === undefined) {
      cross = new Map();
      places.set(place, cross);
    }
    for (const row of hours.iterate(readAt, readAt + HOUR)) {
      const dims = Number(row['dims']);
      const measures = readMeasures(row);
      const known = cross.get(dims);
      if (known === undefined) cross.set(dims, { values: combination.get(dims)!, measures });
      else addMeasures(known.measures, measures);
    }
  }

  function writeSet({ span: { grain, at, until }, places }: Work, set: readonly Dimension[]): void {
    const name = sliceName(set);
    clear.run(grain, name, at, until);
    for (const [place, cross] of places) {
      const sums = new Map<string, { values: readonly string[]; measures: Measures }>();
      for (const { values: all, measures } of cross.values()) {
        const values = set.map((dimension) => all[dimension]);
        const identity = values.join('\0');
        let entry = sums.get(identity);
        if (entry === undefined) {
          entry = { values, measures: noMeasures() };
          sums.set(identity, entry);
        }
        addMeasures(entry.measures, measures);
      }
      for (const { values, measures } of sums.values()) {
        const totals = sumNames.map((sum) => measures.sums[sum]);
        const [a = '', b = ''] = values;
        insert.run(grain, name, place, a, b, ...totals, writeBins(measures.ttft), writeBins(measures.duration));
      }
    }
  }

  function writePacks({ span: { grain, at, until }, places }: Work): void {
    clearPacks.run(grain, at, until);
    for (const [place, cross] of places) keepPack.run(grain, place, writePack(cross));
  }

  const writeSome = db.transaction((work: Work): number => {
    const beganAt = monotonic();
    const { span, sets } = work;
    let done = 0;
    while (done < sets.length && (done === 0 || monotonic() - beganAt < STEP_MS)) {
      const set = sets[done]!;
      if (set === 'pack') writePacks(work);
      else writeSet(work, set);
      done += 1;
    }
    if (done === sets.length) mark.run(span.grain, span.begin, span.until, span.zone);
    return done;
  });

  return {
    keepDaysOf(timeZone) {
      if (zone === timeZone) return;
      zone = timeZone;
      work = null;
      plannedAt = Number.NEGATIVE_INFINITY;
    },
    touched(hourAt) {
      if (work !== null && hourAt >= work.span.at && hourAt < work.span.until) work = null;
      if (hourAt >= newestUntil) return;
      drop.run(hourAt, hourAt);
      cut.run(hourAt, hourAt, hourAt);
    },
    step() {
      if (zone === null) return false;
      if (work === null && monotonic() - plannedAt >= PLAN_MS) plan(zone);
      if (work === null) {
        const span = missing.pop();
        if (span === undefined) return false;
        work = { span, readAt: span.at, places: new Map(), sets: [...sliceSets(span.grain), 'pack'] };
        return true;
      }
      if (work.readAt < work.span.until) {
        readHour(work);
        work.readAt += HOUR;
        return true;
      }
      work.sets.splice(0, writeSome.immediate(work));
      if (work.sets.length > 0) return true;
      newestUntil = Math.max(newestUntil, work.span.until);
      work = null;
      return true;
    },
  };
}
