import { z } from 'zod';

const clientSchema = z.enum(['codex', 'responses', 'responses stream', 'chat', 'chat stream', 'websocket']);
export type RehearsalClient = z.infer<typeof clientSchema>;

/** One scene played for one kind of client. */
const resultSchema = z.object({
  scene: z.string(),
  /** What goes wrong, in words. */
  fault: z.string(),
  client: clientSchema,
  passed: z.boolean(),
  /** What a client should see, and what it saw. */
  expected: z.string(),
  saw: z.string(),
  attempts: z.number().int(),
  spliced: z.number().int(),
  durationMs: z.number(),
});
export type RehearsalResult = z.infer<typeof resultSchema>;

/** The answer of GET /api/rehearsal, and of POST, which begins one unless it runs already. */
export const rehearsalSchema = z.object({
  state: z.enum(['never', 'running', 'done', 'failed']),
  startedAt: z.number().int().nullable(),
  endedAt: z.number().int().nullable(),
  /** How many results there will be. */
  total: z.number().int(),
  /** Why it could not be played to its end; `null` else. */
  reason: z.string().nullable(),
  /** Which of the person's settings were shortened so that it takes seconds, in words. */
  note: z.string(),
  results: z.array(resultSchema),
});
export type RehearsalView = z.infer<typeof rehearsalSchema>;
