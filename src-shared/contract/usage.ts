import { z } from 'zod';
import { isTimeZone } from '../domain/period.ts';

const dimensionSchema = z.enum(['model', 'account', 'key', 'project', 'member', 'client', 'status', 'endpoint']);
export type UsageDimension = z.infer<typeof dimensionSchema>;
/** What usage can be grouped and filtered by. */
export const usageDimensions = dimensionSchema.options;

const grainSchema = z.enum(['minute', 'hour', 'day', 'week', 'month', 'total']);
export type UsageGrain = z.infer<typeof grainSchema>;

const measureSchema = z.enum([
  ...(['calls', 'errors', 'errorRate', 'tokens', 'input', 'cached', 'output', 'reasoning'] as const),
  ...(['cost', 'spent', 'saved', 'cacheShare', 'ttft', 'ttftP90', 'ttftP99'] as const),
  ...(['duration', 'durationP90', 'durationP99', 'tokensPerSecond'] as const),
]);
/** What groups can be put in order by, and pictures be made of. */
export type UsageMeasure = z.infer<typeof measureSchema>;

const at = z.coerce.number().int().min(0).max(8.64e15);
const filter = z.string().max(300).optional();

const MOST_GROUPS = 1_000;
const groupCount = z.coerce.number().int().min(0).max(MOST_GROUPS);

/** The query of GET /api/usage. Without times, the last 24 hours; an empty filter value means "none", such as no project. */
export const usageQuerySchema = z.object({
  from: at.optional(),
  /** Not included. */
  to: at.optional(),
  /** By default about 60 points. */
  grain: grainSchema.optional(),
  /** One or two of them, with a comma between. */
  by: z
    .string()
    .default('')
    .transform((text) => text.split(',').filter((name) => name !== ''))
    .pipe(z.array(dimensionSchema).max(2)),
  /** What groups are put in order by, the largest first. */
  order: measureSchema.default('calls'),
  /** How many groups, in that order, come with their series. */
  series: groupCount.default(8),
  /** `previous`: also the window of the same length before. */
  compare: z.enum(['none', 'previous']).default('none'),
  /** IANA name; the setting time.zone, or the machine's own. */
  timeZone: z.string().max(64).refine(isTimeZone, 'it is not the name of a time zone').optional(),
  model: filter,
  account: filter,
  key: filter,
  project: filter,
  member: filter,
  client: filter,
  status: filter,
  endpoint: filter,
});
export type UsageQuery = z.output<typeof usageQuerySchema>;

/** The query of the exports: the same, but every group comes with its series. */
export const usageExportQuerySchema = usageQuerySchema.extend({ series: groupCount.default(MOST_GROUPS) });

const count = z.number().int().nonnegative();
const ms = z.number().nonnegative().nullable();
const share = z.number().min(0).max(1).nullable();

/** Sums of calls. What is not known is not in a sum, and how many calls that are is counted beside it. */
export const usageFiguresSchema = z.object({
  calls: count,
  errors: count,
  /** Of all calls; `null` without calls. */
  errorRate: share,
  attempts: count,
  /** Calls that gave output whose tokens, or whose price, are not known. */
  unknownUsage: count,
  unknownCost: count,
  inputTokens: count,
  cachedTokens: count,
  /** Cached input tokens of all input tokens. */
  cacheShare: share,
  outputTokens: count,
  reasoningTokens: count,
  /** At API prices, really paid, and the difference. */
  costMicroUsd: count,
  spentMicroUsd: count,
  savedMicroUsd: z.number().int(),
  /** Percentiles are read from bins, with an error of at most 4.5 %. */
  ttftMs: z.object({ p50: ms, p90: ms, p99: ms }),
  durationMs: z.object({ p50: ms, p90: ms, p99: ms }),
  /** Output tokens over the time from the first output to the last. */
  tokensPerSecond: z.number().nonnegative().nullable(),
});
export type UsageFigures = z.infer<typeof usageFiguresSchema>;

const pointSchema = z.object({ at: z.number().int(), figures: usageFiguresSchema });

const groupSchema = z.object({
  /** Its value for each dimension that was asked for; `null` where calls have none. */
  key: z.partialRecord(dimensionSchema, z.string().nullable()),
  figures: usageFiguresSchema,
  previous: usageFiguresSchema.nullable(),
  /** Empty where more groups come before it than were asked for with their series. */
  series: z.array(pointSchema),
});
export type UsageGroup = z.infer<typeof groupSchema>;

/** The answer of GET /api/usage. Spans without calls are in a series with zeros. */
export const usageSchema = z.object({
  from: z.number().int(),
  to: z.number().int(),
  grain: grainSchema,
  timeZone: z.string(),
  /** Names for the ids in `key`: accounts' labels and keys' names. */
  names: z.record(z.string(), z.string()),
  totals: usageFiguresSchema,
  previous: usageFiguresSchema.nullable(),
  series: z.array(pointSchema),
  /** The largest first. */
  groups: z.array(groupSchema),
  /** Calls from before sums were kept that are not counted yet; 0 once the ledger has caught up. */
  uncounted: count,
});
export type UsageView = z.infer<typeof usageSchema>;

/** The query of GET /api/usage/hours: a window and filters, as for GET /api/usage. Without times, the last four weeks. */
export const usageHoursQuerySchema = usageQuerySchema.omit({
  grain: true,
  by: true,
  order: true,
  series: true,
  compare: true,
});
export type UsageHoursQuery = z.output<typeof usageHoursQuerySchema>;

/** The answer of GET /api/usage/hours: the window by hour of the week, 168 of them, as the clock on the wall shows them. */
export const usageHoursSchema = z.object({
  from: z.number().int(),
  to: z.number().int(),
  timeZone: z.string(),
  /** `weekday` 0 is Monday. How often the hour was in the window: 4 or 5 times in a month. */
  hours: z.array(
    z.object({
      weekday: z.number().int().min(0).max(6),
      hour: z.number().int().min(0).max(23),
      times: count,
      figures: usageFiguresSchema,
    }),
  ),
});
export type UsageHours = z.infer<typeof usageHoursSchema>;
