import type { DecisiveWindow } from '../../src-shared/domain/decision.ts';
import { headroom, type QuotaWindow } from '../../src-shared/domain/window.ts';

/** Below this share of a window an account may run out within a few calls, so what is left counts less and less. */
const SCARCE = 0.08;

export interface QuotaValue {
  /** 0 to 1. */
  readonly value: number;
  /** `null` where nothing is known. */
  readonly window: DecisiveWindow | null;
}

/**
 * How gladly an account's quota is spent. Each window compares the share that is left with the share of its time that is
 * left: 0.5 is on pace, more would expire unused, less must last. The tightest window counts as much as the mean of all,
 * so that a week that ends unused is seen behind a fresh 5-hour window. Not known is 0.5. Never falls when more is left.
 */
export function quotaValue(
  windows: ReadonlyMap<string, QuotaWindow>,
  families: readonly string[],
  now: number,
): QuotaValue {
  let count = 0;
  let sum = 0;
  let lowest = 1;
  let enough = 1;
  let tightest = Number.POSITIVE_INFINITY;
  let decisive: QuotaWindow | null = null;
  for (const window of windows.values()) {
    if (!families.includes(window.family)) continue;
    const left = headroom(window, now);
    const room = Math.min(1, left / SCARCE);
    const pace = paceOf(window, left, now);
    count += 1;
    sum += pace;
    lowest = Math.min(lowest, pace);
    enough = Math.min(enough, room);
    if (pace * room >= tightest) continue;
    tightest = pace * room;
    decisive = window;
  }
  if (decisive === null) return { value: 0.5, window: null };
  const { lengthMs, resetsAt } = decisive;
  return {
    value: (enough * (lowest + sum / count)) / 2,
    window: {
      lengthMs,
      left: headroom(decisive, now),
      resetsAt: resetsAt !== null && resetsAt > now ? resetsAt : null,
      stale: certainty(decisive, now) < 0.5,
    },
  };
}

function paceOf(window: QuotaWindow, left: number, now: number): number {
  const pace = 0.5 + (left - timeLeft(window, now)) / 2;
  // An old reading can only flatter: until the reset, what is left never grows.
  return pace <= 0.5 ? pace : 0.5 + (pace - 0.5) * certainty(window, now);
}

/** Share of the window's time that is left; 0.5 where its reset is not known, 1 where it has passed. */
function timeLeft({ resetsAt, lengthMs }: QuotaWindow, now: number): number {
  if (resetsAt === null) return 0.5;
  return resetsAt <= now ? 1 : Math.min(1, (resetsAt - now) / lengthMs);
}

/** Halves with every quarter of the window's length since the reading: others may use the same login. */
const certainty = ({ readAt, lengthMs }: QuotaWindow, now: number): number =>
  0.5 ** (Math.max(0, now - readAt) / (lengthMs / 4));
