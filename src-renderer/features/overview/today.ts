import { periodStart } from '../../../src-shared/domain/period.ts';

interface Span {
  readonly from: number;
  readonly to: number;
}

/** Today as far as it has come, and yesterday as far as it had come after the same time, by the person's own calendar. */
export function todayAndYesterday(now: number, timeZone: string): { readonly today: Span; readonly yesterday: Span } {
  const from = periodStart(now, 'day', timeZone);
  const before = periodStart(from - 1, 'day', timeZone);
  return { today: { from, to: now }, yesterday: { from: before, to: Math.min(from, before + (now - from)) } };
}
