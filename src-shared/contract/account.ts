import { z } from 'zod';
import { healthStates } from '../domain/account-health.ts';

/** Where a window is heading at its present pace; the sentence is made of the figures beside it. */
const forecastSchema = z.object({
  verdict: z.enum(['unknown', 'used-up', 'runs-out', 'expires-unused', 'on-pace']),
  burnPercentPerHour: z.number().nullable(),
  /** `null` where it does not run out before its reset, or has run out already. */
  runsOutAt: z.number().int().nullable(),
  /** What will be left at the reset. */
  unusedPercent: z.number().nullable(),
  sentence: z.string(),
});

export const quotaWindowSchema = z.object({
  family: z.string(),
  name: z.string(),
  lengthMs: z.number().int(),
  usedPercent: z.number(),
  resetsAt: z.number().int().nullable(),
  readAt: z.number().int(),
  source: z.enum(['headers', 'event', 'usage-endpoint', 'limit-error']),
  /** Too old for how the account is used, and why. A stale reading refuses no call. */
  stale: z.boolean(),
  staleReason: z.string().nullable(),
  /** What lately spoke against this reading: two sources apart, or a share that fell without a reset. */
  contradicts: z.string().nullable(),
  /** `null` where the window has reset since it was read. */
  forecast: forecastSchema.nullable(),
});

/** Credits beside the plan, as the upstream says it; `balance` is its own text. */
export const creditsSchema = z.object({
  has: z.boolean(),
  unlimited: z.boolean(),
  balance: z.string().nullable(),
  readAt: z.number().int(),
});
export type Credits = z.infer<typeof creditsSchema>;

/** What the usage endpoint says besides windows and credits. */
export const usageFactsSchema = z.object({
  readAt: z.number().int(),
  /** Which limit is reached, in the upstream's own word; `null` while none is. */
  limitReached: z.string().nullable(),
  /** A ceiling on spending, set by a person or a workspace. */
  spendLimitReached: z.boolean().nullable(),
  /** Credits that would empty the windows. Relay only counts them and never spends one. */
  resetCredits: z.number().int().nullable(),
});
export type UsageFacts = z.infer<typeof usageFactsSchema>;

/** When an account is used: `burn-first` before all others, `reserve` only when no other can serve. */
export const accountPolicySchema = z.enum(['burn-first', 'normal', 'reserve']);
export type AccountPolicy = z.infer<typeof accountPolicySchema>;

/** One small state machine (`healthStates`), with the reason in words; `until` is still to come, or `null`. */
export const accountHealthSchema = z.object({
  state: z.enum(healthStates),
  reason: z.string(),
  until: z.number().int().nullable(),
});
export type AccountHealth = z.infer<typeof accountHealthSchema>;

/** An upstream login or API key, without its secret. */
export const accountSchema = z.object({
  id: z.string(),
  label: z.string(),
  kind: z.enum(['chatgpt', 'openai']),
  /** For `openai`: which protocol its base URL speaks. */
  wire: z.enum(['responses', 'chat']),
  baseUrl: z.string().nullable(),
  email: z.string().nullable(),
  plan: z.string().nullable(),
  /** The ChatGPT workspace id, sent as `chatgpt-account-id`. */
  upstreamAccountId: z.string().nullable(),
  upstreamUserId: z.string().nullable(),
  /** The file a login was imported from; it stays linked to it. */
  linkedFile: z.string().nullable(),
  enabled: z.boolean(),
  policy: accountPolicySchema,
  /** Accounts are shown and, all else equal, used in rising order of this. */
  position: z.number(),
  /** Calls at once; `null` for no limit of its own. */
  maxConcurrency: z.number().int().positive().nullable(),
  /** `#rrggbb`, or `null` for the one that the dashboard gives it. */
  color: z.string().nullable(),
  /** Paused by the person; `until: null` until they resume it. */
  pause: z.object({ until: z.number().int().nullable() }).nullable(),
  /** All calls go here until then. */
  pinnedUntil: z.number().int().nullable(),
  createdAt: z.number().int(),
  health: accountHealthSchema,
  /** Limit families that rest besides the plan's own: models that count against them go elsewhere, others do not. */
  restingFamilies: z.array(z.object({ family: z.string(), until: z.number().int(), reason: z.string() })),
  /** Models that the account refused lately and is not asked for until then. */
  lackingModels: z.array(z.object({ model: z.string(), until: z.number().int() })),
  /** How long a ChatGPT login lasts and when Relay renews it; `null` for keys, and until the secret was read. */
  login: z
    .object({
      /** By the clock of the sign-in service, as `nextRefreshAt`. */
      expiresAt: z.number().int().nullable(),
      refreshedAt: z.number().int().nullable(),
      nextRefreshAt: z.number().int().nullable(),
      /** How far that clock is ahead of this machine's, where it is more than a minute. */
      skewMs: z.number().int().nullable(),
      /** Another program uses it too: it is left to that program when the account is deleted. */
      shared: z.boolean(),
    })
    .nullable(),
  inFlight: z.number().int(),
  windows: z.array(quotaWindowSchema),
  credits: creditsSchema.nullable(),
  usage: usageFactsSchema.nullable(),
  /** Why the usage endpoint could not be read last; `null` when it could. */
  usageError: z.string().nullable(),
  models: z.array(z.string()),
});
export type AccountView = z.infer<typeof accountSchema>;
export const accountListSchema = z.object({ accounts: z.array(accountSchema) });

