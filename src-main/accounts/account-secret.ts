import { z } from 'zod';

const secretSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('api-key'), apiKey: z.string().min(1) }),
  z.object({
    type: z.literal('chatgpt'),
    accessToken: z.string().min(1),
    refreshToken: z.string().nullable(),
    idToken: z.string().nullable(),
    /** From the file, ms; how old the tokens are where they do not say. */
    lastRefreshAt: z.number().nullable(),
    /**
     * An exchange of this refresh token was begun then (ms), and it works only once: while this is here, it is never sent
     * again. `reason` says what came of it; `null` where the answer was never seen.
     */
    spent: z.object({ at: z.number(), reason: z.string().nullable() }).optional(),
    /** Another program holds the same pair, so ending it would sign that program out. */
    shared: z.literal(true).optional(),
  }),
  z.object({ type: z.literal('personal-token'), token: z.string().min(1) }),
]);

/** What an account's entry in the SecretStore holds. */
export type AccountSecret = z.infer<typeof secretSchema>;

export type ChatgptSecret = Extract<AccountSecret, { type: 'chatgpt' }>;

/** The name of an account's entry in the SecretStore. */
export const secretName = (accountId: string): string => `account/${accountId}`;

/** `null` where the text is not such an entry. */
export function readAccountSecret(text: string): AccountSecret | null {
  try {
    return secretSchema.parse(JSON.parse(text));
  } catch {
    return null;
  }
}

/** What goes upstream as the bearer. */
export function bearerOf(secret: AccountSecret): string {
  switch (secret.type) {
    case 'api-key':
      return secret.apiKey;
    case 'chatgpt':
      return secret.accessToken;
    case 'personal-token':
      return secret.token;
  }
}
