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

const usedSchema = z.object({ used: z.number(), unknown: z.number() });

/** What the ledger's calls since `fromAt` come to but for those in `without`, and how many gave output whose amount is not known. */
export async function usedSince(
  database: Database,
  { scope, subject, unit }: Pick<BudgetRule, 'scope' | 'subject' | 'unit'>,
  fromAt: number,
  without: readonly string[],
): Promise<{ used: number; unknown: number }> {
  const amount = amounts[unit];
  const [row] = await database.all(
    `SELECT coalesce(sum(${amount}), 0) AS used, count(CASE WHEN ${amount} IS NULL AND ttft_ms IS NOT NULL THEN 1 END) AS unknown
FROM calls WHERE ${columns[scope]} = ? AND started_at >= ? AND status <> 'inflight' AND id NOT IN (SELECT value FROM json_each(?))`,
    [subject, fromAt, JSON.stringify(without)],
  );
  return usedSchema.parse(row);
}
