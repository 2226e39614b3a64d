import { z } from 'zod';
import { budgetSchema } from '../../src-shared/contract/budget.ts';
import type { Database, SqlStatement } from '../ledger/database.ts';
import type { BudgetRule } from './budget.ts';

const ruleSchema = budgetSchema.pick({
  id: true,
  scope: true,
  subject: true,
  unit: true,
  period: true,
  limit: true,
  marks: true,
  createdAt: true,
});

export async function loadBudgets(database: Database): Promise<BudgetRule[]> {
  const rows = await database.all(
    'SELECT id, scope, subject, unit, period, amount AS "limit", marks, created_at AS createdAt FROM budgets ORDER BY created_at, id',
  );
  return rows.map((row) => ruleSchema.parse({ ...row, marks: JSON.parse(String(row['marks'])) }));
}

export const saveBudget = (rule: BudgetRule): SqlStatement => ({
  sql: `INSERT INTO budgets (id, scope, subject, unit, period, amount, marks, created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (id) DO UPDATE SET amount = excluded.amount, marks = excluded.marks`,
  params: [
    rule.id,
    rule.scope,
    rule.subject,
    rule.unit,
    rule.period,
    rule.limit,
    JSON.stringify(rule.marks),
    rule.createdAt,
  ],
});

export const eraseBudget = (id: string): SqlStatement => ({ sql: 'DELETE FROM budgets WHERE id = ?', params: [id] });

const columns = { key: 'key_id', member: 'member', project: 'project' } as const;
const amounts = {
  cost: 'cost_micro_usd',
  spent: 'spent_micro_usd',
  tokens:
    'CASE WHEN input_tokens IS NULL AND output_tokens IS NULL THEN NULL ELSE coalesce(input_tokens, 0) + coalesce(output_tokens, 0) END',
} as const;
/** The same of an hour's sums, and how many calls of it are not in them. */
const hourAmounts = {
  cost: ['r.cost_micro_usd', 'r.unknown_cost'],
  spent: ['r.spent_micro_usd', 'r.unknown_cost'],
  tokens: ['r.input_tokens + r.output_tokens', 'r.unknown_usage'],
} as const;
const HOUR_MS = 3_600_000;

const usedSchema = z.object({ used: z.number(), unknown: z.number() });

/**
 * What the ledger's calls since `fromAt` come to but for those in `without`, and how many gave output whose amount is not known. Where
 * calls were let go already, their hours' sums stand for them.
 */
export async function usedSince(
  database: Database,
  { scope, subject, unit }: Pick<BudgetRule, 'scope' | 'subject' | 'unit'>,
  fromAt: number,
  without: readonly string[],
): Promise<{ used: number; unknown: number }> {
  const amount = amounts[unit];
  const [rolled, unknown] = hourAmounts[unit];
  const hour = Math.ceil(fromAt / HOUR_MS) * HOUR_MS;
  const [row] = await database.all(
    `WITH let_go (hour) AS (SELECT (calls_until + ${HOUR_MS - 1}) / ${HOUR_MS} * ${HOUR_MS} FROM retention)
SELECT coalesce(sum(used), 0) AS used, coalesce(sum(unknown), 0) AS unknown FROM (
  SELECT ${amount} AS used, ${amount} IS NULL AND ttft_ms IS NOT NULL AS unknown FROM calls
  WHERE ${columns[scope]} = ? AND started_at >= ? AND (started_at < ? OR started_at >= (SELECT hour FROM let_go))
    AND status <> 'inflight' AND id NOT IN (SELECT value FROM json_each(?))
  UNION ALL
  SELECT ${rolled}, ${unknown} FROM rollups r JOIN rollup_dims d ON d.id = r.dims
  WHERE r.grain = ${HOUR_MS} AND r.at >= ? AND r.at < (SELECT hour FROM let_go) AND d.${columns[scope]} = ?
)`,
    [subject, fromAt, hour, JSON.stringify(without), hour, subject],
  );
  return usedSchema.parse(row);
}
