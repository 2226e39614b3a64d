import { z } from 'zod';

/**
 * `browser`: a page signs in and comes back to this machine. `paste`: the same, but the person brings the address that the
 * browser ended at. `device`: a code is typed in at another screen.
 */
export const signInMethodSchema = z.enum(['browser', 'paste', 'device']);
export type SignInMethod = z.infer<typeof signInMethodSchema>;

/** The body of POST /api/accounts/sign-ins. */
export const signInStartSchema = z.object({
  method: signInMethodSchema.default('browser'),
  /** The account that is to be signed in again; any other login is then refused. */
  accountId: z.string().max(100).optional(),
  /** The person's own name for a new account. */
  label: z.string().max(80).optional(),
});
export type SignInStart = z.input<typeof signInStartSchema>;

export const signInSchema = z.object({
  id: z.string(),
  method: signInMethodSchema,
  state: z.enum(['waiting', 'done', 'failed', 'expired', 'cancelled']),
  /** Where the person signs in; `null` once that is over. */
  url: z.string().nullable(),
  /** What they type in there; `device` only. */
  userCode: z.string().nullable(),
  /** The account that it ended at, or the one that is to be signed in again. */
  accountId: z.string().nullable(),
  /** What to do now, or how it ended. */
  message: z.string(),
  startedAt: z.number().int(),
  expiresAt: z.number().int(),
});
export type SignInView = z.infer<typeof signInSchema>;
export const signInListSchema = z.object({ signIns: z.array(signInSchema) });

/** The body of POST /api/accounts/sign-ins/{id}/callback: the whole address that the browser ended at. */
export const signInCallbackSchema = z.object({ url: z.string().max(8_192) });

/** A login of the Codex CLI on this machine, by what its file says. Never its tokens. */
export const foundLoginSchema = z.object({
  path: z.string(),
  kind: z.enum(['chatgpt', 'openai']),
  email: z.string().nullable(),
  plan: z.string().nullable(),
  upstreamAccountId: z.string().nullable(),
  /** The account in Relay that is this login already. */
  accountId: z.string().nullable(),
  lastRefreshAt: z.number().int().nullable(),
});
export type FoundLogin = z.infer<typeof foundLoginSchema>;
export const foundListSchema = z.object({ logins: z.array(foundLoginSchema) });

/** The body of POST /api/accounts/found: one of the found logins becomes an account that stays linked to its file. */
export const foundImportSchema = z.strictObject({
  path: z.string().max(4096),
  label: z.string().max(80).optional(),
  /** The person knows that the program it comes from and Relay will log one another out. */
  acceptShared: z.boolean().default(false),
});
export type FoundImport = z.input<typeof foundImportSchema>;
