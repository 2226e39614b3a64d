import { z } from 'zod';

/** What `relay status` and /api/status show. */
export const statusSchema = z.object({
  version: z.string(),
  startedAt: z.number().int(),
  url: z.string(),
  dataDir: z.string(),
  /** Where secrets are kept: said everywhere a person would look. */
  secrets: z.string(),
  node: z.string(),
  desktop: z.boolean(),
  demo: z.boolean(),
  accounts: z.object({ total: z.number().int(), ready: z.number().int() }),
  callsInFlight: z.number().int(),
  ledger: z.object({
    state: z.enum(['ok', 'behind', 'degraded']),
    reason: z.string().nullable(),
    dropped: z.number().int(),
  }),
});
export type StatusView = z.infer<typeof statusSchema>;
