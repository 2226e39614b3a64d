import type { Database } from 'better-sqlite3';
import { writeBins } from '../../../src-shared/domain/latency-bins.ts';
import { periodEnd, periodStart } from '../../../src-shared/domain/period.ts';
import { type Dimension, dimensionColumns, dimensions } from './dimensions.ts';
import { addMeasures, type Measures, noMeasures, sumNames } from './measures.ts';
import { columnOf, readMeasures } from './rollups.ts';
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
  readonly at: number;
  readonly until: number;
  readonly zone: string;
}

/** A span that is being summed up: first its hours are read, one at a time, then the sums are written. */
interface Work {
  readonly span: Span;
  readAt: number;
  readonly cross: Map<string, Cross>;
  readonly sets: (readonly Dimension[])[];
}

interface Cross {
  readonly at: number;
  readonly values: Readonly<Record<Dimension, string>>;
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
  const drop = db.prepare('DELETE FROM slice_spans WHERE at <= ? AND until > ?');
  const mark = db.prepare('INSERT OR REPLACE INTO slice_spans (grain, at, until, zone) VALUES (?, ?, ?, ?)');
  const clear = db.prepare('DELETE FROM slices WHERE grain = ? AND dims = ? AND at >= ? AND at < ?');
  const columns = [...sumNames.map(columnOf), 'ttft_bins', 'duration_bins'];
  const insert = db.prepare(
    `INSERT INTO slices (grain, dims, at, a, b, ${columns.join(', ')}) VALUES (?, ?, ?, ?, ?, ${columns.map(() => '?').join(', ')})`,
  );
  const hours = db.prepare<[number, number], Record<string, unknown>>(
    `SELECT r.at, ${dimensions.map((name) => `d.${dimensionColumns[name]}`).join(', ')}, ${columns.map((name) => `r.${name}`).join(', ')}
  FROM rollups r JOIN rollup_dims d ON d.id = r.dims WHERE r.grain = ${HOUR} AND r.at >= ? AND r.at < ?`,
  );
  let zone: string | null = null;
  let missing: Span[] = [];
  let plannedAt = Number.NEGATIVE_INFINITY;
  let newestUntil = newest.get() ?? 0;
  let work: Work | null = null;

  function plan(timeZone: string): void {
    plannedAt = monotonic();
    db.prepare('DELETE FROM slice_spans WHERE grain = ? AND zone <> ?').run(sliceGrains.day, timeZone);
    const first = db.prepare<[], number | null>(`SELECT min(at) FROM rollups WHERE grain = ${HOUR}`).pluck().get();
    missing = first === null || first === undefined ? [] : [...spansFrom(first, timeZone)];
    newestUntil = newest.get() ?? 0;
  }

  function* spansFrom(first: number, timeZone: string): Generator<Span> {
    const there = db.prepare<[number], number>('SELECT at FROM slice_spans WHERE grain = ?').pluck();
    for (const [grain, name] of [
      [sliceGrains.day, timeZone],
      [sliceGrains.hour, 'UTC'],
    ] as const) {
      const known = new Set(there.all(grain));
      for (let at = periodStart(first, 'day', name); ; ) {
        const until = periodEnd(at, 'day', name) ?? now();
        if (until > now() - SETTLE_MS) break;
        // Days that begin within an hour cannot be made of hours.
        if (!known.has(at) && at % HOUR === 0 && until % HOUR === 0) yield { grain, at, until, zone: name };
        at = until;
      }
    }
  }

  function readHour({ span: { grain, at }, readAt, cross }: Work): void {
    for (const row of hours.iterate(readAt, readAt + HOUR)) {
      const values = dimensions.map((name) => String(row[dimensionColumns[name]]));
      const place = grain === HOUR ? readAt : at;
      const identity = `${place} ${values.join('\0')}`;
      const measures = readMeasures(row);
      const known = cross.get(identity);
      if (known !== undefined) addMeasures(known.measures, measures);
      else {
        const named = Object.fromEntries(dimensions.map((name, index) => [name, values[index]])) as Cross['values'];
        cross.set(identity, { at: place, values: named, measures });
      }
    }
  }

  function writeSet({ grain, at, until }: Span, cross: Iterable<Cross>, set: readonly Dimension[]): void {
    const sums = new Map<string, { at: number; a: string; b: string; measures: Measures }>();
    const [first, second] = set;
    for (const { at: place, values, measures } of cross) {
      const a = first === undefined ? '' : values[first];
      const b = second === undefined ? '' : values[second];
      const identity = `${place} ${a}\\0${b}`;
      let entry = sums.get(identity);
      if (entry === undefined) {
        entry = { at: place, a, b, measures: noMeasures() };
        sums.set(identity, entry);
      }
      addMeasures(entry.measures, measures);
    }
    const name = sliceName(set);
    clear.run(grain, name, at, until);
    for (const { at: place, a, b, measures } of sums.values()) {
      const totals = sumNames.map((sum) => measures.sums[sum]);
      insert.run(grain, name, place, a, b, ...totals, writeBins(measures.ttft), writeBins(measures.duration));
    }
  }

  const writeSome = db.transaction(({ span, cross, sets }: Work): number => {
    const beganAt = monotonic();
    let done = 0;
    while (done < sets.length && (done === 0 || monotonic() - beganAt < STEP_MS)) {
      writeSet(span, cross.values(), sets[done]!);
      done += 1;
    }
    if (done === sets.length) mark.run(span.grain, span.at, span.until, span.zone);
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
      if (drop.run(hourAt, hourAt).changes > 0) plannedAt = Number.NEGATIVE_INFINITY;
    },
    step() {
      if (zone === null) return false;
      if (work === null && monotonic() - plannedAt >= PLAN_MS) plan(zone);
      if (work === null) {
        const span = missing.pop();
        if (span === undefined) return false;
        work = { span, readAt: span.at, cross: new Map(), sets: [...sliceSets(span.grain)] };
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
