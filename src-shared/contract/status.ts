import { z } from 'zod';
import { keptBodiesSchema } from './call-bodies.ts';
import { relayPauseSchema } from './pause.ts';
import { openTunnelSchema } from './tunnel.ts';

/** How much the log holds; what is beyond `retention.*` goes. */
export const keptSchema = z.object({
  calls: z.number().int(),
  oldestAt: z.number().int().nullable(),
  /** Of the database's pages that are in use. */
  bytes: z.number().int(),
  bodies: keptBodiesSchema,
});
export type Kept = z.infer<typeof keptSchema>;

/** What `relay status` and /api/status show. */
export const statusSchema = z.object({
  version: z.string(),
  /** Of the process. */
  pid: z.number().int(),
  startedAt: z.number().int(),
  url: z.string(),
  dataDir: z.string(),
  /** Where secrets are kept: said everywhere a person would look. */
  secrets: z.string(),
  node: z.string(),
  desktop: z.boolean(),
  demo: z.boolean(),
  accounts: z.object({ total: z.number().int(), ready: z.number().int() }),
  /** Whether a person has paused Relay as a whole. */
  pause: relayPauseSchema.nullable(),
  /** A public address that leads to /v1, while one is open. */
  tunnel: openTunnelSchema.nullable().default(null),
  callsInFlight: z.number().int(),
  ledger: z.object({
    state: z.enum(['ok', 'behind', 'degraded']),
    reason: z.string().nullable(),
    dropped: z.number().int(),
    /** What had to be done to open the database, such as keeping a damaged one aside, in sentences. */
    notices: z.array(z.string()).default([]),
    /** `null` where the database cannot be read now. */
    kept: keptSchema.nullable().default(null),
  }),
});
export type StatusView = z.infer<typeof statusSchema>;
