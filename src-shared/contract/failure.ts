import { z } from 'zod';
import { callSchema } from './call.ts';

/**
 * How far a failed attempt or call had come:
 * - `admission`: Relay refused it before it chose an account · `routing`: no account could serve it · `relay`: Relay stopped
 * - `connect`: the upstream could not be reached · `wait`: it was sent and nothing came · `answer`: the upstream refused it
 * - `first-output`: a good answer began and failed before any output · `stream`: it failed after the client had output
 */
export const causePhases = [
  'admission',
  'routing',
  'relay',
  'connect',
  'wait',
  'answer',
  'first-output',
  'stream',
] as const;
const causePhaseSchema = z.enum(causePhases);
export type CausePhase = z.infer<typeof causePhaseSchema>;

const at = z.coerce.number().int().min(0).max(8.64e15);
const filter = z.string().max(300).optional();

/** The query of GET /api/errors. Without times, the last 24 hours; an empty filter value means "none", such as no project. */
export const failureQuerySchema = z.object({
  from: at.optional(),
  /** Not included. */
  to: at.optional(),
  phase: causePhaseSchema.optional(),
  code: filter,
  /** The account whose attempt failed. */
  accountId: filter,
  keyId: filter,
  project: filter,
  member: filter,
  client: filter,
  /** Asked for or ran. */
  model: filter,
  endpoint: callSchema.shape.endpoint.optional(),
  /** How many spans of equal length the counts over time have. */
  points: z.coerce.number().int().min(1).max(120).default(30),
  /** Causes beyond are counted only. */
  limit: z.coerce.number().int().min(1).max(200).default(100),
});
export type FailureQuery = z.output<typeof failureQuerySchema>;

const count = z.number().int().nonnegative();
const affected = z.array(z.object({ id: z.string(), name: z.string(), count }));

/** Failures of one cause in a window. */
const failureGroupSchema = z.object({
  /** The same for the same cause, always; `cause` of GET /api/calls takes it. */
  id: z.string(),
  phase: causePhaseSchema,
  code: z.string().nullable(),
  httpStatus: z.number().int().nullable(),
  upstream: z.string().nullable(),
  /** What the newest one said; `null` where its call is not kept any more. */
  reason: z.string().nullable(),
  /** Calls that failed for their client, and failed attempts that clients did not see. */
  seen: count,
  absorbed: count,
  firstAt: z.number().int(),
  lastAt: z.number().int(),
  /** Counted in failures, the most first; calls without an account are in no row of `accounts`. */
  keys: affected,
  accounts: affected,
  models: affected,
  /** The newest calls, at most five. */
  callIds: z.array(z.string()),
  series: z.array(z.object({ at: z.number().int(), seen: count, absorbed: count })),
});
export type FailureGroup = z.infer<typeof failureGroupSchema>;

/** The answer of GET /api/errors: what clients saw most first. */
export const failureListSchema = z.object({
  from: z.number().int(),
  to: z.number().int(),
  /** Over all causes, also those that are not listed. */
  causes: count,
  seen: count,
  absorbed: count,
  errors: z.array(failureGroupSchema),
  /** Calls from before failures were kept that are not counted yet. */
  uncounted: count,
});
export type FailureList = z.infer<typeof failureListSchema>;
