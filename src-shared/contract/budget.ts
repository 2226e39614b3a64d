import { z } from 'zod';

/** What a budget limits: one key, everything of a member, or everything of a project. */
const scopeSchema = z.enum(['key', 'member', 'project']);

/** `cost` is what the tokens cost at API prices, `spent` what was really paid; both in micro-dollars. */
const unitSchema = z.enum(['cost', 'spent', 'tokens']);

const fields = {
  scope: scopeSchema,
  /** A key's id, or a member's or project's name. */
  subject: z.string().min(1).max(120),
  unit: unitSchema,
  period: z.enum(['day', 'week', 'month', 'total']),
  /** Micro-dollars or tokens; reaching it stops calls. */
  limit: z.number().int().positive().max(Number.MAX_SAFE_INTEGER),
  /** Shares of the limit (0 to 1) at which the person is told, once in each period. */
  marks: z.array(z.number().gt(0).lt(1)).max(8),
};

export const budgetCreateSchema = z.object({ ...fields, marks: fields.marks.default([0.5, 0.8]) });
export type BudgetCreate = z.input<typeof budgetCreateSchema>;

/** The body of PATCH /api/budgets/{id}; it counts for the next call. */
export const budgetChangeSchema = z.object({ limit: fields.limit, marks: fields.marks }).partial().strict();
export type BudgetChange = z.infer<typeof budgetChangeSchema>;

export const budgetSchema = z.object({
  id: z.string(),
  ...fields,
  createdAt: z.number().int(),
  /** Used in the current period by calls that have settled. */
  used: z.number().int(),
  /** Held for calls that run. */
  reserved: z.number().int(),
  /** Calls of the period whose tokens or price are not known, and so are not in `used`. */
  unknownCalls: z.number().int(),
  periodBeganAt: z.number().int(),
  /** `null` for a total, which never begins anew. */
  resetsAt: z.number().int().nullable(),
  state: z.enum(['ok', 'warning', 'spent']),
});
export type BudgetView = z.infer<typeof budgetSchema>;
export const budgetListSchema = z.object({ budgets: z.array(budgetSchema) });
