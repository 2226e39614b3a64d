import { z } from 'zod';

const at = z.number().int();
const stateSchema = z.enum(['ok', 'degraded', 'down', 'unknown']);
export type SubsystemState = z.infer<typeof stateSchema>;

/** The share of the measured time of a window in which a subsystem was not down; nothing is said of time not measured. */
const uptimeSchema = z.object({
  windowMs: z.number().int(),
  /** 0 to 1; `null` where nothing was measured. */
  share: z.number().nullable(),
  /** How much of the window was measured at all: Relay was off in the rest. */
  measuredMs: z.number().int(),
});
export type Uptime = z.infer<typeof uptimeSchema>;

const subsystemSchema = z.object({
  /** `gateway`, `pool`, `storage`, `secrets` or `upstream:<host>`. */
  id: z.string(),
  name: z.string(),
  state: stateSchema,
  /** What was measured, in one sentence without a secret, a label or a mail address. */
  sentence: z.string(),
  /** When this state was first measured without a gap; `null` before the first measurement. */
  since: at.nullable(),
  uptime: z.array(uptimeSchema),
  /** The last 90 bars of 8 hours, oldest first: the worst state measured in each, `null` for a gap. */
  history: z.array(stateSchema.nullable()),
});
export type Subsystem = z.infer<typeof subsystemSchema>;

const incidentSchema = z.object({
  subsystem: z.string(),
  name: z.string(),
  state: stateSchema,
  sentence: z.string(),
  beganAt: at,
  /** `null` while it lasts. */
  endedAt: at.nullable(),
});
export type Incident = z.infer<typeof incidentSchema>;

/** The answer of GET /status.json: public on this machine, and nothing in it is secret or personal. */
export const publicStatusSchema = z.object({
  version: z.string(),
  at,
  startedAt: at,
  state: stateSchema,
  sentence: z.string(),
  subsystems: z.array(subsystemSchema),
  /** Newest first. */
  incidents: z.array(incidentSchema),
});
export type PublicStatus = z.infer<typeof publicStatusSchema>;

/** The answer of GET /health/ready; with status 503 and the reasons where Relay cannot serve a call now. */
export const readinessSchema = z.object({ ready: z.boolean(), reasons: z.array(z.string()) });
export type Readiness = z.infer<typeof readinessSchema>;
