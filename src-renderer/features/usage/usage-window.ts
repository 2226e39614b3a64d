const MINUTE = 60_000;
const HOUR = 3_600_000;

/** Named windows that move with the clock. */
export const windowNames = {
  '1h': 'Last hour',
  '24h': 'Last 24 hours',
  today: 'Today',
  '7d': 'Last 7 days',
  '30d': 'Last 30 days',
  '90d': 'Last 90 days',
  month: 'This month',
  '12m': 'Last 12 months',
} as const;
export type WindowName = keyof typeof windowNames;

/** A named window, or one that stands still; both ends in ms since the epoch, `to` not included. */
export type UsageWindow = WindowName | { readonly from: number; readonly to: number };

export const isWindowName = (name: string): name is WindowName => Object.hasOwn(windowNames, name);

/** Where a window lies now. It begins where the first whole step of a picture begins, so that no bar is cut. */
export function windowTimes(window: UsageWindow, now: number): { from: number; to: number } {
  if (typeof window === 'object') return window;
  const to = Math.floor(now / MINUTE) * MINUTE + MINUTE;
  return { from: beginOf(window, now), to };
}

/** Three times as wide around the same middle, and not beyond now. */
export function widerWindow(window: UsageWindow, now: number): UsageWindow {
  const { from, to } = windowTimes(window, now);
  const end = Math.min(to + (to - from), windowTimes('1h', now).to);
  return { from: Math.max(0, end - 3 * (to - from)), to: end };
}

const startOfDay = (at: number): number => new Date(at).setHours(0, 0, 0, 0);

function beginOf(name: WindowName, now: number): number {
  switch (name) {
    case '1h':
      return Math.floor(now / MINUTE) * MINUTE + MINUTE - HOUR;
    case '24h':
      return new Date(now - 23 * HOUR).setMinutes(0, 0, 0);
    case 'today':
      return startOfDay(now);
    case 'month':
      return new Date(startOfDay(now)).setDate(1);
    case '12m': {
      const day = new Date(startOfDay(now));
      day.setMonth(day.getMonth() - 11, 1);
      return day.getTime();
    }
    default:
      return daysBefore(now, { '7d': 6, '30d': 29, '90d': 89 }[name]);
  }
}

function daysBefore(now: number, days: number): number {
  const day = new Date(startOfDay(now));
  day.setDate(day.getDate() - days);
  return day.getTime();
}
