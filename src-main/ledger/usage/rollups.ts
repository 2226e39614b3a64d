import type { Database } from 'better-sqlite3';
import type { CallRecord } from '../../../src-shared/contract/call.ts';
import { readBins, writeBins } from '../../../src-shared/domain/latency-bins.ts';
import { type Dimensions, dimensionColumns, dimensions, dimensionsOf } from './dimensions.ts';
import { addMeasures, type Measures, measuresOf, noMeasures, sumNames } from './measures.ts';

/** Lengths of the spans that are summed up, ms. All begin at whole multiples of their length, UTC. */
export const grains = [60_000, 3_600_000, 86_400_000] as const;
export type Grain = (typeof grains)[number];

/** Minutes are kept this long; hours and days for good. */
export const MINUTES_KEPT_MS = 3 * 86_400_000;

const columnOf = (name: string): string => name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

const sumColumns = sumNames.map(columnOf);
/** Sums and bins, as columns of `rollups` and `slices`, in order. */
export const measureColumns: readonly string[] = [...sumColumns, 'ttft_bins', 'duration_bins'];

/** A row of `rollups` as measures. */
export function readMeasures(row: Readonly<Record<string, unknown>>): Measures {
  const measures = noMeasures();
  for (const [index, name] of sumNames.entries()) measures.sums[name] = Number(row[sumColumns[index]!] ?? 0);
  for (const [bin, count] of readBins(String(row['ttft_bins'] ?? ''))) measures.ttft.set(bin, count);
  for (const [bin, count] of readBins(String(row['duration_bins'] ?? ''))) measures.duration.set(bin, count);
  return measures;
}

export interface Rollups {
  /** Within the transaction that stores the call: takes what `before` had added out, and what `call` adds in. */
  count(before: CallRecord | null, call: CallRecord): void;
  /** Writes what was counted; still within that transaction. */
  write(): void;
  /** Drops minutes that are older than they are kept. */
  prune(now: number): void;
  /** What was counted and not written is not counted. */
  forget(): void;
}

/** Sums of calls by minute, hour and day, kept in the transaction that stores the calls themselves, so that they are exact. `touched` hears of every hour that changes. */
export function createRollups(db: Database, touched: (hourAt: number) => void = () => {}): Rollups {
  const names = dimensions.map((dimension) => dimensionColumns[dimension]);
  const findDims = db
    .prepare<string[], number>(`SELECT id FROM rollup_dims WHERE ${names.map((name) => `${name} = ?`).join(' AND ')}`)
    .pluck();
  const addDims = db.prepare(
    `INSERT INTO rollup_dims (${names.join(', ')}) VALUES (${names.map(() => '?').join(', ')})`,
  );
  const find = db.prepare<unknown[], Record<string, unknown>>(
    `SELECT ${measureColumns.join(', ')} FROM rollups WHERE grain = ? AND at = ? AND dims = ?`,
  );
  const put = db.prepare(
    `INSERT OR REPLACE INTO rollups (grain, at, dims, ${measureColumns.join(', ')})
VALUES (?, ?, ?, ${measureColumns.map(() => '?').join(', ')})`,
  );
  const drop = db.prepare('DELETE FROM rollups WHERE grain = ? AND at = ? AND dims = ?');
  const dropMinutes = db.prepare('DELETE FROM rollups WHERE grain = ? AND at < ?');
  const pending = new Map<string, { grain: Grain; at: number; dims: Dimensions; measures: Measures }>();

  const add = (call: CallRecord, sign: 1 | -1): void => {
    const measures = measuresOf(call);
    if (measures === null) return;
    const dims = dimensionsOf(call);
    const identity = dimensions.map((dimension) => dims[dimension]).join('\0');
    for (const grain of grains) {
      const at = Math.floor(call.startedAt / grain) * grain;
      const place = `${grain} ${at} ${identity}`;
      let entry = pending.get(place);
      if (entry === undefined) {
        entry = { grain, at, dims, measures: noMeasures() };
        pending.set(place, entry);
      }
      addMeasures(entry.measures, measures, sign);
    }
  };

  const idOf = (dims: Dimensions): number => {
    const values = dimensions.map((dimension) => dims[dimension]);
    return findDims.get(...values) ?? Number(addDims.run(...values).lastInsertRowid);
  };

  return {
    count(before, call) {
      if (before !== null) add(before, -1);
      add(call, 1);
    },
    write() {
      for (const { grain, at, dims, measures } of pending.values()) {
        if (grain === grains[1]) touched(at);
        const id = idOf(dims);
        const known = find.get(grain, at, id);
        if (known !== undefined) addMeasures(measures, readMeasures(known));
        if (measures.sums.calls === 0) drop.run(grain, at, id);
        else {
          const sums = sumNames.map((name) => measures.sums[name]);
          put.run(grain, at, id, ...sums, writeBins(measures.ttft), writeBins(measures.duration));
        }
      }
      pending.clear();
    },
    prune: (now) => void dropMinutes.run(grains[0], now - MINUTES_KEPT_MS),
    forget: () => pending.clear(),
  };
}
