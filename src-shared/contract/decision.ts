import { z } from 'zod';
import { gateCodes, partNames, strategyNames } from '../domain/decision.ts';

/** One part of an account's score. */
export const decisionPartSchema = z.object({
  name: z.enum(partNames),
  /** 0 to 1. */
  value: z.number(),
  weight: z.number(),
  /** Weight times value. */
  points: z.number(),
  /** The fact behind the value, in words. */
  why: z.string(),
});

export const decisionCandidateSchema = z.object({
  accountId: z.string(),
  accountLabel: z.string(),
  /** `null` behind a gate. */
  score: z.number().nullable(),
  /** Why the account could not serve at all; `until` (ms) where it opens by itself. */
  gate: z.object({ code: z.enum(gateCodes), reason: z.string(), until: z.number().int().nullable() }).nullable(),
  /** Parts that the strategy gives no weight are left out. */
  parts: z.array(decisionPartSchema),
  /** Why not this one: "b lost by 0.07: weekly 12 % left, resets Thu". `null` for the chosen one. */
  lost: z.string().nullable(),
});

/** One choice of an account, with every candidate. A call has one for each attempt. */
export const decisionSchema = z.object({
  at: z.number().int(),
  strategy: z.enum(strategyNames),
  model: z.string(),
  /** The account that holds the conversation; `null` for a new one. */
  conversation: z.object({ ownerId: z.string(), cachedTokens: z.number().int().nullable() }).nullable(),
  /** `null` where no account could serve. */
  chosenId: z.string().nullable(),
  /** One sentence. */
  reason: z.string(),
  candidates: z.array(decisionCandidateSchema),
});
export type DecisionView = z.infer<typeof decisionSchema>;
export type DecisionCandidate = z.infer<typeof decisionCandidateSchema>;
