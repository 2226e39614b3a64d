import type { QuotaWindow } from '../../src-shared/domain/window.ts';
import { PLAN_FAMILY } from './account.ts';

/** No rest and no reset lies further away (FAULTS 1.2.6). */
export const MAX_AHEAD_MS = 31 * 86_400_000;
/** How long a limit is taken to last when the upstream's own figure makes no sense (FAULTS 1.2.6). */
const GUESS_MS = 30_000;
const MAX_LENGTH_MS = 400 * 86_400_000;

/** When a limit ends: the upstream's figure where it lies within the next 31 days, else 30 s from now. */
export const boundedLimitEnd = (at: number, now: number): number =>
  at > now && at <= now + MAX_AHEAD_MS ? Math.ceil(at) : now + GUESS_MS;

/** Unix seconds as ms. A reset that has passed is kept: its window counts as unused. `null` for nonsense. */
export function resetFromSeconds(seconds: number | null, now: number): number | null {
  if (seconds === null || seconds <= 0) return null;
  const at = Math.round(seconds * 1_000);
  return at <= now + MAX_AHEAD_MS ? at : null;
}

/** A finite number, also where it is written as text; `null` for anything else. */
export function figure(value: unknown): number | null {
  if (typeof value === 'number') return Number.isFinite(value) ? value : null;
  if (typeof value !== 'string' || !/^\s*[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?\s*$/i.test(value)) return null;
  return figure(Number(value));
}

/** What a reading says of one window, before anything was checked. */
export interface WindowReading {
  readonly usedPercent: number | null;
  readonly lengthMs: number | null;
  readonly resetsAt: number | null;
}

/** `null` where the reading cannot be used: no length, or a used share that is missing or negative (FAULTS U-27). */
export function windowOf(
  reading: WindowReading,
  from: Pick<QuotaWindow, 'family' | 'source'>,
  now: number,
): QuotaWindow | null {
  const { usedPercent, lengthMs, resetsAt } = reading;
  if (usedPercent === null || usedPercent < 0) return null;
  if (lengthMs === null || lengthMs < 60_000 || lengthMs > MAX_LENGTH_MS) return null;
  return {
    family: from.family,
    lengthMs: Math.round(lengthMs),
    usedPercent: Math.min(100, usedPercent),
    resetsAt,
    readAt: now,
    source: from.source,
  };
}

/** A limit's name in one spelling: headers write `codex-x`, events and bodies `codex_x` (PROTOCOL 3.5, 6.4). */
export function familyName(limitId: string): string {
  const name = limitId.trim().toLowerCase().replaceAll('_', '-').slice(0, 64);
  return name === '' ? 'codex' : name;
}

/** The first reset still to come (ms), of the plan's own windows where they have one; `null` where none is known. */
export function nextReset(windows: Iterable<QuotaWindow>, now: number): number | null {
  const ahead = [...windows].flatMap(({ family, resetsAt }) =>
    resetsAt !== null && resetsAt > now ? [{ family, resetsAt }] : [],
  );
  const own = ahead.filter(({ family }) => family === PLAN_FAMILY);
  const times = (own.length > 0 ? own : ahead).map(({ resetsAt }) => resetsAt);
  return times.length === 0 ? null : Math.min(...times);
}
