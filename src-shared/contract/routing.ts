import { z } from 'zod';
import { partNames, strategyNames } from '../domain/decision.ts';

const weightsSchema = z.partialRecord(z.enum(partNames), z.number().min(0).max(100));
const strategySchema = z.enum(strategyNames);
/** Ids or labels. */
const withoutSchema = z.array(z.string().min(1).max(200)).max(200);

/** GET /api/routing: how accounts are chosen now, and what is known of how they did lately. */
export const routingSchema = z.object({
  strategy: strategySchema,
  /** The strategy's weights with the person's own in place of them. */
  weights: z.record(z.enum(partNames), z.number()),
  /** Attempts of the last hour or so; old ones count less, so they are no whole numbers. */
  stats: z.array(
    z.object({
      accountId: z.string(),
      accountLabel: z.string(),
      model: z.string(),
      served: z.number(),
      tried: z.number(),
      ttftMs: z.number().nullable(),
    }),
  ),
  /** Conversations that are tied to an account. */
  conversations: z.number().int(),
  /** What keeps failing; `model: null` is the path to the account as a whole, `until` (ms) when a probe is let through. */
  breakers: z.array(
    z.object({
      accountId: z.string(),
      accountLabel: z.string(),
      model: z.string().nullable(),
      state: z.enum(['open', 'half-open']),
      until: z.number().int(),
    }),
  ),
  /** Nothing can be reached. */
  offline: z.boolean(),
  /** What metered keys that stood in for subscriptions have cost today, and may. */
  overflow: z.object({ spentMicroUsd: z.number().int(), ceilingMicroUsd: z.number().int() }),
});
export type RoutingView = z.infer<typeof routingSchema>;

/** POST /api/routing/preview: where a call would go now. Nothing is sent and nothing is counted. */
export const routingPreviewSchema = z
  .object({
    /** Default: the model of the newest call. */
    model: z.string().min(1).max(200).optional(),
    /** Id or name of a key. Default: one that may use every account. */
    key: z.string().min(1).max(200).optional(),
    /** A conversation's id as calls show it. Default: a new conversation. */
    conversation: z.string().min(1).max(500).optional(),
    strategy: strategySchema.optional(),
    weights: weightsSchema.optional(),
    without: withoutSchema.optional(),
  })
  .strict();
export type RoutingPreview = z.infer<typeof routingPreviewSchema>;

/** POST /api/routing/replay: what other choices would have done with the calls of the log. Nothing is sent. */
export const routingReplaySchema = z
  .object({
    /** Milliseconds since the epoch. Default: a day ago. */
    since: z.number().int().nonnegative().optional(),
    strategy: strategySchema.optional(),
    weights: weightsSchema.optional(),
    without: withoutSchema.optional(),
  })
  .strict();
export type RoutingReplay = z.infer<typeof routingReplaySchema>;

/** What was, and what the replay makes of it. */
const pair = z.object({ actual: z.number(), replayed: z.number() });

export const replayReportSchema = z.object({
  since: z.number().int(),
  until: z.number().int(),
  strategy: strategySchema,
  weights: z.record(z.enum(partNames), z.number()),
  without: z.array(z.object({ accountId: z.string(), accountLabel: z.string() })),
  /** Calls that were decided again. */
  calls: z.number().int(),
  /** Calls without a stored decision. */
  skipped: z.number().int(),
  /** The log holds more calls than one replay takes; these are the newest. */
  truncated: z.boolean(),
  /** How many of the calls a replay that changes nothing puts where they went, 0 to 1; `null` without calls. */
  reproduced: z.number().nullable(),
  /** Calls that would have gone to another account, and calls that no account could have served. */
  changed: z.number().int(),
  unserved: z.number().int(),
  /** Calls by the account that served them. */
  accounts: z.array(z.object({ accountId: z.string(), accountLabel: z.string(), calls: pair })),
  /** How often a conversation went on at another account. */
  moves: pair,
  /** Input tokens read from a cache; estimated. */
  cachedTokens: pair,
  /** What the calls cost at API prices, and what of it is paid because a metered key served; estimated. */
  costMicroUsd: pair,
  spentMicroUsd: pair,
  /** Some of the calls that would have gone elsewhere, newest first. */
  examples: z.array(
    z.object({
      callId: z.string(),
      at: z.number().int(),
      model: z.string(),
      from: z.string(),
      /** `null` where no account could have served. */
      to: z.string().nullable(),
      why: z.string(),
    }),
  ),
  /** What such a replay cannot know, in sentences. */
  limits: z.array(z.string()),
});
export type ReplayReport = z.infer<typeof replayReportSchema>;
