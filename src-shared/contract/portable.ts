import { z } from 'zod';
import { accountSchema } from './account.ts';
import { budgetSchema } from './budget.ts';
import { keySchema } from './key.ts';

const account = accountSchema
  .pick({ label: true, kind: true, enabled: true, policy: true, maxConcurrency: true, color: true })
  .strict();
export type PortableAccount = z.infer<typeof account>;

const key = keySchema
  .omit({ revokedAt: true, lastUsedAt: true, lastClient: true, previousUntil: true })
  .extend({
    id: z.string().regex(/^key_[0-9a-f]{8,64}$/),
    prefix: z.string().min(1).max(20),
    /** SHA-256 of the key, in hex. It opens nothing: a key is made of 256 random bits. */
    digest: z.string().regex(/^[0-9a-f]{64}$/),
  })
  .strict();
export type PortableKey = z.infer<typeof key>;

const budget = budgetSchema
  .pick({ scope: true, subject: true, unit: true, period: true, limit: true, marks: true })
  .strict();
export type PortableBudget = z.infer<typeof budget>;

/** What `relay export` writes and `relay import` reads: everything a person has set up, but for secrets, and no calls. */
export const portableSchema = z.strictObject({
  format: z.literal('relay-settings'),
  version: z.literal(1),
  exportedAt: z.number().int(),
  /** The version of Relay that wrote it. */
  relay: z.string().max(40),
  /** Those that are not at their default. */
  settings: z.record(z.string().max(100), z.unknown()),
  /** In the person's order. Logins and API keys themselves are not here. */
  accounts: z.array(account).max(1_000),
  /** Those that are valid; `accounts` of a key holds labels. */
  keys: z.array(key).max(10_000),
  budgets: z.array(budget).max(10_000),
});
export type Portable = z.infer<typeof portableSchema>;

/** What an import changes, or would change. */
export const importPlanSchema = z.object({
  /** False for a plan alone. */
  done: z.boolean(),
  settings: z.array(z.string()),
  accounts: z.object({
    changed: z.array(z.string()),
    /** Of these no login or key is here: add them, then import again. */
    missing: z.array(z.string()),
  }),
  keys: z.object({ added: z.array(z.string()), changed: z.array(z.string()) }),
  budgets: z.object({ added: z.number().int(), changed: z.number().int() }),
});
export type ImportPlan = z.infer<typeof importPlanSchema>;

export const importQuerySchema = z.object({ dryRun: z.enum(['0', '1']).default('0') });