const spanMs = z
  .number()
  .int()
  .min(1_000)
  .max(366 * 86_400_000);

/** The body of PATCH /api/accounts/{id}: only what is named changes. A label that another account has gets a number. */
export const accountPatchSchema = z
  .strictObject({
    label: z.string().min(1).max(80),
    color: z
      .string()
      .regex(/^#[0-9a-f]{6}$/i, 'write it as #rrggbb')
      .nullable(),
    policy: accountPolicySchema,
    maxConcurrency: z.number().int().min(1).max(1_000).nullable(),
  })
  .partial();
export type AccountPatch = z.infer<typeof accountPatchSchema>;

/** The body of POST .../pause: for a time, until the account's next reset, or, empty, until it is resumed. */
export const accountPauseSchema = z
  .strictObject({ forMs: spanMs.optional(), untilReset: z.literal(true).optional() })
  .refine(
    ({ forMs, untilReset }) => forMs === undefined || untilReset === undefined,
    'give forMs or untilReset, not both',
  );
export type AccountPause = z.infer<typeof accountPauseSchema>;

/** The body of POST .../pin. Pinning one account unpins all others. */
export const accountPinSchema = z.strictObject({ forMs: spanMs });

/** The body of POST .../rest. */
export const accountRestSchema = z.strictObject({ untilReset: z.literal(true) });

/** The body of POST .../move: the account that it is to stand directly before or after. */
export const accountMoveSchema = z
  .strictObject({ before: z.string().optional(), after: z.string().optional() })
  .refine(({ before, after }) => (before === undefined) !== (after === undefined), 'give before or after');
export type AccountMove = z.infer<typeof accountMoveSchema>;

/** The body of PUT /api/accounts/order: accounts that are not named follow in the order they had. */
export const accountOrderSchema = z.strictObject({ ids: z.array(z.string()).min(1).max(1_000) });

/** The body of POST /api/accounts: an API key, or the text of a Codex auth.json. */
export const accountCreateSchema = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('api-key'),
    apiKey: z.string().min(1).max(4096),
    baseUrl: z.string().max(2048).optional(),
    wire: z.enum(['responses', 'chat']).default('responses'),
    label: z.string().max(80).optional(),
    /** Keeps the key although its service cannot be asked about it now. */
    unchecked: z.boolean().optional(),
  }),
  z.object({
    type: z.literal('auth-json'),
    content: z.string().max(1_000_000),
    /** Where the file is, when it should stay linked. */
    path: z.string().max(4096).optional(),
    label: z.string().max(80).optional(),
    /** The person knows that the program it comes from and Relay will log one another out. */
    acceptShared: z.boolean().default(false),
    unchecked: z.boolean().optional(),
  }),
]);
export type AccountCreate = z.infer<typeof accountCreateSchema>;
