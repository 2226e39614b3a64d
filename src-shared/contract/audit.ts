import { z } from 'zod';

/** Who changed something: the person through one of Relay's own surfaces, a script, or Relay by itself. */
export const actorSchema = z.enum(['dashboard', 'cli', 'tray', 'api', 'automatic']);
export type Actor = z.infer<typeof actorSchema>;

/** What happened, in one word for a filter or a badge; `detail` says it in words. */
export const auditWhatSchema = z.enum([
  'added',
  'imported',
  'signed-in',
  'changed',
  'ordered',
  'enabled',
  'disabled',
  'paused',
  'resumed',
  'pinned',
  'unpinned',
  'rest-begun',
  'rest-ended',
  'tested',
  'models-read',
  'login-adopted',
  'plan-changed',
  'needs-sign-in',
  'refresh-failed',
  'secrets-moved',
  'tunnel-opened',
  'tunnel-closed',
  'deleted',
]);
export type AuditWhat = z.infer<typeof auditWhatSchema>;

/** One change, as it stays on record after the account is gone. No secret. */
export const auditEntrySchema = z.object({
  id: z.number().int(),
  at: z.number().int(),
  actor: actorSchema,
  what: auditWhatSchema,
  /** `null` for what concerns no single account. */
  accountId: z.string().nullable(),
  accountLabel: z.string().nullable(),
  /** One sentence. */
  detail: z.string(),
});

/** Newest first; `cursor` is the last entry's id. */
export const auditListSchema = z.object({ entries: z.array(auditEntrySchema), nextCursor: z.string().nullable() });
export type AuditList = z.infer<typeof auditListSchema>;

export const auditQuerySchema = z.object({
  limit: z.coerce.number().int().min(1).max(500).default(50),
  cursor: z
    .string()
    .regex(/^\d{1,15}$/, 'it is not one that Relay gave out')
    .optional(),
});
export type AuditQuery = z.infer<typeof auditQuerySchema>;
