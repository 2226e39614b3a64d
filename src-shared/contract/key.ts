import { z } from 'zod';
import { captureSchema } from './call-bodies.ts';

/** Kinds of requests that a key can be kept to. Reading the model list is always allowed. */
const endpointSchema = z.enum(['responses', 'chat', 'passthrough']);

/** From the least to the most. */
export const effortOrder = ['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max', 'ultra'] as const;

const perMinute = z.number().int().positive().max(1_000_000_000).nullable();

/** What a key may do at most; `null` for no limit. */
const limitFields = {
  requestsPerMinute: perMinute,
  tokensPerMinute: perMinute,
  /** Calls at once. */
  concurrency: z.number().int().positive().max(10_000).nullable(),
  /** Tokens of output per call; the smallest that upstreams take is 16. */
  maxOutputTokens: z.number().int().min(16).max(10_000_000).nullable(),
  /** `null` allows all. */
  endpoints: z.array(endpointSchema).min(1).nullable(),
  /** The highest reasoning effort; a request for more is refused, one for none gets at most this. */
  effortCeiling: z.enum(effortOrder).nullable(),
};

const name = z.string().min(1).max(80);
const names = z.array(z.string().min(1).max(200)).max(500).nullable();

/** A Relay key: what clients send. The secret itself is shown once, at creation, and never stored. */
export const keySchema = z.object({
  id: z.string(),
  name,
  /** The first characters of the key, enough to recognise it. */
  prefix: z.string(),
  project: name.nullable(),
  member: name.nullable(),
  /** `null` allows all. */
  models: names,
  accounts: names,
  ...limitFields,
  /** Consent to serve this key's calls from a metered API key, at the person's cost, once the subscriptions are spent. */
  overflow: z.boolean(),
  /** Whether an answer that is cut after text was sent is continued on another account; `null` goes by `routing.splice`. */
  splice: z.enum(['text', 'off']).nullable(),
  /** Whose bodies are kept, redacted and for a while; `null` keeps none. */
  capture: captureSchema.nullable(),
  createdAt: z.number().int(),
  expiresAt: z.number().int().nullable(),
  revokedAt: z.number().int().nullable(),
  /** Until when the secret of before the last rotation works beside the new one; `null` where it was never rotated. */
  previousUntil: z.number().int().nullable(),
  lastUsedAt: z.number().int().nullable(),
  lastClient: z.string().nullable(),
});
export type KeyView = z.infer<typeof keySchema>;
const bucketUse = z.object({ limit: z.number(), left: z.number() }).nullable();

/** How much of a key's limits is used now; `null` for a limit that it does not have. What is left may be below zero. */
export const keyUseSchema = z.object({
  inFlight: z.number().int(),
  waiting: z.number().int(),
  requests: bucketUse,
  tokens: bucketUse,
});
export type KeyUseView = z.infer<typeof keyUseSchema>;
/** The answer of GET /api/keys/use: by the id of every key that has a limit and can be used. */
export const keyUseListSchema = z.object({ use: z.record(z.string(), keyUseSchema) });

export const keyListSchema = z.object({ keys: z.array(keySchema) });

export const keyCreateSchema = z.object({
  name,
  project: name.nullable().default(null),
  member: name.nullable().default(null),
  models: names.default(null),
  accounts: names.default(null),
  requestsPerMinute: limitFields.requestsPerMinute.default(null),
  tokensPerMinute: limitFields.tokensPerMinute.default(null),
  concurrency: limitFields.concurrency.default(null),
  maxOutputTokens: limitFields.maxOutputTokens.default(null),
  endpoints: limitFields.endpoints.default(null),
  effortCeiling: limitFields.effortCeiling.default(null),
  overflow: z.boolean().default(false),
  splice: keySchema.shape.splice.default(null),
  capture: captureSchema.nullable().default(null),
  expiresAt: z.number().int().nullable().default(null),
});
export type KeyCreate = z.input<typeof keyCreateSchema>;

/** What may change about a key while it lives; only what is named changes. */
export const keyPatchSchema = keySchema
  .pick({
    name: true,
    project: true,
    member: true,
    models: true,
    accounts: true,
    requestsPerMinute: true,
    tokensPerMinute: true,
    concurrency: true,
    maxOutputTokens: true,
    endpoints: true,
    effortCeiling: true,
    overflow: true,
    splice: true,
    capture: true,
    expiresAt: true,
  })
  .partial()
  .strict();
export type KeyPatch = z.infer<typeof keyPatchSchema>;

/** The body of POST /api/keys/{id}/rotate: how long the old secret works beside the new one, ms; a day by default. */
export const keyRotateSchema = z
  .object({
    graceMs: z
      .number()
      .int()
      .min(0)
      .max(90 * 86_400_000)
      .optional(),
  })
  .strict();

/** The body of POST /api/keys/{id}/revoke: whether its running calls are ended too; by default they finish. */
export const keyRevokeSchema = z.object({ cut: z.boolean().optional() }).strict();

/** The only answer that holds the key itself. */
export const keyCreatedSchema = z.object({ key: keySchema, secret: z.string() });
export type KeyCreated = z.infer<typeof keyCreatedSchema>;
