import type { BudgetView } from '../../src-shared/contract/budget.ts';
import { periodEnd, periodStart } from '../../src-shared/domain/period.ts';

/** What a person set. */
export type BudgetRule = Pick<
  BudgetView,
  'id' | 'scope' | 'subject' | 'unit' | 'period' | 'limit' | 'marks' | 'createdAt'
>;

/** An amount for each unit that a budget can count; `null` where it is not known. */
export interface Amounts {
  readonly cost: number | null;
  readonly spent: number | null;
  readonly tokens: number | null;
}

/** One budget while Relay runs: the current period, what was used in it, and what running calls hold. */
export interface Budget {
  rule: BudgetRule;
  beganAt: number;
  endsAt: number | null;
  used: number;
  reserved: number;
  unknownCalls: number;
  /** The marks that were told in this period. */
  told: number;
}

export function openBudget(rule: BudgetRule, now: number, timeZone: string): Budget {
  return { rule, ...periodOf(rule, now, timeZone), used: 0, reserved: 0, unknownCalls: 0, told: 0 };
}

const periodOf = ({ period }: BudgetRule, now: number, timeZone: string) => ({
  beganAt: periodStart(now, period, timeZone),
  endsAt: periodEnd(now, period, timeZone),
});

/** Begins the next period where the last one is over. Running calls go on holding what they hold. */
export function turnPeriod(budget: Budget, now: number, timeZone: string): void {
  if (budget.endsAt === null || (now >= budget.beganAt && now < budget.endsAt)) return;
  Object.assign(budget, periodOf(budget.rule, now, timeZone), { used: 0, unknownCalls: 0, told: 0 });
}

/**
 * Whether one more call may run. What running calls hold counts as used, so that many at once cannot go beyond the limit
 * together by more than the last one's own amount.
 */
export const hasRoom = ({ rule, used, reserved }: Budget): boolean => used + reserved < rule.limit;

/** What is known of a call when it has ended. */
export interface UsedCall {
  readonly id: string;
  readonly startedAt: number;
  readonly amounts: Amounts;
  /** Without output nothing was used. */
  readonly gaveOutput: boolean;
}

/** A call's real amount; one that began in an earlier period belongs to that one. */
export function countUse(budget: Budget, { startedAt, amounts, gaveOutput }: UsedCall): void {
  if (startedAt < budget.beganAt) return;
  const amount = amounts[budget.rule.unit];
  if (amount !== null) budget.used += amount;
  else if (gaveOutput) budget.unknownCalls += 1;
}

/** The marks that are newly reached, highest last; each is told once in a period. */
export function newMarks(budget: Budget): number[] {
  const share = budget.used / budget.rule.limit;
  const reached = [...budget.rule.marks, 1].filter((mark) => share >= mark && mark > budget.told).sort((a, b) => a - b);
  budget.told = Math.max(budget.told, ...reached);
  return reached;
}

export function viewBudget({ rule, beganAt, endsAt, used, reserved, unknownCalls }: Budget): BudgetView {
  const isWarned = rule.marks.some((mark) => used / rule.limit >= mark);
  return {
    ...rule,
    used,
    reserved,
    unknownCalls,
    periodBeganAt: beganAt,
    resetsAt: endsAt,
    state: used >= rule.limit ? 'spent' : isWarned ? 'warning' : 'ok',
  };
}
