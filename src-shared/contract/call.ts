import { z } from 'zod';
import { decisionSchema } from './decision.ts';

const tokens = z.number().int().nonnegative().nullable();
const durationMs = z.number().nonnegative().nullable();

/** One try of a call at one account. */
export const attemptSchema = z.object({
  accountId: z.string(),
  accountLabel: z.string(),
  startedAt: z.number().int(),
  /** `served` when the call's answer came from this attempt; `continued` when it broke off and the next one went on with it. */
  outcome: z.enum(['served', 'continued', 'failed', 'cancelled']),
  httpStatus: z.number().int().nullable(),
  errorCode: z.string().nullable(),
  /** One sentence, redacted. */
  reason: z.string().nullable(),
  firstByteMs: durationMs,
  durationMs,
});

/** One client request, as the ledger keeps it. No prompt, no header, no secret. */
export const callSchema = z.object({
  id: z.string(),
  startedAt: z.number().int(),
  endpoint: z.enum(['responses', 'chat', 'compact', 'websocket', 'passthrough']),
  stream: z.boolean(),
  status: z.enum(['inflight', 'ok', 'error', 'cancelled', 'interrupted']),
  httpStatus: z.number().int().nullable(),
  errorCode: z.string().nullable(),
  reason: z.string().nullable(),
  keyId: z.string(),
  keyName: z.string(),
  project: z.string().nullable(),
  member: z.string().nullable(),
  /** Recognised from the client's own headers, such as "Codex CLI 0.169.0"; `null` where it is not known. */
  client: z.string().nullable(),
  userAgent: z.string().nullable(),
  modelAsked: z.string(),
  modelRan: z.string().nullable(),
  effort: z.string().nullable(),
  serviceTier: z.string().nullable(),
  accountId: z.string().nullable(),
  accountLabel: z.string().nullable(),
  conversationId: z.string().nullable(),
  responseId: z.string().nullable(),
  attempts: z.array(attemptSchema),
  /** Parameters of the request that the upstream cannot take and that were left out. */
  dropped: z.array(z.string()),
  /** How often the answer was continued on another account after the client had seen text of it. */
  spliced: z.number().int().nonnegative(),
  /** A metered API key served although subscriptions are in the pool. */
  overflow: z.boolean(),
  /** How long the call was held for the first account to come back; `null` where it was not. */
  heldMs: durationMs,
  inputTokens: tokens,
  cachedTokens: tokens,
  cacheWriteTokens: tokens,
  outputTokens: tokens,
  reasoningTokens: tokens,
  /** Part of the tokens is an estimate: the answer was continued, and the attempts that broke off never said what they used. */
  usageEstimated: z.boolean().default(false),
  /** What the same tokens cost at API prices; `null` where the price or the usage is unknown. */
  costMicroUsd: z.number().int().nonnegative().nullable(),
  /** What was really paid: 0 on a subscription. */
  spentMicroUsd: z.number().int().nonnegative().nullable(),
  requestBytes: z.number().int().nonnegative(),
  ttftMs: durationMs,
  durationMs,
  /** Relay's own share of the time to the first output. */
  overheadMs: durationMs,
});

/** One call with everything that is known of it: GET /api/calls/{id}. */
export const callDetailSchema = callSchema.extend({
  /** Why it went where it went: one for each choice of an account, in order. Empty while the call runs. */
  decisions: z.array(decisionSchema),
});
export type CallDetail = z.infer<typeof callDetailSchema>;

export type Attempt = z.infer<typeof attemptSchema>;
export type CallRecord = z.infer<typeof callSchema>;

/** Newest first; `cursor` is the last row's `startedAt:id`. */
export const callListSchema = z.object({ calls: z.array(callSchema), nextCursor: z.string().nullable() });
export type CallList = z.infer<typeof callListSchema>;

export const callQuerySchema = z.object({
  limit: z.coerce.number().int().min(1).max(500).default(50),
  cursor: z.string().optional(),
  status: callSchema.shape.status.optional(),
  accountId: z.string().optional(),
  keyId: z.string().optional(),
  model: z.string().optional(),
  text: z.string().max(200).optional(),
});
export type CallQuery = z.infer<typeof callQuerySchema>;
