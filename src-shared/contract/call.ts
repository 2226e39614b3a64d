import { z } from 'zod';
import { decisionSchema } from './decision.ts';

const tokens = z.number().int().nonnegative().nullable();
const durationMs = z.number().nonnegative().nullable();

/** One try of a call at one account. */
export const attemptSchema = z.object({
  accountId: z.string(),
  accountLabel: z.string(),
  /** What kind of service that was; `null` where it was not written down yet. */
  upstream: z.enum(['chatgpt', 'openai']).nullable().default(null),
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
  endpoint: z.enum(['responses', 'chat', 'compact', 'websocket', 'ollama', 'passthrough']),
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

/** Newest first; `cursor` is where the page ends, as `startedAt:id`. */
export const callListSchema = z.object({
  calls: z.array(callSchema),
  nextCursor: z.string().nullable(),
  /**
   * Set where the page ends before it is full, because the filter fits few of very many calls: everything since this moment (ms) was
   * looked through. Narrow the filter, or go on with the cursor.
   */
  searchedTo: z.number().int().nullable().default(null),
});
export type CallList = z.infer<typeof callListSchema>;

const at = z.coerce.number().int().min(0).max(8.64e15);
const filter = z.string().max(300);
const flag = z.enum(['true', 'false']).transform((text) => text === 'true');
const bound = z.coerce.number().nonnegative();

/** What calls can be filtered by. All that is given must fit; an empty text means "none", such as no project. */
export const callFilterSchema = z
  .object({
    status: callSchema.shape.status,
    httpStatus: z.coerce.number().int().min(100).max(599),
    /** The reason's code. */
    errorCode: filter,
    accountId: filter,
    keyId: filter,
    project: filter,
    member: filter,
    client: filter,
    /** Asked for or ran. */
    model: filter,
    modelAsked: filter,
    modelRan: filter,
    endpoint: callSchema.shape.endpoint,
    conversationId: filter,
    stream: flag,
    spliced: flag,
    /** More than one attempt. */
    failedOver: flag,
    overflow: flag,
    /** `to` is not included; of the others both ends are, and calls whose value is not known fit no bound. */
    from: at,
    to: at,
    minCostMicroUsd: bound,
    maxCostMicroUsd: bound,
    minTtftMs: bound,
    maxTtftMs: bound,
    minDurationMs: bound,
    maxDurationMs: bound,
    /** The id of an error of GET /api/errors: calls that met it, seen by their client or not. */
    cause: z.string().max(40),
    /** Within models, client, names of key and account, code and reason; case of A to Z aside, no wildcards. */
    text: z.string().max(200),
  })
  .partial();
export type CallFilter = z.output<typeof callFilterSchema>;

export const callQuerySchema = z.object({
  limit: z.coerce.number().int().min(1).max(500).default(50),
  cursor: z.string().optional(),
  ...callFilterSchema.shape,
});
export type CallQuery = z.output<typeof callQuerySchema>;

/** Fields that GET /api/calls/values answers the values of. */
export const callValueFields = [
  'status',
  'httpStatus',
  'errorCode',
  'accountId',
  'keyId',
  'project',
  'member',
  'client',
  'modelAsked',
  'modelRan',
  'endpoint',
] as const;
export type CallValueField = (typeof callValueFields)[number];

export const callValuesQuerySchema = z.object({
  field: z.enum(callValueFields),
  from: at.optional(),
  to: at.optional(),
  /** Only values, or names, that contain it. */
  text: z.string().max(200).optional(),
  limit: z.coerce.number().int().min(1).max(500).default(100),
});
export type CallValuesQuery = z.output<typeof callValuesQuerySchema>;

/** Values that settled calls of the window have, the latest seen first; `name` is what people call it. `''` stands for none. */
export const callValuesSchema = z.object({
  values: z.array(z.object({ value: z.string(), name: z.string().nullable(), lastAt: z.number().int() })),
});
export type CallValues = z.infer<typeof callValuesSchema>;
