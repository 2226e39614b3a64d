import { z } from 'zod';

/** Where tokens and API keys are kept; the answer of GET /api/secrets. */
export const secretsSchema = z.object({
  kind: z.enum(['keychain', 'file', 'memory']),
  /** One phrase for a person, with what is wrong where the place cannot be used. */
  place: z.string(),
});
export type SecretsView = z.infer<typeof secretsSchema>;

/** The body of POST /api/secrets/move. The file needs a passphrase, unless Relay was started with one. */
export const secretsMoveSchema = z.object({
  to: z.enum(['keychain', 'file']),
  passphrase: z.string().min(1).max(1_024).optional(),
});
export type SecretsMove = z.infer<typeof secretsMoveSchema>;

export const secretsMovedSchema = secretsSchema.extend({
  moved: z.number().int(),
  /** How many old copies could not be erased. */
  left: z.number().int(),
  /** What the person must do so that the next start finds the secrets; `null` where nothing. */
  next: z.string().nullable(),
});
export type SecretsMoved = z.infer<typeof secretsMovedSchema>;
