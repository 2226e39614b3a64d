/** Which limit a quota window belongs to: `codex` is the plan's own, others are per-model extras by the upstream's name. */
export type LimitFamily = string;

/** One quota window of an account, told apart by its length and never by its position (PROTOCOL 3.5, FAULTS 1.2.7). */
export interface QuotaWindow {
  readonly family: LimitFamily;
  readonly lengthMs: number;
  /** 0 to 100. */
  readonly usedPercent: number;
  /** `null` where the upstream did not say. */
  readonly resetsAt: number | null;
  readonly readAt: number;
  readonly source: 'headers' | 'event' | 'usage-endpoint' | 'limit-error';
}

/** Share of the window that is left, 0 to 1. A reading counts as unused once its reset, or else its whole length, has passed. */
export function headroom(window: QuotaWindow, now: number): number {
  if (isOver(window, now)) return 1;
  return Math.min(1, Math.max(0, 1 - window.usedPercent / 100));
}

/** When the period that a reading belongs to is over at the latest (ms): at its reset, or else a whole length later. */
export const periodEnd = (window: QuotaWindow): number => window.resetsAt ?? window.readAt + window.lengthMs;

/** Whether that period is over: what was read says nothing of the one that runs now (FAULTS 1.2.7). */
export const isOver = (window: QuotaWindow, now: number): boolean => periodEnd(window) <= now;

/** "5-hour", "weekly", "monthly", or the length in plain words. */
export function windowName(lengthMs: number): string {
  const minutes = Math.round(lengthMs / 60_000);
  if (minutes === 300) return '5-hour';
  if (minutes === 1_440) return 'daily';
  if (minutes === 10_080) return 'weekly';
  if (minutes >= 40_320 && minutes <= 44_640) return 'monthly';
  if (minutes % 1_440 === 0) return `${minutes / 1_440}-day`;
  if (minutes % 60 === 0) return `${minutes / 60}-hour`;
  return `${minutes}-minute`;
}
