import { z } from 'zod';

/** The bridge for clients that speak only Ollama's protocol; `ollama.*` in the settings turns it on. */
export const ollamaSchema = z.object({
  state: z.enum(['off', 'listening', 'failed']),
  /** What such a client is given as Ollama's address; `null` unless it listens. */
  url: z.string().nullable(),
  /** Why it does not listen although it should. */
  reason: z.string().nullable(),
  /** Whose calls are those without a key. */
  keyId: z.string().nullable(),
  /** Whether that key is valid now. */
  keyWorks: z.boolean(),
});
export type OllamaView = z.infer<typeof ollamaSchema>;
