import { z } from 'zod';

/** A Relay key: what clients send. The secret itself is shown once, at creation, and never stored. */
export const keySchema = z.object({
  id: z.string(),
  name: z.string(),
  /** The first characters of the key, enough to recognise it. */
  prefix: z.string(),
  project: z.string().nullable(),
  member: z.string().nullable(),
  /** `null` allows all. */
  models: z.array(z.string()).nullable(),
  accounts: z.array(z.string()).nullable(),
  /** Consent to serve this key's calls from a metered API key, at the person's cost, once the subscriptions are spent. */
  overflow: z.boolean(),
  /** Whether an answer that is cut after text was sent is continued on another account; `null` goes by `routing.splice`. */
  splice: z.enum(['text', 'off']).nullable(),
  createdAt: z.number().int(),
  expiresAt: z.number().int().nullable(),
  revokedAt: z.number().int().nullable(),
  lastUsedAt: z.number().int().nullable(),
  lastClient: z.string().nullable(),
});
export type KeyView = z.infer<typeof keySchema>;
export const keyListSchema = z.object({ keys: z.array(keySchema) });

export const keyCreateSchema = z.object({
  name: z.string().min(1).max(80),
  project: z.string().min(1).max(80).nullable().default(null),
  member: z.string().min(1).max(80).nullable().default(null),
  models: z.array(z.string().min(1).max(200)).nullable().default(null),
  accounts: z.array(z.string().min(1).max(200)).nullable().default(null),
  overflow: z.boolean().default(false),
  splice: keySchema.shape.splice.default(null),
  expiresAt: z.number().int().nullable().default(null),
});
export type KeyCreate = z.input<typeof keyCreateSchema>;

/** What may change about a key while it lives; only what is named changes. */
export const keyPatchSchema = z
  .object({ overflow: keySchema.shape.overflow, splice: keySchema.shape.splice })
  .partial()
  .strict();
export type KeyPatch = z.infer<typeof keyPatchSchema>;

/** The only answer that holds the key itself. */
export const keyCreatedSchema = z.object({ key: keySchema, secret: z.string() });
export type KeyCreated = z.infer<typeof keyCreatedSchema>;
