import type { AccountSecret, ChatgptSecret } from './account-secret.ts';
import { readLoginClaims } from './jwt-claims.ts';

/** A login or key before it is an account: what is kept of it, and whose it is. */
export interface Login {
  readonly kind: 'chatgpt' | 'openai';
  readonly secret: AccountSecret;
  /** The workspace; with the user id it is what tells logins apart, never the mail. */
  readonly accountId: string | null;
  readonly userId: string | null;
  readonly email: string | null;
  readonly plan: string | null;
}

/**
 * Whose these tokens are, by their own claims. `accountId` is what stands beside them and wins over the claims
 * (PROTOCOL 1.5). `null` where nothing names the workspace.
 */
export function chatgptLogin(secret: ChatgptSecret, accountId: string | null = null): Login | null {
  const claims = [secret.idToken, secret.accessToken].map((token) => (token === null ? null : readLoginClaims(token)));
  const first = (name: 'accountId' | 'userId' | 'email' | 'plan'): string | null =>
    claims.map((claim) => claim?.[name] ?? null).find((value) => value !== null) ?? null;
  const workspace = accountId ?? first('accountId');
  if (workspace === null) return null;
  return {
    kind: 'chatgpt',
    secret,
    accountId: workspace,
    userId: first('userId'),
    email: first('email'),
    plan: first('plan'),
  };
}
