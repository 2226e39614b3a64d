import type { BudgetView } from '../../../src-shared/contract/budget.ts';
import type { UsageFigures } from '../../../src-shared/contract/usage.ts';
import { formatTokens } from '../../../src-shared/format/tokens.ts';
import { formatMoney, unknown } from '../../format/figures.ts';

type Unit = BudgetView['unit'];

export const unitNames: Readonly<Record<Unit, string>> = {
  cost: 'Cost at API prices',
  spent: 'Really spent',
  tokens: 'Tokens',
};

export const periodNames: Readonly<Record<BudgetView['period'], string>> = {
  day: 'a day',
  week: 'a week',
  month: 'a month',
  total: 'in all',
};

/** What a unit is of the figures of usage. */
export const unitOf: Readonly<Record<Unit, (figures: UsageFigures) => number>> = {
  cost: ({ costMicroUsd }) => costMicroUsd,
  spent: ({ spentMicroUsd }) => spentMicroUsd,
  tokens: ({ inputTokens, outputTokens }) => inputTokens + outputTokens,
};

export function formatUnit(unit: Unit, value: number | null): string {
  if (value === null) return unknown;
  return unit === 'tokens' ? formatTokens(Math.round(value)) : formatMoney(Math.round(value));
}

/** "Cost at API prices, a month" */
export const budgetTitle = ({ unit, period }: Pick<BudgetView, 'unit' | 'period'>): string =>
  `${unitNames[unit]}, ${periodNames[period]}`;
