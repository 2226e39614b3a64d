import { z } from 'zod';

/** A conversation's tie to the account that serves it. The id is a digest: nothing of what was said can be read from it. */
export const affinitySchema = z.object({
  conversationId: z.string(),
  accountId: z.string(),
  /** `null` where the account is gone. */
  accountLabel: z.string().nullable(),
  /** Since when it is this account. */
  tiedAt: z.number().int(),
  usedAt: z.number().int(),
  /** What the account has of the conversation in its prompt cache, as its last answer said; 0 once that has gone cold. */
  cachedTokens: z.number().int().nonnegative().nullable(),
  /** Answers from this account; 0 where the conversation has not begun yet and only would begin here. */
  turns: z.number().int().nonnegative(),
});
export type AffinityView = z.infer<typeof affinitySchema>;

/** The most recently used first; `cursor` is the last one's `usedAt:conversationId`. */
export const affinityListSchema = z.object({ affinities: z.array(affinitySchema), nextCursor: z.string().nullable() });
export type AffinityList = z.infer<typeof affinityListSchema>;

export const affinityQuerySchema = z.object({
  limit: z.coerce.number().int().min(1).max(500).default(50),
  cursor: z
    .string()
    .regex(/^\d{1,16}:[\w-]{1,100}$/, 'it is not one that Relay gave out')
    .optional(),
  accountId: z.string().optional(),
});
export type AffinityQuery = z.infer<typeof affinityQuerySchema>;

/** How many conversations will choose anew. */
export const affinitiesReleasedSchema = z.object({ released: z.number().int().nonnegative() });
export type AffinitiesReleased = z.infer<typeof affinitiesReleasedSchema>;
