import { burnRate, HORIZON_SHARE, type Reading } from '../../src-shared/domain/burn-rate.ts';
import { beginsPeriod, contradiction } from '../../src-shared/domain/contradiction.ts';
import type { QuotaWindow } from '../../src-shared/domain/window.ts';

/** Enough for a pace, and few enough to look at all pairs of them. */
const MAX_READINGS = 40;
/** How long a contradiction is worth showing. */
const CONTRADICTED_MS = 30 * 60_000;

/** How one window went in the period that runs: bounded, in memory and on disk. */
export interface WindowTrack {
  /** Oldest first; the newest reading is always the last. */
  readings: Reading[];
  contradicted: { readonly at: number; readonly sentence: string } | null;
  /** Percent per ms; `undefined` until somebody asks. */
  burn: number | null | undefined;
}

export const newTrack = (readings: Reading[] = []): WindowTrack => ({ readings, contradicted: null, burn: undefined });

/**
 * Adds a reading; `before` is the one that it replaces. Readings that follow each other faster than the horizon of the
 * pace can hold take each other's place. True when the track should be written down.
 */
export function follow(track: WindowTrack, before: QuotaWindow | undefined, window: QuotaWindow): boolean {
  const reading: Reading = { at: window.readAt, usedPercent: window.usedPercent };
  const sentence = before === undefined ? null : contradiction(before, window);
  if (sentence !== null) track.contradicted = { at: window.readAt, sentence };
  if (before !== undefined && beginsPeriod(before, window)) track.readings = [reading];
  else if (isFixed(track.readings, window.lengthMs)) track.readings.push(reading);
  else {
    track.readings[track.readings.length - 1] = reading;
    return false;
  }
  if (track.readings.length > MAX_READINGS) track.readings.shift();
  track.burn = undefined;
  return true;
}

/** True where the newest reading stays when another comes: it is far enough from the one before it. */
function isFixed(readings: readonly Reading[], lengthMs: number): boolean {
  const [before, newest] = [readings.at(-2), readings.at(-1)];
  if (before === undefined || newest === undefined) return true;
  return newest.at - before.at >= (lengthMs * HORIZON_SHARE) / MAX_READINGS;
}

/** Percent per ms, worked out once for each reading that is kept; `null` where there are not enough. */
export function burnOf(track: WindowTrack | undefined, lengthMs: number): number | null {
  if (track === undefined) return null;
  if (track.burn === undefined) track.burn = burnRate(track.readings, lengthMs);
  return track.burn;
}

export const contradictionOf = (track: WindowTrack | undefined, now: number): string | null =>
  track === undefined || track.contradicted === null || now - track.contradicted.at > CONTRADICTED_MS
    ? null
    : track.contradicted.sentence;
