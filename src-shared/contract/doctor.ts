import { z } from 'zod';

/** One thing that was looked at. `broken` keeps Relay or a client from working; `warning` may do so soon. */
export const findingSchema = z.object({
  check: z.enum([
    'node',
    'data-folder',
    'lock',
    'port',
    'database',
    'secrets',
    'upstream',
    'clock',
    'account',
    'client',
  ]),
  /** Which of several: a host, an account, a client; else `null`. */
  subject: z.string().nullable(),
  state: z.enum(['ok', 'warning', 'broken']),
  sentence: z.string(),
  /** What to type or do; `null` where nothing is to be done. */
  fix: z.string().nullable(),
});
export type Finding = z.infer<typeof findingSchema>;

export const doctorSchema = z.object({
  checkedAt: z.number().int(),
  running: z.boolean(),
  /** Nothing is broken. */
  healthy: z.boolean(),
  findings: z.array(findingSchema),
});
export type DoctorReport = z.infer<typeof doctorSchema>;
