import type { BudgetView } from '../../../src-shared/contract/budget.ts';
import type { UsageFigures } from '../../../src-shared/contract/usage.ts';
import { unitOf } from './budget-words.ts';

interface BurnDown {
  /** What was left at the end of each step; `null` for those to come. */
  readonly left: (number | null)[];
  /** What would be left if the limit were used evenly; nothing for a budget that never begins anew. */
  readonly pace: (number | null)[];
  /** How it goes on at the rate so far; `null` for steps that are over. */
  readonly ahead: (number | null)[];
}

/**
 * A budget over its period, step by step. Counted back from what is used now, so that the picture ends where the budget
 * stands. `points` are the steps of the period; the last one ends at `to`. All in ms.
 */
export function burnDown(
  budget: BudgetView,
  points: readonly { readonly at: number; readonly figures: UsageFigures }[],
  to: number,
  now: number,
): BurnDown {
  const { limit, used, resetsAt, unit } = budget;
  const began = points[0]?.at ?? now;
  const ends = points.map((_, index) => points[index + 1]?.at ?? to);
  const rate = used / Math.max(1, now - began);
  const left: (number | null)[] = [];
  let after = 0;
  for (let index = points.length - 1; index >= 0; index -= 1) {
    const point = points[index]!;
    left[index] = point.at > now ? null : limit - (used - after);
    after += unitOf[unit](point.figures);
  }
  const paced = (end: number): number => limit * (1 - (end - began) / (to - began));
  return {
    left,
    pace: ends.map((end) => (resetsAt === null ? null : Math.round(Math.max(0, paced(end))))),
    ahead: ends.map((end) =>
      resetsAt === null || end < now ? null : Math.round(Math.max(0, limit - used - rate * (end - now))),
    ),
  };
}

interface BudgetForecast {
  /** Used at the rate so far, ms; `null` where it lasts, or nothing is used. */
  readonly runsOutAt: number | null;
  /** What will be left at the end of the period then; `null` where the period has none. */
  readonly leftAtEnd: number | null;
}

export function budgetForecast({ limit, used, periodBeganAt, resetsAt }: BudgetView, now: number): BudgetForecast {
  if (resetsAt === null || used <= 0) return { runsOutAt: null, leftAtEnd: resetsAt === null ? null : limit };
  const rate = used / Math.max(60_000, now - periodBeganAt);
  const runsOutAt = now + Math.max(0, limit - used) / rate;
  if (runsOutAt < resetsAt) return { runsOutAt, leftAtEnd: 0 };
  return { runsOutAt: null, leftAtEnd: Math.max(0, limit - used - rate * (resetsAt - now)) };
}
