import { z } from 'zod';

/** A model as one account has it. Figures come from the account's own list, and from the catalogue where that says nothing. */
export const accountModelSchema = z.object({
  slug: z.string(),
  name: z.string(),
  /** True where the account's own list names it; false for one that was only refused. */
  listed: z.boolean(),
  hidden: z.boolean(),
  /** In tokens; `null` where nobody says. */
  contextWindow: z.number().int().nullable(),
  maxContextWindow: z.number().int().nullable(),
  efforts: z.array(z.string()),
  serviceTiers: z.array(z.string()),
  /** The plans that include it, as the upstream says; `null` where it does not. */
  plans: z.array(z.string()).nullable(),
  /** Refused lately: not asked for until then. */
  refusedUntil: z.number().int().nullable(),
});

/** The answer of GET /api/accounts/{id}/models and of POST .../refresh-models. */
export const accountModelsSchema = z.object({
  models: z.array(accountModelSchema),
  /** When the account's list was read last; `null` while it is not known. */
  readAt: z.number().int().nullable(),
});
export type AccountModels = z.infer<typeof accountModelsSchema>;

/** The answer of POST /api/accounts/{id}/test: one tiny real call, which is in the call log under `callId`. */
export const accountTestSchema = z.object({
  ok: z.boolean(),
  callId: z.string(),
  model: z.string(),
  /** To the first output; `null` where there was none. */
  ttftMs: z.number().nonnegative().nullable(),
  durationMs: z.number().nonnegative(),
  error: z.object({ code: z.string(), message: z.string() }).nullable(),
});
export type AccountTest = z.infer<typeof accountTestSchema>;
